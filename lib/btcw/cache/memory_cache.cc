#include "btcw/cache/memory_cache.h"

#include <functional>
#include <unordered_map>

namespace btcw {
namespace {

/// An empty exchange stands for "any".
struct Key {
  Symbol symbol;
  ExchangeName exchange;

  friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept {
    const std::size_t symbol = std::hash<Symbol>{}(key.symbol);
    return symbol ^ (std::hash<ExchangeName>{}(key.exchange) + (symbol << 6U) + (symbol >> 2U));
  }
};

class MemoryCache final : public PriceCache {
 public:
  explicit MemoryCache(const Clock& clock) : clock_{clock} {}

  Result<void> put(std::span<const CacheEntry> entries) override {
    const UtcTime now = clock_.now();
    for (const CacheEntry& entry : entries) {
      if (!is_cacheable(entry.ticker)) continue;
      put_at({entry.ticker.symbol, entry.ticker.exchange}, entry.ticker, now);
      if (entry.scope == CacheScope::any) put_at({entry.ticker.symbol, {}}, entry.ticker, now);
    }
    return {};
  }

  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest> requests) override {
    std::vector<std::optional<Ticker>> answers;
    answers.reserve(requests.size());
    for (const SymbolRequest& request : requests) {
      const auto found = tickers_.find({request.symbol, request.exchange.value_or(ExchangeName{})});
      answers.push_back(found == tickers_.end() ? std::nullopt : std::optional{found->second});
    }
    return answers;
  }

  Result<std::vector<Ticker>> list() override {
    std::vector<Ticker> all;
    for (const auto& [key, ticker] : tickers_) {
      if (!key.exchange.empty()) all.push_back(ticker);
    }
    return all;
  }

  Result<std::size_t> remove_older(UtcTime before) override {
    std::size_t removed = 0;
    std::erase_if(tickers_, [&](const auto& item) {
      const bool is_old = item.second.received < before;
      if (is_old && !item.first.exchange.empty()) ++removed;
      return is_old;
    });
    return removed;
  }

 private:
  void put_at(const Key& key, const Ticker& ticker, UtcTime now) {
    const auto [place, is_new] = tickers_.try_emplace(key, ticker);
    if (is_new || !may_replace(place->second.received, ticker.received, now)) return;
    place->second = ticker;
  }

  const Clock& clock_;
  std::unordered_map<Key, Ticker, KeyHash> tickers_;
};

}  // namespace

std::unique_ptr<PriceCache> make_memory_cache(const Clock& clock) {
  return std::make_unique<MemoryCache>(clock);
}

}  // namespace btcw
