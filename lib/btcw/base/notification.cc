#include "btcw/base/notification.h"

#include <fmt/format.h>

namespace btcw {

std::string_view to_string(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return "urgent";
    case Priority::normal:
      return "normal";
    case Priority::low:
      return "low";
  }
  return "normal";
}

Result<Priority> parse_priority(std::string_view text) {
  if (text == "urgent") return Priority::urgent;
  if (text == "normal") return Priority::normal;
  if (text == "low") return Priority::low;
  return Error{Errc::invalid_input,
               fmt::format("not a priority: '{}' (urgent, normal or low)", text.substr(0, 40))};
}

}  // namespace btcw
