#include "btcw/cache/write_coalescer.h"

#include <algorithm>
#include <functional>

namespace btcw {
namespace {

constexpr std::size_t kFirstPlaces = 256;

std::size_t hash_of(const CacheEntry& entry) {
  const std::size_t symbol = std::hash<Symbol>{}(entry.ticker.symbol);
  const std::size_t exchange = std::hash<ExchangeName>{}(entry.ticker.exchange);
  return symbol ^ (exchange * 31 + (entry.scope == CacheScope::any ? 0 : 1));
}

bool same_key(const CacheEntry& a, const CacheEntry& b) {
  return a.scope == b.scope && a.ticker.symbol == b.ticker.symbol &&
         a.ticker.exchange == b.ticker.exchange;
}

}  // namespace

WriteCoalescer::WriteCoalescer(PriceCache& cache, const Clock& clock, Log& log)
    : cache_{cache}, clock_{clock}, log_{log}, places_(kFirstPlaces) {}

void WriteCoalescer::put(const CacheEntry& entry) {
  Place& place = place_of(entry);
  if (place.round == round_) {
    CacheEntry& held = pending_[place.index];
    const UtcTime offered = entry.ticker.received;
    if (offered < held.ticker.received &&
        !may_replace(held.ticker.received, offered, clock_.now())) {
      return;
    }
    held = entry;
    return;
  }
  place = {round_, static_cast<std::uint32_t>(pending_.size())};
  pending_.push_back(entry);
  if (pending_.size() * 2 > places_.size()) grow();
  if (due_ == SteadyTime::max()) due_ = clock_.steady_now() + kInterval;
}

WriteCoalescer::Place& WriteCoalescer::place_of(const CacheEntry& entry) {
  const std::size_t mask = places_.size() - 1;
  std::size_t at = hash_of(entry) & mask;
  while (places_[at].round == round_ && !same_key(pending_[places_[at].index], entry)) {
    at = (at + 1) & mask;
  }
  return places_[at];
}

void WriteCoalescer::grow() {
  places_.assign(places_.size() * 2, {});
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    place_of(pending_[i]) = {round_, static_cast<std::uint32_t>(i)};
  }
}

void WriteCoalescer::write_if_due() {
  if (clock_.steady_now() >= due_) flush();
}

void WriteCoalescer::flush() {
  if (pending_.empty()) return;
  const auto written = cache_.put(pending_);
  report(written);
  if (!written) {
    due_ = clock_.steady_now() + kRetryInterval;
    return;
  }
  pending_.clear();
  due_ = SteadyTime::max();
  // Forgets all places at once.
  if (++round_ == 0) {
    std::fill(places_.begin(), places_.end(), Place{});
    round_ = 1;
  }
}

void WriteCoalescer::report(const Result<void>& written) {
  if (!written && !has_failed_) {
    log_.warning("prices cannot be written to the cache", {{"why", written.error().message}});
  }
  if (written && has_failed_) log_.info("prices are written to the cache again");
  has_failed_ = !written;
}

}  // namespace btcw
