#include "watch_team.h"

#include <algorithm>
#include <utility>

#include "btcw/cache/redis_price_cache.h"
#include "redis_connector.h"

namespace btcw::cli {
namespace {

/// So long, and three intervals, a leader's price is waited for.
constexpr milliseconds kPatience = seconds{3};

}  // namespace

Result<std::unique_ptr<WatchTeam>> WatchTeam::join(const Config& config,
                                                   std::vector<SymbolRequest> requests,
                                                   Session& session, Log& log) {
  const auto connector = RedisConnector::open(config, RedisInstance::prices, session);
  if (!connector) return connector.error();
  std::unique_ptr<WatchTeam> team{new WatchTeam{std::move(requests), session.clock}};
  auto follow = FollowSource::start(
      {.channel = redis_price_channel(config.redis.prefix),
       .requests = team->requests_,
       // The leadership tells.
       .level = LogLevel::debug},
      make_recorded_client((*connector)->connect(), team->follow_link_, session.clock), log);
  if (!follow) return std::move(follow).error();
  team->follow_ = *std::move(follow);
  auto leadership = Leadership::start(
      {.prefix = config.redis.prefix, .holder = process_name(session)},
      make_recorded_client((*connector)->connect(), team->lease_link_, session.clock), log);
  if (!leadership) return std::move(leadership).error();
  team->leadership_ = *std::move(leadership);
  return team;
}

void WatchTeam::reconfigure(std::vector<SymbolRequest> requests) {
  follow_->reconfigure(requests);
  requests_ = std::move(requests);
}

std::vector<SymbolRequest> WatchTeam::to_ask(milliseconds interval) {
  const Standing standing = leadership_->standing();
  const SteadyTime now = clock_.steady_now();
  if (std::exchange(seen_, standing) != standing) follow_->await_all(now);
  switch (standing) {
    case Standing::leads:
    case Standing::alone:
      return requests_;
    case Standing::follows:
      // The leader has a list of its own.
      return follow_->missing(now - std::max(kPatience, interval * 3));
    case Standing::unknown:
      break;
  }
  return {};
}

bool WatchTeam::follows() const {
  const Standing standing = leadership_->standing();
  return standing == Standing::follows || standing == Standing::unknown;
}

// What is asked for again is streamed again.
void WatchTeam::let_streams_go() {
  if (streams_ != nullptr) streams_->let_go();
}

std::vector<TickerSource*> WatchTeam::sources(PollingSource& polling, StreamSource* streams) {
  streams_ = streams;
  const auto has_to_ask = [this, &polling] {
    auto wanted = to_ask(polling.options().interval);
    if (wanted.empty()) return false;
    if (wanted != polling.options().requests) {
      // Of a leader's requests none is too many; a follower may have had some to itself.
      if (follows()) let_streams_go();
      PollingOptions changed = polling.options();
      changed.requests = std::move(wanted);
      polling.reconfigure(std::move(changed));
    }
    return true;
  };
  asking_.emplace(polling, has_to_ask, clock_, [this] { let_streams_go(); });
  following_.emplace(
      *follow_, [this] { return follows(); }, clock_);
  return {&*asking_, &*following_};
}

}  // namespace btcw::cli
