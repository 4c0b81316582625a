#include "btcw/online/module.h"

#include <utility>

#include "btcw/base/environment.h"
#include "btcw/net/curl_transport.h"

namespace btcw {
namespace {

std::unique_ptr<NetTransport> make_http(HttpOptions options, const Clock& clock, Log& log) {
  return make_curl_transport(std::move(options), Environment::of_process(), clock, log);
}

constexpr Online kOnline{.version = BTCW_VERSION,
                         .make_http = make_http,
                         .make_rest_market = make_rest_market,
                         .make_ticker_reader = make_ticker_reader};

}  // namespace
}  // namespace btcw

const btcw::Online* btcw_online_v1() noexcept { return &btcw::kOnline; }
