#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "btcw/base/time.h"

namespace btcw {

/// The `[history]` section. A time of 0 keeps for ever.
struct HistoryOptions {
  bool enabled = true;
  /// Whether exchanges are asked for candles that alerts miss of the past.
  bool seed = true;
  milliseconds keep_ticks = std::chrono::days{2};  ///< prices, one a second
  milliseconds keep_1m = std::chrono::days{30};    ///< candles of a minute
  milliseconds keep_5m = std::chrono::days{90};
  milliseconds keep_15m = std::chrono::days{180};
  milliseconds keep_1h = std::chrono::days{730};
  milliseconds keep_4h = std::chrono::days{1825};
  milliseconds keep_1d{0};

  /// In the order of history::kResolutions.
  [[nodiscard]] std::array<milliseconds, 6> keep_candles() const {
    return {keep_1m, keep_5m, keep_15m, keep_1h, keep_4h, keep_1d};
  }
};

}  // namespace btcw
