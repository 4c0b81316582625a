#include "btcw/price/median_market.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "btcw/market/exchange_names.h"
#include "btcw/price/price_summary.h"

namespace btcw {
namespace {

constexpr std::size_t kFewestPrices = 2;

/// What the exchanges say of one symbol.
Result<Ticker> combine(const Symbol& symbol, std::span<const Fetched> answers) {
  std::vector<Decimal> lasts;
  std::vector<Decimal> bids;
  std::vector<Decimal> asks;
  std::vector<Decimal> percentages;
  Ticker combined{
      .symbol = symbol, .exchange = median_exchange(), .last = {}, .received = UtcTime::max()};
  std::optional<Error> failure;
  for (const Fetched& answer : answers) {
    if (!answer.ticker) {
      const Error& error = answer.ticker.error();
      if (!failure || failure->code == Errc::not_found) failure = error;
      continue;
    }
    const Ticker& ticker = *answer.ticker;
    lasts.push_back(ticker.last);
    if (ticker.bid && ticker.ask) {
      bids.push_back(*ticker.bid);
      asks.push_back(*ticker.ask);
    }
    if (ticker.percentage) percentages.push_back(*ticker.percentage);
    combined.received = std::min(combined.received, ticker.received);
  }
  if (lasts.empty() && failure) return *std::move(failure);
  if (lasts.size() < kFewestPrices) {
    const bool failed = failure && failure->code != Errc::not_found;
    std::string why =
        "a median needs two exchanges with a price, and there is " + std::to_string(lasts.size());
    return Error{Errc::unavailable,
                 failed ? std::move(why) + ": " + failure->message : std::move(why)};
  }
  const auto last = median(std::move(lasts));
  if (!last) return Error{Errc::bad_data, "the prices are too far apart for a median"};
  combined.last = *last;
  combined.bid = median(std::move(bids));
  combined.ask = median(std::move(asks));
  combined.percentage = median(std::move(percentages));
  return combined;
}

}  // namespace

ExchangeName median_exchange() { return *ExchangeName::parse(kMedianName); }

std::vector<Fetched> MedianMarket::fetch(std::span<const SymbolRequest> requests,
                                         const FetchOptions& options) {
  const ExchangeName own = median_exchange();
  const bool by_default = options.order.size() == 1 && options.order.front() == own;
  const auto is_own = [&](const SymbolRequest& request) {
    return request.exchange ? *request.exchange == own : by_default;
  };
  if (std::none_of(requests.begin(), requests.end(), is_own)) {
    return market_.fetch(requests, options);
  }
  std::vector<SymbolRequest> asked;
  for (const SymbolRequest& request : requests) {
    if (!is_own(request)) {
      asked.push_back(request);
      continue;
    }
    for (const ExchangeName& exchange : exchanges_) asked.push_back({request.symbol, exchange});
  }

  std::vector<Fetched> answers = market_.fetch(asked, options);
  std::vector<Fetched> fetched;
  fetched.reserve(requests.size());
  std::size_t next = 0;
  for (const SymbolRequest& request : requests) {
    if (!is_own(request)) {
      fetched.push_back(std::move(answers[next++]));
      continue;
    }
    const std::span<const Fetched> all{answers};
    fetched.push_back({request, combine(request.symbol, all.subspan(next, exchanges_.size()))});
    next += exchanges_.size();
  }
  return fetched;
}

}  // namespace btcw
