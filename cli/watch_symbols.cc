#include "watch_symbols.h"

#include <algorithm>
#include <string>
#include <utility>

#include "btcw/price/price_lookup.h"
#include "symbol_arguments.h"

namespace btcw::cli {

namespace {

/// What no argument names: the watch list, and what the alerts are about.
Result<std::vector<SymbolRequest>> usual_requests(const Config& config, Session& session) {
  const auto alerts = compile_alerts(config.alerts, config.general.quote);
  if (!alerts) return alerts.error();
  std::vector<SymbolRequest> requests = config.general.symbols;
  for (const SymbolRequest& request : requests_of(*alerts)) {
    if (std::find(requests.begin(), requests.end(), request) == requests.end()) {
      requests.push_back(request);
    }
  }
  if (!requests.empty()) return requests;
  auto first_steps = read_symbols({"BTC", "ETH"}, config, session);
  if (!first_steps) return std::move(first_steps).error();
  return std::move(first_steps->requests);
}

Result<std::vector<SymbolRequest>> named_requests(const std::vector<std::string>& arguments,
                                                  const Config& config, Session& session) {
  auto symbols = read_symbols(arguments, config, session);
  if (!symbols) return std::move(symbols).error();
  if (!symbols->requests.empty()) return std::move(symbols->requests);
  return Error{Errc::invalid_input, "no symbol on standard input"};
}

}  // namespace

Result<std::vector<SymbolRequest>> requests_to_watch(const WatchArguments& arguments,
                                                     const Config& config, Session& session) {
  auto requests = arguments.symbols.empty() ? usual_requests(config, session)
                                            : named_requests(arguments.symbols, config, session);
  if (!requests) return requests;
  for (const SymbolRequest& request : *requests) {
    if (request.exchange != demo_exchange() || arguments.demo) continue;
    return Error{Errc::invalid_input, request.to_string() + " is simulated: see --demo"};
  }
  return requests;
}

}  // namespace btcw::cli
