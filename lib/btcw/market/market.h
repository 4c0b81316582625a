#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/net/http.h"

namespace btcw {

/// One `[exchange.NAME]` section.
struct ExchangeOptions {
  bool enabled = true;
  std::string rest_url = {};  ///< empty: the exchange's own
  std::string ws_url = {};    ///< empty: the exchange's own
  std::string rate = {};      ///< as parse_call_rate() reads it; empty: the exchange's own budget
  std::shared_ptr<const Secret> key = nullptr;  ///< sent where the source takes one (key_header)
};

struct MarketOptions {
  /// The order of preference for a request that names no exchange.
  std::vector<ExchangeName> order;
  std::map<ExchangeName, ExchangeOptions> exchanges = {};
  milliseconds connect_timeout = seconds{5};
  milliseconds timeout = seconds{10};

  /// What is set for that one; without a section, the defaults.
  [[nodiscard]] const ExchangeOptions& of(const ExchangeName& name) const;
  /// Those of `order` that are not switched off.
  [[nodiscard]] std::vector<ExchangeName> enabled() const;
};

/// How one call of Market::fetch is to be carried out.
struct FetchOptions {
  /// Not empty: these exchanges in this order instead of the configured ones.
  std::vector<ExchangeName> order = {};
  /// The fetch is given up, with unavailable for what is not there yet, at `until` or when one of
  /// these can be read.
  SteadyTime until = SteadyTime::max();
  std::span<const int> wake_fds = {};
};

/// The answer to one request: a ticker (its exchange is the one that answered), or why there is
/// none.
struct Fetched {
  SymbolRequest request;
  Result<Ticker> ticker;
};

/// Prices by asking. One thread uses an object.
class Market {
 public:
  virtual ~Market() = default;

  /// One answer a request, in the order of the requests. Each exchange gets its symbols in as few
  /// calls as it takes, all exchanges side by side. A request without an exchange goes to the first
  /// of the order; what that one cannot answer goes to the next at once, within this call. A pinned
  /// request is not passed on. Errors of a request: that of the last exchange asked, where every
  /// one was asked; not_found only if every exchange that answered says so; rate_limited (earliest
  /// retry_at) only if nothing but limits stood in the way.
  virtual std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                                     const FetchOptions& options) = 0;
};

/// Asks the exchanges of the table. `options.order` names only exchanges that exist.
std::unique_ptr<Market> make_rest_market(MarketOptions options, HttpTransport& http,
                                         const Clock& clock, Log& log);

}  // namespace btcw
