#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/watch/polling_source.h"
#include "btcw/watch/stream_status.h"
#include "redis_status.h"
#include "session.h"

namespace btcw::cli {

/// How a running `watch` of exchanges stands.
struct WatchStatus {
  milliseconds uptime;
  std::uint64_t tickers;
  std::uint64_t cache_batches;
  PollingStatus polling;
  std::size_t symbols;
  milliseconds interval;
  std::string alerts = {};                 ///< empty: there are none
  std::string alert_list = "[]";           ///< as JSON: see list_alerts()
  std::vector<StreamStatus> streams = {};  ///< one a connection
  std::size_t streamed = 0;                ///< symbols that a stream keeps fresh
  std::uint64_t stream_tickers = 0;
  std::optional<RedisStatus> redis = std::nullopt;  ///< nullopt: it has nothing to do with Redis
};

/// For SIGUSR1: some lines of text, or with --log-format json one JSON object.
std::string describe(const WatchStatus& status, const Clock& clock, const CommonOptions& common);

/// For `systemctl status`: one line.
std::string summarize(const WatchStatus& status);

/// Of a run of one cycle: the same as of `btcw price`.
ExitCode exit_code_of(const PollingStatus& status);

/// The memory that this process has in RAM, in bytes; 0 where /proc does not say.
std::size_t resident_bytes();

}  // namespace btcw::cli
