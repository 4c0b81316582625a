#include "exchange_option.h"

#include <algorithm>

#include "symbol_arguments.h"

namespace btcw::cli {
namespace {

/// Takes a list of names between commas.
Result<void> add_exchanges(std::string_view names, std::vector<ExchangeName>& exchanges) {
  for (bool more = true; more;) {
    const std::string_view text = names.substr(0, names.find(','));
    more = text.size() < names.size();
    if (more) names.remove_prefix(text.size() + 1);
    const auto name = read_exchange(text);
    if (!name) return name.error();
    if (std::find(exchanges.begin(), exchanges.end(), *name) == exchanges.end()) {
      exchanges.push_back(*name);
    }
  }
  return {};
}

}  // namespace

void add_exchange_option(Syntax& command, const std::string& help,
                         std::vector<ExchangeName>& into) {
  command.each("-e,--exchange", "NAME[,NAME]", help,
               [&into](std::string_view names) { return add_exchanges(names, into); });
}

}  // namespace btcw::cli
