#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "btcw/history/candle.h"

namespace btcw::cli {

struct ChartSize {
  std::size_t rows = 15;
  std::size_t columns = 80;  ///< with the axis
};

/// A line of the closing prices over time in braille dots, with prices at the left and times (UTC)
/// below. An interval without a candle is a gap. Every line ends in \n, and is no longer than
/// `size.columns`. Precondition: there is at least one candle; in the order of time.
std::string render_chart(std::span<const history::Candle> candles, milliseconds interval,
                         ChartSize size);

}  // namespace btcw::cli
