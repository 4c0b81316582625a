#include "watch_symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "btcw/base/quoted.h"
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

/// With --exchange, an answer is one exchange's alone.
std::vector<SymbolRequest> asked_of(std::span<const SymbolRequest> watched,
                                    std::span<const ExchangeName> exchanges) {
  if (exchanges.empty()) return {watched.begin(), watched.end()};
  std::vector<SymbolRequest> requests;
  for (const SymbolRequest& request : watched) {
    if (request.exchange) requests.push_back(request);
    if (request.exchange) continue;
    for (const ExchangeName& exchange : exchanges) requests.push_back({request.symbol, exchange});
  }
  return requests;
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

void tell_unwatched_alerts(const Config& config, std::span<const SymbolRequest> watched,
                           std::span<const ExchangeName> exchanges, Log& log) {
  constexpr std::size_t kMostTold = 5;
  const auto alerts = compile_alerts(config.alerts, config.general.quote);
  if (!alerts) return;
  const auto unwatched = unwatched_targets(*alerts, asked_of(watched, exchanges));
  if (unwatched.empty()) return;
  std::string text;
  for (std::size_t i = 0; i < std::min(unwatched.size(), kMostTold); ++i) {
    text += fmt::format("{}{} of alert {}", i == 0 ? "" : ", ", unwatched[i].target,
                        btcw::quoted(unwatched[i].alert));
  }
  if (unwatched.size() > kMostTold) {
    text += fmt::format(" and {} more", unwatched.size() - kMostTold);
  }
  log.warning("nothing is watched that would be judged: " + text);
}

}  // namespace btcw::cli
