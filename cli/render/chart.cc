#include "render/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

#include "btcw/base/time.h"

namespace btcw::cli {
namespace {

using history::Candle;

constexpr std::size_t kFewestColumns = 30;
constexpr std::size_t kFewestRows = 4;
constexpr std::size_t kDotsAcross = 2;
constexpr std::size_t kDotsDown = 4;

/// Dots, eight of them a character (U+2800 and on).
class Canvas {
 public:
  Canvas(std::size_t rows, std::size_t columns)
      : columns_{columns}, cells_(rows * columns, std::uint8_t{0}) {}

  void dot(std::size_t x, std::size_t y) {
    // https://www.unicode.org/charts/PDF/U2800.pdf: the dots' numbers go down the left column
    // first.
    constexpr std::array<std::array<std::uint8_t, kDotsDown>, kDotsAcross> kBits{
        {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}};
    auto& cell = cells_[y / kDotsDown * columns_ + x / kDotsAcross];
    cell = static_cast<std::uint8_t>(cell | kBits[x % kDotsAcross][y % kDotsDown]);
  }

  void append_row(std::size_t row, std::string& out) const {
    std::size_t end = columns_;
    while (end > 0 && cells_[row * columns_ + end - 1] == 0) --end;
    for (std::size_t column = 0; column < end; ++column) {
      const unsigned bits = cells_[row * columns_ + column];
      if (bits == 0) {
        out += ' ';
        continue;
      }
      out += '\xE2';
      out += static_cast<char>(0xA0U | (bits >> 6U));
      out += static_cast<char>(0x80U | (bits & 0x3FU));
    }
  }

 private:
  std::size_t columns_;
  std::vector<std::uint8_t> cells_;
};

std::string text_of(double value, double span) {
  int places = 0;
  // Neighbouring labels are to differ.
  for (double step = span / 4; step < 10 && places < 8; step *= 10) ++places;
  return fmt::format("{:.{}f}", value, span > 0 ? places : 2);
}

std::string time_text(UtcTime time, milliseconds span) {
  const std::string text = to_rfc3339(std::chrono::floor<seconds>(time));
  constexpr std::size_t kDate = 10;
  if (span >= std::chrono::days{3}) return text.substr(0, kDate);
  const bool same_day = span < std::chrono::minutes{10};
  return text.substr(kDate + 1, same_day ? 8 : 5);
}

// One call of render_chart().
class Chart {
 public:
  Chart(std::span<const Candle> candles, milliseconds interval, ChartSize size)
      : candles_{candles},
        interval_{interval},
        rows_{std::max(size.rows, kFewestRows)},
        from_{candles.front().start},
        span_{std::max(interval, candles.back().start + interval - candles.front().start)} {
    low_ = high_ = candles.front().close.to_double();
    for (const Candle& candle : candles) {
      low_ = std::min(low_, candle.close.to_double());
      high_ = std::max(high_, candle.close.to_double());
    }
    for (std::size_t row = 0; row < rows_; ++row) {
      label_width_ = std::max(label_width_, label(row).size());
    }
    const std::size_t taken = label_width_ + 2;
    columns_ = std::max(size.columns, kFewestColumns + taken) - taken;
  }

  std::string render() {
    Canvas canvas{rows_, columns_};
    draw(canvas);
    std::string out;
    for (std::size_t row = 0; row < rows_; ++row) {
      const bool labelled = row % 4 == 0 || row + 1 == rows_;
      fmt::format_to(std::back_inserter(out), "{:>{}} {}", labelled ? label(row) : "", label_width_,
                     labelled ? "┤" : "│");
      canvas.append_row(row, out);
      out += '\n';
    }
    append_axis(out);
    return out;
  }

 private:
  [[nodiscard]] std::string label(std::size_t row) const {
    const double share = static_cast<double>(row) / static_cast<double>(rows_ - 1);
    return text_of(high_ - (high_ - low_) * share, high_ - low_);
  }

  [[nodiscard]] std::size_t x_of(const Candle& candle) const {
    const auto across = static_cast<std::int64_t>(columns_ * kDotsAcross);
    const auto x = (candle.start - from_).count() * across / span_.count();
    return static_cast<std::size_t>(std::clamp<std::int64_t>(x, 0, across - 1));
  }

  [[nodiscard]] std::size_t y_of(const Candle& candle) const {
    const auto down = static_cast<double>(rows_ * kDotsDown - 1);
    if (high_ <= low_) return rows_ * kDotsDown / 2;
    const double share = (high_ - candle.close.to_double()) / (high_ - low_);
    return static_cast<std::size_t>(std::clamp(share * down + 0.5, 0.0, down));
  }

  void draw(Canvas& canvas) const {
    const Candle* before = nullptr;
    for (const Candle& candle : candles_) {
      const bool follows = before != nullptr && candle.start - before->start <= interval_ * 2;
      if (follows) {
        connect(canvas, *before, candle);
      } else {
        canvas.dot(x_of(candle), y_of(candle));
      }
      before = &candle;
    }
  }

  void connect(Canvas& canvas, const Candle& a, const Candle& b) const {
    const auto x0 = static_cast<std::int64_t>(x_of(a));
    const auto y0 = static_cast<std::int64_t>(y_of(a));
    const auto dx = static_cast<std::int64_t>(x_of(b)) - x0;
    const auto dy = static_cast<std::int64_t>(y_of(b)) - y0;
    const std::int64_t steps = std::max<std::int64_t>({dx, dy < 0 ? -dy : dy, 1});
    for (std::int64_t step = 0; step <= steps; ++step) {
      canvas.dot(static_cast<std::size_t>(x0 + dx * step / steps),
                 static_cast<std::size_t>(y0 + dy * step / steps));
    }
  }

  void append_axis(std::string& out) const {
    out.append(label_width_, ' ').append(" └");
    for (std::size_t column = 0; column < columns_; ++column) out += "─";
    out += '\n';
    const std::string first = time_text(from_, span_);
    const std::string last = time_text(from_ + span_, span_);
    const std::string middle = time_text(from_ + span_ / 2, span_);
    const std::string zone = "UTC";
    std::string line(label_width_ + 2, ' ');
    line.replace(0, zone.size(), zone);
    line += first;
    line.resize(label_width_ + 2 + columns_, ' ');
    line.replace(label_width_ + 2 + columns_ / 2 - middle.size() / 2, middle.size(), middle);
    line.replace(line.size() - last.size(), last.size(), last);
    out.append(line).append("\n");
  }

  std::span<const Candle> candles_;
  milliseconds interval_;
  std::size_t rows_;
  UtcTime from_;
  milliseconds span_;
  double low_ = 0;
  double high_ = 0;
  std::size_t label_width_ = 3;
  std::size_t columns_ = 0;
};

}  // namespace

std::string render_chart(std::span<const Candle> candles, milliseconds interval, ChartSize size) {
  return Chart{candles, interval, size}.render();
}

}  // namespace btcw::cli
