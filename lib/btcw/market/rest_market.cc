#include <memory>

#include "btcw/market/exchange.h"
#include "btcw/market/market.h"
#include "btcw/market/rest_fetch.h"
#include "btcw/market/shared_rest_market.h"

namespace btcw {
namespace {

class RestMarket final : public Market {
 public:
  RestMarket(MarketOptions options, HttpTransport& http, const Clock& clock, Log& log,
             RequestBudget* budget)
      : options_{std::move(options)}, http_{http}, clock_{clock}, log_{log} {
    for (const Exchange& exchange : exchanges()) {
      const ExchangeName name = ExchangeName::parse(exchange.name).value();
      records_.try_emplace(name, exchange, name, options_.of(name), clock, budget);
    }
  }

  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions& options) override {
    return RestFetch{{options_, records_, http_, clock_, log_}, requests, options}.run();
  }

 private:
  MarketOptions options_;
  ExchangeRecords records_;
  HttpTransport& http_;
  const Clock& clock_;
  Log& log_;
};

}  // namespace

std::unique_ptr<Market> make_rest_market(MarketOptions options, HttpTransport& http,
                                         const Clock& clock, Log& log) {
  return std::make_unique<RestMarket>(std::move(options), http, clock, log, nullptr);
}

std::unique_ptr<Market> make_shared_rest_market(MarketOptions options, RequestBudget& budget,
                                                HttpTransport& http, const Clock& clock, Log& log) {
  return std::make_unique<RestMarket>(std::move(options), http, clock, log, &budget);
}

}  // namespace btcw
