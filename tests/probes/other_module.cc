// Stands in for a network module of another version.
#include "btcw/online/module.h"

namespace {

constexpr btcw::Online kOnline{.version = "0.0.0-other",
                               .make_http = nullptr,
                               .make_rest_market = nullptr,
                               .make_shared_rest_market = nullptr,
                               .make_ticker_reader = nullptr,
                               .fetch_listings = nullptr,
                               .exchange_streams = nullptr,
                               .make_candle_market = nullptr,
                               .make_web_sockets = nullptr};

}  // namespace

const btcw::Online* btcw_online_v1() noexcept { return &kOnline; }
