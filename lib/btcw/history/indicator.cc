#include "btcw/history/indicator.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "btcw/history/smoothing.h"
#include "btcw/history/square_root.h"

namespace btcw::history {
namespace {

/// The last n - 1 closes that are final, and what is needed to join one more to them.
class CloseWindow {
 public:
  explicit CloseWindow(int periods) : kept_{static_cast<std::size_t>(periods - 1)} {}

  void add(double close) {
    if (kept_ == 0) return;
    if (closes_.size() == kept_) {
      closes_[oldest_] = close;
      oldest_ = (oldest_ + 1) % kept_;
    } else {
      closes_.push_back(close);
    }
    mean_ = 0;
    for (const double value : closes_) mean_ += value;
    mean_ /= static_cast<double>(closes_.size());
    squares_ = 0;
    for (const double value : closes_) squares_ += (value - mean_) * (value - mean_);
  }

  [[nodiscard]] bool full() const { return closes_.size() == kept_; }
  [[nodiscard]] double mean_with(double close) const {
    return mean_ + (close - mean_) / static_cast<double>(kept_ + 1);
  }
  [[nodiscard]] double deviation_with(double close) const {
    const auto count = static_cast<double>(kept_ + 1);
    const double distance = close - mean_;
    // Chan's formula for one more value.
    const double squares = squares_ + distance * distance * static_cast<double>(kept_) / count;
    return square_root(squares / count);
  }

 private:
  std::size_t kept_;
  std::vector<double> closes_;
  std::size_t oldest_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of the squared distances from the mean
};

class WindowIndicator final : public Indicator {
 public:
  explicit WindowIndicator(const IndicatorRequest& request)
      : kind_{request.kind}, width_{request.width.to_double()}, window_{request.periods[0]} {}

  void close(const Bar& bar) override { window_.add(bar.close); }
  [[nodiscard]] std::optional<double> value(const Bar& bar) const override {
    if (!window_.full()) return std::nullopt;
    if (kind_ == IndicatorKind::stddev) return window_.deviation_with(bar.close);
    const double mean = window_.mean_with(bar.close);
    if (kind_ == IndicatorKind::bb_upper) return mean + width_ * window_.deviation_with(bar.close);
    if (kind_ == IndicatorKind::bb_lower) return mean - width_ * window_.deviation_with(bar.close);
    return mean;
  }

 private:
  IndicatorKind kind_;
  double width_;
  CloseWindow window_;
};

class Ema final : public Indicator {
 public:
  explicit Ema(int periods) : mean_{periods} {}
  void close(const Bar& bar) override { mean_.add(bar.close); }
  [[nodiscard]] std::optional<double> value(const Bar& bar) const override {
    return mean_.with(bar.close);
  }

 private:
  ExponentialMean mean_;
};

class Macd final : public Indicator {
 public:
  explicit Macd(const IndicatorRequest& request)
      : kind_{request.kind},
        fast_{request.periods[0], request.periods[1] - request.periods[0]},
        slow_{request.periods[1]},
        signal_{request.periods[2]} {}

  void close(const Bar& bar) override {
    if (const auto line = line_with(bar.close)) signal_.add(*line);
    fast_.add(bar.close);
    slow_.add(bar.close);
  }
  [[nodiscard]] std::optional<double> value(const Bar& bar) const override {
    const auto line = line_with(bar.close);
    if (!line || kind_ == IndicatorKind::macd) return line;
    const auto signal = signal_.with(*line);
    if (!signal || kind_ == IndicatorKind::macd_signal) return signal;
    return *line - *signal;
  }

 private:
  [[nodiscard]] std::optional<double> line_with(double close) const {
    const auto fast = fast_.with(close);
    const auto slow = slow_.with(close);
    if (!fast || !slow) return std::nullopt;
    return *fast - *slow;
  }

  IndicatorKind kind_;
  ExponentialMean fast_;
  ExponentialMean slow_;
  ExponentialMean signal_;
};

class Rsi final : public Indicator {
 public:
  explicit Rsi(int periods) : gain_{periods}, loss_{periods} {}

  void close(const Bar& bar) override {
    if (before_) {
      gain_.add(std::max(bar.close - *before_, 0.0));
      loss_.add(std::max(*before_ - bar.close, 0.0));
    }
    before_ = bar.close;
  }
  [[nodiscard]] std::optional<double> value(const Bar& bar) const override {
    if (!before_) return std::nullopt;
    const auto gain = gain_.with(std::max(bar.close - *before_, 0.0));
    const auto loss = loss_.with(std::max(*before_ - bar.close, 0.0));
    if (!gain || !loss) return std::nullopt;
    const double moves = *gain + *loss;
    return moves > 0 ? 100 * (*gain / moves) : 0;
  }

 private:
  std::optional<double> before_;
  WilderMean gain_;
  WilderMean loss_;
};

class Atr final : public Indicator {
 public:
  explicit Atr(int periods) : mean_{periods} {}

  void close(const Bar& bar) override {
    if (before_) mean_.add(range_of(bar));
    before_ = bar.close;
  }
  [[nodiscard]] std::optional<double> value(const Bar& bar) const override {
    if (!before_) return std::nullopt;
    return mean_.with(range_of(bar));
  }

 private:
  // With the way from the last close.
  [[nodiscard]] double range_of(const Bar& bar) const {
    return std::max(bar.high, *before_) - std::min(bar.low, *before_);
  }

  std::optional<double> before_;
  WilderMean mean_;
};

}  // namespace

std::unique_ptr<Indicator> make_indicator(const IndicatorRequest& request) {
  switch (request.kind) {
    case IndicatorKind::sma:
    case IndicatorKind::stddev:
    case IndicatorKind::bb_upper:
    case IndicatorKind::bb_middle:
    case IndicatorKind::bb_lower:
      return std::make_unique<WindowIndicator>(request);
    case IndicatorKind::ema:
      return std::make_unique<Ema>(request.periods[0]);
    case IndicatorKind::rsi:
      return std::make_unique<Rsi>(request.periods[0]);
    case IndicatorKind::macd:
    case IndicatorKind::macd_signal:
    case IndicatorKind::macd_hist:
      return std::make_unique<Macd>(request);
    case IndicatorKind::atr:
      return std::make_unique<Atr>(request.periods[0]);
    case IndicatorKind::change:
    case IndicatorKind::highest:
    case IndicatorKind::lowest:
      break;
  }
  assert(false && "not computed from candles");
  return nullptr;
}

}  // namespace btcw::history
