#pragma once

#include <memory>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/ticker.h"

namespace btcw {

/// Reads tickers in the one JSON shape, digit for digit, without going through double.
///
/// Keeps its buffers between calls: nothing is allocated in the steady state. One thread uses an
/// object.
class TickerReader {
 public:
  virtual ~TickerReader() = default;

  /// Reads one object. Members in any order; unknown members are passed over; absent ones are null,
  /// but symbol, exchange, last and received must be there, and last is positive.
  /// Errors: bad_data with what was expected, for anything else: not an object, cut short, trailing
  /// text, a member twice, a number in quotes or out of range, not UTF-8, more than 256 KiB.
  virtual Result<Ticker> read(std::string_view json) = 0;
};

/// Lives in the network module, because simdjson does.
std::unique_ptr<TickerReader> make_ticker_reader();

}  // namespace btcw
