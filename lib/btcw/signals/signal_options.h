#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "btcw/base/decimal.h"
#include "btcw/base/time.h"

namespace btcw {

/// The `[signals]` section.
struct SignalOptions {
  std::filesystem::path dir = {};  ///< empty: no signals are read
  /// From which strength on a signal is strong (urgent), medium (normal) or weak (low); what is
  /// weaker is passed over.
  Decimal strong = Decimal::from_parts(8, 1);
  Decimal medium = Decimal::from_parts(6, 1);
  Decimal weak = Decimal::from_parts(4, 1);
  /// A second signal of the same pair and action within this time is passed over …
  milliseconds dedup_window = std::chrono::minutes{5};
  /// … unless it is stronger by so many percent.
  Decimal dedup_rise = Decimal::from_parts(20, 0);
  std::vector<std::string> channels = {};
  std::string title = "{action} {pair}";
  std::string message =
      "{strategy}: {action} {pair} at {current_rate}, {strength} ({signal_strength})";

  [[nodiscard]] bool enabled() const { return !dir.empty(); }
  friend bool operator==(const SignalOptions&, const SignalOptions&) = default;
};

}  // namespace btcw
