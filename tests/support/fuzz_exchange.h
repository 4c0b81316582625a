#pragma once

#include <string_view>
#include <vector>

#include "btcw/market/exchange.h"
#include "support/fuzz_answer.h"
#include "support/fuzz_base.h"
#include "support/fuzz_pick.h"

namespace btcw::test {

/// The readers of all exchanges' tickers. The first byte picks the exchange unless `only` names it,
/// the second the call and the status; the rest is the body.
inline void fuzz_exchange(std::string_view input, std::string_view only = {}) {
  if (input.size() < 2) return;
  const Exchange& exchange = picked(exchanges(), &Exchange::name, input[0], only);
  const auto pick = static_cast<unsigned char>(input[1]);
  std::vector<Symbol> symbols{Symbol::of("BTC", "USDT").value()};
  if ((pick & 1U) != 0) symbols.push_back(Symbol::of("DOGE", "USD").value());
  const auto calls = exchange.calls(symbols);
  const auto& call = calls[(pick >> 1U) % calls.size()];
  const HttpResponse response = fuzzed_answer(pick, input.substr(2));

  const auto answer = exchange.read(call, response);

  if (!answer) {
    expect((answer.error().code == Errc::rate_limited) == answer.error().retry_at.has_value());
    expect_sober(answer.error());
    return;
  }
  expect(answer->updates.size() + answer->unreadable.size() <= call.symbols.size());
  for (const UnreadableRow& row : answer->unreadable) {
    expect(row.error.code == Errc::bad_data);
    expect_sober(row.error);
  }
  for (const TickerUpdate& update : answer->updates) {
    const auto ticker = to_ticker(update, {}, {});
    if (ticker) expect(!ticker->last.is_zero() && !ticker->last.is_negative());
  }
}

}  // namespace btcw::test
