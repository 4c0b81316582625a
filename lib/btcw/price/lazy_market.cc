#include "btcw/price/lazy_market.h"

#include <chrono>
#include <cstdint>
#include <utility>

#include "btcw/market/demo_market.h"
#include "btcw/price/price_lookup.h"

namespace btcw {
namespace {

/// Any will do, as long as it stays: two commands a second apart are to see one market.
constexpr std::uint64_t kDemoSeed = 1;

bool is_demo_alone(std::span<const ExchangeName> order) {
  return order.size() == 1 && order.front() == demo_exchange();
}

}  // namespace

LazyMarket::LazyMarket(Opener open, std::vector<ExchangeName> order, const Clock& clock)
    : open_{std::move(open)}, order_{std::move(order)}, clock_{clock} {}

std::vector<Fetched> LazyMarket::fetch(std::span<const SymbolRequest> requests,
                                       const FetchOptions& options) {
  const bool demo_by_default = is_demo_alone(options.order.empty() ? order_ : options.order);
  std::vector<SymbolRequest> real;
  std::vector<SymbolRequest> simulated;
  std::vector<bool> is_simulated;
  for (const SymbolRequest& request : requests) {
    const bool demo = request.exchange ? *request.exchange == demo_exchange() : demo_by_default;
    is_simulated.push_back(demo);
    (demo ? simulated : real).push_back(request);
  }

  auto from_real = real.empty() ? std::vector<Fetched>{} : fetch_real(real, options);
  auto from_demo = simulated.empty() ? std::vector<Fetched>{} : fetch_demo(simulated);
  std::vector<Fetched> all;
  all.reserve(requests.size());
  auto next_real = from_real.begin();
  auto next_demo = from_demo.begin();
  for (const bool demo : is_simulated) all.push_back(std::move(*(demo ? next_demo : next_real)++));
  return all;
}

std::vector<Fetched> LazyMarket::fetch_real(std::span<const SymbolRequest> requests,
                                            const FetchOptions& options) {
  if (real_ == nullptr) {
    auto opened = open_();
    if (!opened) {
      std::vector<Fetched> failed;
      for (const SymbolRequest& request : requests) failed.push_back({request, opened.error()});
      return failed;
    }
    real_ = *opened;
  }
  return real_->fetch(requests, options);
}

std::vector<Fetched> LazyMarket::fetch_demo(std::span<const SymbolRequest> requests) {
  if (!demo_) {
    // Every process starts its simulation at the same moment, so that they agree.
    const UtcTime start = std::chrono::floor<std::chrono::days>(clock_.now());
    demo_ = make_demo_market(kDemoSeed, start, clock_);
  }
  return demo_->fetch(requests, {});
}

}  // namespace btcw
