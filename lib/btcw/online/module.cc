#include "btcw/online/module.h"

#include <utility>

#include "btcw/base/environment.h"
#include "btcw/market/candle_market.h"
#include "btcw/market/listing_fetch.h"
#include "btcw/market/shared_rest_market.h"
#include "btcw/market/stream.h"
#include "btcw/net/beast_sockets.h"
#include "btcw/net/curl_transport.h"

namespace btcw {
namespace {

std::unique_ptr<NetTransport> make_http(HttpOptions options, const Clock& clock, Log& log) {
  return make_curl_transport(std::move(options), Environment::of_process(), clock, log);
}

Result<std::unique_ptr<WebSockets>> make_web_sockets(HttpOptions options, const Clock& clock) {
  return make_beast_sockets(std::move(options), Environment::of_process(), clock);
}

constexpr Online kOnline{.version = BTCW_VERSION,
                         .make_http = make_http,
                         .make_rest_market = make_rest_market,
                         .make_shared_rest_market = make_shared_rest_market,
                         .make_ticker_reader = make_ticker_reader,
                         .fetch_listings = fetch_listings,
                         .exchange_streams = exchange_streams,
                         .make_candle_market = make_candle_market,
                         .make_web_sockets = make_web_sockets};

}  // namespace
}  // namespace btcw

const btcw::Online* btcw_online_v1() noexcept { return &btcw::kOnline; }
