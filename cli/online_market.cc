#include "online_market.h"

#include <utility>

#include "btcw/online/online.h"

namespace btcw::cli {

std::filesystem::path request_budget_file(const Config& config) {
  return config.general.state_dir / "requests";
}

Result<Market*> OnlineMarket::open() {
  if (market_) return market_.get();
  auto config = session_.load_config(SecretFetching::all_but_channels);
  if (!config) return std::move(config).error();
  const auto online = load_online();
  if (!online) return online.error();
  http_ = (*online)->make_http(std::move(config->http), session_.clock, session_.log);
  std::vector<ExchangeName> contributors = config->market.enabled();
  budget_ =
      std::make_unique<SharedBudget>(request_budget_file(*config), session_.clock, session_.log);
  rest_ = (*online)->make_shared_rest_market(std::move(config->market), *budget_, *http_,
                                             session_.clock, session_.log);
  market_ = std::make_unique<MedianMarket>(*rest_, std::move(contributors));
  return market_.get();
}

}  // namespace btcw::cli
