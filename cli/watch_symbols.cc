#include "watch_symbols.h"

#include <string>
#include <utility>

#include "btcw/price/price_lookup.h"
#include "symbol_arguments.h"

namespace btcw::cli {

Result<std::vector<SymbolRequest>> requests_to_watch(const WatchArguments& arguments,
                                                     const Config& config, Session& session) {
  const bool nothing_named = arguments.symbols.empty() && config.general.symbols.empty();
  const std::vector<std::string> first_steps{"BTC", "ETH"};
  auto symbols = read_symbols(nothing_named ? first_steps : arguments.symbols, config, session);
  if (!symbols) return std::move(symbols).error();
  if (symbols->requests.empty()) {
    return Error{Errc::invalid_input, "no symbol on standard input"};
  }
  for (const SymbolRequest& request : symbols->requests) {
    if (request.exchange != demo_exchange() || arguments.demo) continue;
    return Error{Errc::invalid_input, request.to_string() + " is simulated: see --demo"};
  }
  return std::move(symbols->requests);
}

}  // namespace btcw::cli
