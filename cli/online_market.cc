#include "online_market.h"

#include <utility>

#include "btcw/online/online.h"

namespace btcw::cli {

Result<Market*> OnlineMarket::open() {
  if (market_) return market_.get();
  auto config = session_.load_config(SecretFetching::all_but_channels);
  if (!config) return std::move(config).error();
  const auto online = load_online();
  if (!online) return online.error();
  http_ = (*online)->make_http(std::move(config->http), session_.clock, session_.log);
  market_ =
      (*online)->make_rest_market(std::move(config->market), *http_, session_.clock, session_.log);
  return market_.get();
}

}  // namespace btcw::cli
