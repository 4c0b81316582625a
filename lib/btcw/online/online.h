#pragma once

#include <memory>
#include <span>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/market/candle_market.h"
#include "btcw/market/listing_fetch.h"
#include "btcw/market/market.h"
#include "btcw/market/stream.h"
#include "btcw/net/http.h"
#include "btcw/net/http_options.h"
#include "btcw/net/net_transport.h"
#include "btcw/net/web_sockets.h"
#include "btcw/store/request_budget.h"

namespace btcw {

/// What the network module (libbtcw-net) offers: everything that needs curl, TLS or simdjson. A
/// command that does without it never maps it: mapping costs several times as much as answering
/// from the cache.
///
/// Nothing here throws. What is made here is used and destroyed like anything else; the module
/// stays loaded.
struct Online {
  /// First for ever: it is read before the rest is trusted.
  const char* version;
  /// libcurl: HTTP and mail. Proxy variables are taken from the process's environment when the
  /// options name no proxy.
  std::unique_ptr<NetTransport> (*make_http)(HttpOptions options, const Clock& clock, Log& log);
  std::unique_ptr<Market> (*make_rest_market)(MarketOptions options, HttpTransport& http,
                                              const Clock& clock, Log& log);
  /// See market/shared_rest_market.h.
  std::unique_ptr<Market> (*make_shared_rest_market)(MarketOptions options, RequestBudget& budget,
                                                     HttpTransport& http, const Clock& clock,
                                                     Log& log);
  std::unique_ptr<TickerReader> (*make_ticker_reader)();
  /// What the exchanges say can be traded there; see market/listing_fetch.h.
  std::vector<Result<Listing>> (*fetch_listings)(std::span<const ExchangeName> exchanges,
                                                 const ListingTools& tools);
  /// The exchanges that can be streamed from; see market/stream.h.
  std::span<const ExchangeStream> (*exchange_streams)();
  /// What exchanges know of the time before now; see market/candle_market.h.
  std::unique_ptr<CandleMarket> (*make_candle_market)(MarketOptions options, RequestBudget& budget,
                                                      HttpTransport& http, const Clock& clock,
                                                      Log& log);
  /// See net/beast_sockets.h; the environment is the process's.
  Result<std::unique_ptr<WebSockets>> (*make_web_sockets)(HttpOptions options, const Clock& clock);
};

/// Loads the module on the first call; later calls return the same one. Thread-safe.
/// Errors: unavailable when the module is not there, cannot be loaded, or is of another version.
Result<const Online*> load_online();

}  // namespace btcw
