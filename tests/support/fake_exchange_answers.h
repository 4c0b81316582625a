#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "support/http_server.h"

namespace btcw::test {

/// How a pair stands in an exchange's list of pairs.
enum class FakeState { trading, halted, delisted };

/// One pair of a made-up market. The texts stand in the answers as they are; an empty one is what
/// the exchange puts where it has nothing to say.
struct FakeQuote {
  std::string last = "100";
  std::string bid = "99";
  std::string ask = "101";
  std::string open = "80";
  std::string high = "120";
  std::string low = "70";
  std::string percent = "25";  ///< in percent; each exchange gets it in its own unit
  std::string vwap = "90";
  std::string base_volume = "1000";
  std::string quote_volume = "90000";
  std::string today_open = "1";  ///< of the calendar day: a trap
  std::int64_t time_ms = 1'732'290'000'123;
  FakeState state = FakeState::trading;
};

/// Pairs ("BTC/USDT") and what is said of them.
using FakeListing = std::map<std::string, FakeQuote>;

/// What an exchange with that listing answers to a GET of `target`. `filler_rows` more rows stand
/// in answers for all pairs. 404 for what is not one of its paths.
ServedResponse fake_answer(std::string_view exchange, const FakeListing& listing,
                           std::string_view target, std::size_t filler_rows);

/// How that exchange says "too many requests", to be asked again after `wait`.
ServedResponse fake_limit(std::string_view exchange, seconds wait);

/// "1.83" -> "0.0183": percent as a ratio, by moving the point.
std::string as_ratio(std::string_view percent);

}  // namespace btcw::test
