#include "btcw/agenda/price_trail.h"

#include <array>

namespace btcw {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr milliseconds kDay = hours{24};
constexpr std::array<milliseconds, 7> kWidths{seconds{1},  seconds{10}, minutes{1}, minutes{5},
                                              minutes{15}, minutes{30}, hours{1}};

bool in_one(UtcTime a, UtcTime b, milliseconds width) {
  return a.time_since_epoch() / width == b.time_since_epoch() / width;
}

}  // namespace

void PriceTrail::keep(Keeping what) {
  keeps_ = what == Keeping::prices;
  if (keeps_) return;
  const std::lock_guard lock{mutex_};
  trails_.clear();
}

Result<Flow> PriceTrail::on_ticks(std::span<const CacheEntry> ticks) {
  if (!keeps_) return Flow::go_on;
  const std::lock_guard lock{mutex_};
  for (const CacheEntry& tick : ticks) {
    add({tick.ticker.symbol, tick.ticker.exchange}, tick.ticker);
    // What answers for one exchange alone, as a simulation does, still is all there is of it.
    add({tick.ticker.symbol}, tick.ticker);
  }
  return Flow::go_on;
}

void PriceTrail::add(const SymbolRequest& request, const Ticker& ticker) {
  const auto [found, is_new] = trails_.try_emplace(request, Trail{ticker});
  Trail& trail = found->second;
  if (is_new) trail.closes.reserve(kCloses + 1);
  if (ticker.received < trail.last.received) return;
  trail.last = ticker;
  std::erase_if(trail.closes,
                [&](const Close& close) { return close.at + kDay <= ticker.received; });
  const bool goes_on = !trail.closes.empty() &&
                       in_one(trail.closes.back().at, ticker.received, kWidths[trail.width]);
  if (goes_on) {
    trail.closes.back() = {ticker.received, ticker.last};
  } else {
    trail.closes.push_back({ticker.received, ticker.last});
  }
  while (trail.closes.size() > kCloses) widen(trail);
}

// Makes room: fewer prices for the same time, or for a day the oldest goes.
void PriceTrail::widen(Trail& trail) {
  if (trail.width + 1 == kWidths.size()) {
    trail.closes.erase(trail.closes.begin());
    return;
  }
  ++trail.width;
  std::size_t kept = 0;
  for (std::size_t i = 1; i < trail.closes.size(); ++i) {
    const bool same = in_one(trail.closes[kept].at, trail.closes[i].at, kWidths[trail.width]);
    if (!same) ++kept;
    trail.closes[kept] = trail.closes[i];
  }
  trail.closes.erase(trail.closes.begin() + static_cast<std::ptrdiff_t>(kept) + 1,
                     trail.closes.end());
}

std::optional<TrailPrices> PriceTrail::find(const SymbolRequest& request) const {
  const std::lock_guard lock{mutex_};
  const auto found = trails_.find(request);
  if (found == trails_.end()) return std::nullopt;
  const Trail& trail = found->second;
  TrailPrices prices{.last = trail.last, .closes = {}};
  for (const Close& close : trail.closes) prices.closes.push_back(close.last);
  if (!trail.closes.empty()) prices.since = trail.closes.front().at;
  return prices;
}

}  // namespace btcw
