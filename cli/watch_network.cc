#include "watch_network.h"

#include <algorithm>
#include <utility>

#include "btcw/market/exchange_names.h"
#include "btcw/online/online.h"
#include "btcw/price/median_market.h"
#include "btcw/watch/fetch_thread.h"
#include "startup_pages.h"

namespace btcw::cli {
namespace {

// The bindings of all of these name every member: one more is an error here, not an oversight.

bool same(const HttpOptions& a, const HttpOptions& b) {
  const auto& [url, user, password, no_proxy, direct, connect_timeout, timeout, ca_file] = a;
  return url == b.proxy_url && user == b.proxy_user &&
         password.reveal() == b.proxy_password.reveal() && no_proxy == b.no_proxy &&
         direct == b.fallback_direct && connect_timeout == b.connect_timeout &&
         timeout == b.timeout && ca_file == b.ca_file;
}

bool same(const ExchangeOptions& a, const ExchangeOptions& b) {
  const auto& [enabled, rest_url, ws_url, rate, key] = a;
  const auto text = [](const std::shared_ptr<const Secret>& secret) {
    return secret ? secret->reveal() : std::string_view{};
  };
  return enabled == b.enabled && rest_url == b.rest_url && ws_url == b.ws_url && rate == b.rate &&
         text(key) == text(b.key);
}

bool same(const MarketOptions& a, const MarketOptions& b) {
  const auto& [order, exchanges, connect_timeout, timeout] = a;
  return order == b.order && connect_timeout == b.connect_timeout && timeout == b.timeout &&
         std::equal(exchanges.begin(), exchanges.end(), b.exchanges.begin(), b.exchanges.end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first && same(x.second, y.second);
                    });
}

}  // namespace

HttpOptions clone(const HttpOptions& options) {
  const auto& [url, user, password, no_proxy, direct, connect_timeout, timeout, ca_file] = options;
  return {url, user, password.clone(), no_proxy, direct, connect_timeout, timeout, ca_file};
}

Result<WatchNetwork> WatchNetwork::open(Options options, const Clock& clock, Log& log) {
  const auto online = load_online();
  // It brings some twenty libraries; with what their loading touched, the rest of the start would
  // be the most memory that watch ever takes.
  release_startup_pages();
  if (!online) return online.error();
  WatchNetwork network{std::move(options), **online};
  network.http_ = (*online)->make_http(clone(network.options_.http), clock, log);
  network.budget_ = std::make_unique<SharedBudget>(network.options_.budget_file, clock, log);
  network.rest_ = (*online)->make_shared_rest_market(network.options_.market, *network.budget_,
                                                     *network.http_, clock, log);
  network.market_ =
      std::make_unique<MedianMarket>(*network.rest_, network.options_.market.enabled());
  auto job = make_fetch_thread(*network.market_);
  if (!job) return std::move(job).error();
  network.job_ = *std::move(job);
  return network;
}

Result<WatchNetwork::StreamPorts> WatchNetwork::open_streams(const Clock& clock, Log& log) {
  if (!sockets_) {
    auto sockets = online_->make_web_sockets(clone(options_.http), clock);
    if (!sockets) return std::move(sockets).error();
    stream_http_ = online_->make_http(clone(options_.http), clock, log);
    sockets_ = *std::move(sockets);
  }
  return StreamPorts{*sockets_, *stream_http_};
}

std::vector<StreamedExchange> WatchNetwork::streamed_exchanges() const {
  std::vector<StreamedExchange> streamed;
  for (const ExchangeStream& stream : online_->exchange_streams()) {
    const auto name = ExchangeName::parse(stream.name);
    if (!name) continue;
    const ExchangeOptions& own = options_.market.of(*name);
    if (!own.enabled || (!own.rest_url.empty() && own.ws_url.empty())) continue;
    std::string rest_url = own.rest_url;
    for (const KnownExchange& known : known_exchanges()) {
      if (rest_url.empty() && known.name == stream.name) rest_url = known.rest_url;
    }
    streamed.push_back({&stream, *name, {own.ws_url, std::move(rest_url)}});
  }
  return streamed;
}

bool WatchNetwork::serves(const HttpOptions& http, const MarketOptions& market) const {
  return same(options_.http, http) && same(options_.market, market);
}

}  // namespace btcw::cli
