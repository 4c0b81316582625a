#pragma once

#include <optional>

namespace btcw::history {

/// An exponential moving average that begins as the mean of its first `periods` values.
class ExponentialMean {
 public:
  /// `skip`: so many values at the beginning do not count.
  explicit ExponentialMean(int periods, int skip = 0) : periods_{periods}, skip_{skip} {}

  void add(double value);
  /// What it would be after add(value); nullopt: too few values.
  [[nodiscard]] std::optional<double> with(double value) const;

 private:
  int periods_;
  int skip_;
  int count_ = 0;    // up to periods_
  double mean_ = 0;  // their sum, as long as there are fewer
};

/// Wilder's average: begins as the mean of its first `periods` values, then each new one counts
/// 1 / `periods`.
class WilderMean {
 public:
  explicit WilderMean(int periods) : periods_{periods} {}

  void add(double value);
  [[nodiscard]] std::optional<double> with(double value) const;

 private:
  int periods_;
  int count_ = 0;
  double mean_ = 0;  // their sum, as long as there are fewer
};

}  // namespace btcw::history
