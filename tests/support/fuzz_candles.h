#pragma once

#include <string_view>

#include "btcw/market/candles/candle_reader.h"
#include "support/fuzz_answer.h"
#include "support/fuzz_base.h"
#include "support/fuzz_pick.h"

namespace btcw::test {

/// The readers of all exchanges' candles. The first byte picks the exchange unless `only` names it,
/// the second the length and the status; the rest is the body.
inline void fuzz_candles(std::string_view input, std::string_view only = {}) {
  if (input.size() < 2) return;
  const auto pick = static_cast<unsigned char>(input[1]);
  const CandleForm& form = picked(candle_forms(), &CandleForm::exchange, input[0], only);
  const std::size_t length = pick % kCandleLengths.size();
  const HttpResponse response = fuzzed_answer(pick, input.substr(2));

  const auto candles = read_candles(form, Symbol::of("BTC", "USDT").value(), length, response);

  if (!candles) {
    expect((candles.error().code == Errc::rate_limited) == candles.error().retry_at.has_value());
    expect_sober(candles.error());
    return;
  }
  expect(response.status == 200 && !candles->empty() && candles->size() <= kMaxCandles);
  for (std::size_t i = 0; i < candles->size(); ++i) {
    const Candle& candle = (*candles)[i];
    expect(candle_start(candle.start, kCandleLengths[length]) == candle.start);
    expect(i == 0 || (*candles)[i - 1].start < candle.start);
    expect(!candle.low.is_zero() && !candle.low.is_negative());
    expect(candle.low <= candle.open && candle.open <= candle.high);
    expect(candle.low <= candle.close && candle.close <= candle.high);
  }
}

}  // namespace btcw::test
