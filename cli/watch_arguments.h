#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/base/time.h"
#include "btcw/watch/replay_speed.h"

namespace btcw::cli {

/// What the command line of `btcw watch` says.
struct WatchArguments {
  std::vector<std::string> symbols = {};
  std::vector<ExchangeName> exchanges = {};
  std::optional<milliseconds> interval = std::nullopt;
  std::optional<milliseconds> run_for = std::nullopt;
  bool once = false;
  bool no_stream = false;
  bool ndjson = false;
  bool demo = false;
  std::optional<std::uint64_t> seed = std::nullopt;
  std::optional<std::string> replay = std::nullopt;
  std::optional<ReplaySpeed> replay_speed = std::nullopt;
  bool list_schedules = false;
  std::optional<std::size_t> next = std::nullopt;  ///< runs of each schedule
  std::optional<UtcTime> from = std::nullopt;
  bool alerts_only = false;
  std::optional<std::string> explain = std::nullopt;
};

}  // namespace btcw::cli
