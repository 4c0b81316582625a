#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/market/market.h"
#include "btcw/market/shared_rest_market.h"
#include "market_samples.h"
#include "support/fake_clock.h"
#include "support/fake_exchange_answers.h"
#include "support/recording_log.h"
#include "support/scripted_http.h"

namespace btcw::test {

/// A market over scripted exchanges: each answers from its listing unless told otherwise.
struct MarketBench {
  FakeClock clock;
  ScriptedHttp http{clock};
  RecordingLog log;
  std::map<std::string, FakeListing> listings;
  MarketOptions options;
  std::unique_ptr<Market> market;

  explicit MarketBench(std::initializer_list<std::string_view> order) {
    for (const std::string_view name : order) options.order.push_back(exchange_name(name));
  }

  static std::string url(std::string_view exchange) {
    return "http://" + std::string{exchange} + ".test";
  }

  /// Lists a pair at a price.
  void list(const std::string& exchange, const std::string& pair, const std::string& last) {
    FakeQuote quote;
    quote.last = last;
    if (listings.find(exchange) == listings.end()) {
      http.add(url(exchange), [this, exchange](const HttpRequest& request) {
        const std::string target = request.url.substr(url(exchange).size());
        auto served = fake_answer(exchange, listings[exchange], target, 0);
        return respond(served.status, served.body);
      });
    }
    listings[exchange][pair] = quote;
  }

  Market& start() {
    for (const std::string_view name :
         {"binance", "coinbase", "kraken", "okx", "bybit", "bitstamp"}) {
      options.exchanges[exchange_name(name)].rest_url = url(name);
    }
    market = make_rest_market(options, http, clock, log);
    return *market;
  }

  std::vector<Fetched> fetch(std::initializer_list<std::string_view> texts,
                             const FetchOptions& fetch_options = {}) {
    if (!market) start();
    std::vector<SymbolRequest> requests;
    for (const std::string_view text : texts) {
      requests.push_back(SymbolRequest::parse(text, {}).value());
    }
    return market->fetch(requests, fetch_options);
  }

  std::size_t asked(std::string_view exchange) const {
    return static_cast<std::size_t>(std::count_if(
        http.requests().begin(), http.requests().end(),
        [exchange](const HttpRequest& request) { return request.url.starts_with(url(exchange)); }));
  }
};

/// "binance 100", or the error's code.
inline std::string outcome(const Fetched& fetched) {
  if (!fetched.ticker) return std::string{to_string(fetched.ticker.error().code)};
  return std::string{fetched.ticker->exchange.text()} + " " + fetched.ticker->last.to_string();
}

inline ScriptedAnswer late(ScriptedAnswer answer, milliseconds after) {
  answer.after = after;
  return answer;
}

}  // namespace btcw::test
