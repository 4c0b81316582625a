#include "btcw/history/smoothing.h"

namespace btcw::history {

void ExponentialMean::add(double value) {
  if (skip_ > 0) {
    --skip_;
    return;
  }
  const auto next = with(value);
  if (count_ < periods_) ++count_;
  mean_ = next ? *next : mean_ + value;
}

std::optional<double> ExponentialMean::with(double value) const {
  if (skip_ > 0 || count_ + 1 < periods_) return std::nullopt;
  if (count_ + 1 == periods_) return (mean_ + value) / periods_;
  return mean_ + (value - mean_) * (2.0 / (periods_ + 1));
}

void WilderMean::add(double value) {
  const auto next = with(value);
  if (count_ < periods_) ++count_;
  mean_ = next ? *next : mean_ + value;
}

std::optional<double> WilderMean::with(double value) const {
  if (count_ + 1 < periods_) return std::nullopt;
  if (count_ + 1 == periods_) return (mean_ + value) / periods_;
  return (mean_ * (periods_ - 1) + value) / periods_;
}

}  // namespace btcw::history
