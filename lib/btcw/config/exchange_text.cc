#include "btcw/config/exchange_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <string>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/market/exchange_names.h"

namespace btcw {

Result<ExchangeName> read_exchange(std::string_view text) {
  if (is_exchange_name(text)) return ExchangeName::parse(text);
  const std::span<const std::string_view> names = exchange_names();
  const std::vector<std::string> near = nearest(text, names, 3);
  if (!near.empty()) {
    return Error{Errc::invalid_input, fmt::format("unknown exchange {}: did you mean '{}'?",
                                                  btcw::quoted(text), fmt::join(near, "', '"))};
  }
  return Error{Errc::invalid_input, fmt::format("unknown exchange {}: there are {}",
                                                btcw::quoted(text), fmt::join(names, ", "))};
}

Result<void> check_exchange_name(std::string_view name) {
  auto read = read_exchange(name);
  if (!read) return std::move(read).error();
  return {};
}

}  // namespace btcw
