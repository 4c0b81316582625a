#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "btcw/config/config.h"
#include "btcw/watch/follow_source.h"
#include "btcw/watch/gated_source.h"
#include "btcw/watch/leadership.h"
#include "btcw/watch/polling_source.h"
#include "btcw/watch/stream_source.h"
#include "redis_status.h"
#include "session.h"

namespace btcw::cli {

/// The place of a `watch` among those that share a Redis: one asks the exchanges for all, the
/// others take what it publishes, and ask for what it does not bring.
class WatchTeam {
 public:
  /// `config` has the secrets of Redis; the session and the log outlive it.
  /// Errors: those of RedisConnector::open(), FollowSource::start() and Leadership::start().
  static Result<std::unique_ptr<WatchTeam>> join(const Config& config,
                                                 std::vector<SymbolRequest> requests,
                                                 Session& session, Log& log);

  /// See Leadership.
  [[nodiscard]] std::function<std::uint64_t()> token() const { return leadership_->token(); }

  /// How it stands with Redis.
  [[nodiscard]] LeadershipStatus status() const { return leadership_->status(); }
  [[nodiscard]] std::vector<RedisStatus::Connection> connections() const {
    return {{"lease", lease_link_->link()}, {"follow", follow_link_->link()}};
  }

  /// From now on these.
  void reconfigure(std::vector<SymbolRequest> requests);

  /// `polling` for as long as it has something to ask for here, with what that is; and what the
  /// leader publishes. The connections of `streams`, which may be nullptr, are closed when there is
  /// nothing more to ask for, or, to a follower, other things. Both outlive the sources, which are
  /// this object's.
  std::vector<TickerSource*> sources(PollingSource& polling, StreamSource* streams);

 private:
  WatchTeam(std::vector<SymbolRequest> requests, const Clock& clock)
      : requests_{std::move(requests)}, clock_{clock} {}

  [[nodiscard]] std::vector<SymbolRequest> to_ask(milliseconds interval);
  [[nodiscard]] bool follows() const;
  void let_streams_go();

  std::vector<SymbolRequest> requests_;
  const Clock& clock_;
  // Shared with the clients, which write them on their threads.
  std::shared_ptr<RedisLinkRecord> lease_link_ = std::make_shared<RedisLinkRecord>();
  std::shared_ptr<RedisLinkRecord> follow_link_ = std::make_shared<RedisLinkRecord>();
  std::unique_ptr<FollowSource> follow_;
  std::unique_ptr<Leadership> leadership_;
  Standing seen_ = Standing::unknown;  ///< when to_ask() was called last
  StreamSource* streams_ = nullptr;
  std::optional<GatedSource> asking_;
  std::optional<GatedSource> following_;
};

}  // namespace btcw::cli
