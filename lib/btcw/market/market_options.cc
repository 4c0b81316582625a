#include <algorithm>
#include <iterator>

#include "btcw/market/market.h"

namespace btcw {

const ExchangeOptions& MarketOptions::of(const ExchangeName& name) const {
  static const ExchangeOptions kDefaults;
  const auto section = exchanges.find(name);
  return section == exchanges.end() ? kDefaults : section->second;
}

std::vector<ExchangeName> MarketOptions::enabled() const {
  std::vector<ExchangeName> names;
  std::copy_if(order.begin(), order.end(), std::back_inserter(names),
               [this](const ExchangeName& name) { return of(name).enabled; });
  return names;
}

}  // namespace btcw
