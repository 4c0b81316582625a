#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/base/time.h"
#include "btcw/cache/price_cache.h"
#include "btcw/market/market.h"

namespace btcw {

/// Where a price was found.
enum class PriceSource {
  cache,  ///< on this machine
  redis,  ///< in the cache that several machines share
  rest,   ///< asked for, just now
  demo,   ///< made up by the simulated market
};
/// Its name in the output: "cache".
std::string_view to_string(PriceSource source);

struct FoundPrice {
  Ticker ticker;
  PriceSource source = PriceSource::cache;
  milliseconds age{0};  ///< since it was received; never negative
  bool stale = false;   ///< older than asked for; nothing younger could be had
};

/// What came of one request: a price, an error, or both: then the price is stale and the error says
/// why there is no better one.
struct PriceAnswer {
  SymbolRequest request;
  std::optional<FoundPrice> price = std::nullopt;
  std::optional<Error> error = std::nullopt;
};

/// Which of the two, the cache and the exchanges, may answer.
enum class Reach {
  cache_first,    ///< the exchanges where the cache has nothing young enough
  cache_only,     ///< the network is never touched
  exchanges_only  ///< the cache serves only as the last known price when they all fail
};

struct PriceLookupOptions {
  milliseconds max_age = seconds{30};
  Reach reach = Reach::cache_first;
  /// Not empty: an answer to a request without an exchange comes from one of these, the first that
  /// can.
  std::vector<ExchangeName> exchanges = {};
  /// Not empty: of several processes that look the same up at the same time, only one asks the
  /// exchanges; see FlightLock. With cache_first only: who refreshes wants to ask.
  std::filesystem::path flight_file = {};
  milliseconds flight_patience = seconds{10};
};

/// Finds prices: the cache first, then the exchanges in one batch, then the last known price. What
/// was fetched goes into the cache, under the exchange that answered; a simulated price does not.
///
/// `cache` and `market` are asked only when needed. A cache that fails is said once and done
/// without. One thread uses an object.
class PriceLookup {
 public:
  PriceLookup(PriceCache& cache, Market& market, const Clock& clock, Log& log)
      : cache_{cache}, market_{market}, clock_{clock}, log_{log} {}

  /// One answer a request, in their order.
  /// Errors of an answer: those of Market::fetch; with cache_only: unavailable.
  std::vector<PriceAnswer> find(std::span<const SymbolRequest> requests,
                                const PriceLookupOptions& options);

 private:
  /// Takes over what the cache has, and returns the places of what it has not fresh.
  std::vector<std::size_t> answer_from_cache(std::vector<PriceAnswer>& answers,
                                             const PriceLookupOptions& options);
  std::vector<std::optional<FoundPrice>> look_into_cache(std::span<const SymbolRequest> requests,
                                                         const PriceLookupOptions& options);
  void fetch(std::vector<PriceAnswer>& answers, std::span<const std::size_t> wanted,
             const PriceLookupOptions& options);
  [[nodiscard]] FoundPrice found(const Ticker& ticker, PriceSource source) const;
  [[nodiscard]] bool is_fresh(const FoundPrice& price, milliseconds max_age) const;

  PriceCache& cache_;
  Market& market_;
  const Clock& clock_;
  Log& log_;
};

/// The name under which the simulated market answers.
ExchangeName demo_exchange();

}  // namespace btcw
