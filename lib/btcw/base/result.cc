#include "btcw/base/result.h"

namespace btcw {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::invalid_input:
      return "invalid_input";
    case Errc::not_found:
      return "not_found";
    case Errc::unavailable:
      return "unavailable";
    case Errc::rate_limited:
      return "rate_limited";
    case Errc::rejected:
      return "rejected";
    case Errc::bad_data:
      return "bad_data";
  }
  return "unknown";
}

Error Error::within(std::string_view where) && {
  std::string longer;
  longer.reserve(where.size() + 2 + message.size());
  longer.append(where).append(": ").append(message);
  message = std::move(longer);
  return std::move(*this);
}

}  // namespace btcw
