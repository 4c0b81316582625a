#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "btcw/base/symbol.h"
#include "btcw/base/time.h"

namespace btcw {

/// How one connection stands; without one, what is waited for.
struct StreamStatus {
  ExchangeName exchange;
  std::string phase;  ///< of StreamPhase; "waiting": the next attempt is at `next`
  std::size_t symbols = 0;
  std::uint64_t ticks = 0;       ///< of this connection
  std::uint64_t unreadable = 0;  ///< frames that made no sense
  std::uint64_t rotations = 0;   ///< how often another has taken over without a gap
  int failures = 0;              ///< in a row
  bool successor = false;        ///< another is about to take over
  milliseconds age{0};           ///< since the connect
  std::optional<milliseconds> silent_for = std::nullopt;  ///< since the last price
  std::optional<milliseconds> next = std::nullopt;        ///< until the next attempt
  std::string error = {};                                 ///< why the last connection ended
};

}  // namespace btcw
