#include "btcw/base/ticker_layout.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/ticker.h"
#include "btcw/base/ticker_reader.h"
#include "support/seeded_random.h"

using namespace btcw;

namespace {

Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }

Ticker full_ticker() {
  return {.symbol = Symbol::parse("SHIB/USDT").value(),
          .exchange = ExchangeName::parse("binance").value(),
          .last = decimal("0.00002431"),
          .bid = decimal("0.0000243"),
          .ask = decimal("0.00002432"),
          .open = decimal("0.000024"),
          .high = decimal("0.000025"),
          .low = decimal("0.0000239"),
          .percentage = decimal("-1.2917"),
          .base_volume = decimal("123456789012345678"),
          .quote_volume = decimal("3000000.1"),
          .timestamp = from_unix_ms(1'732'290'000'123),
          .received = from_unix_ms(1'732'290'000'456)};
}

}  // namespace

TEST_CASE("what append_json writes is read back by the short cut alone") {
  Ticker ticker = full_ticker();
  CHECK(read_own_layout(to_json(ticker)) == ticker);
  ticker.bid.reset();
  ticker.percentage.reset();
  ticker.timestamp.reset();
  CHECK(read_own_layout(to_json(ticker)) == ticker);
}

TEST_CASE("the short cut leaves every other layout to the general reader") {
  const std::string text = to_json(full_ticker());
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  const std::vector<std::string> others = {" " + text,
                                           text + " ",
                                           text + "}",
                                           text.substr(0, text.size() - 1),
                                           with(R"("last":0.00002431)", R"("last":-1)"),
                                           with(R"("last":0.00002431)", R"("last":0)"),
                                           with("0.0000243,", "2.43e-5,"),
                                           with("0.0000243,", "0000.1,"),
                                           with("0.0000243,", ".5,"),
                                           with("0.0000243,", "5.,"),
                                           with("0.0000243,", "\"5\","),
                                           with("0.0000243,", "1234567890123456789,"),
                                           with("0.0000243,", "nul,"),
                                           with("SHIB/USDT", "SHIBUSDT"),
                                           with("binance", "bin\\u0061nce"),
                                           with("1732290000456", "999999999999999"),
                                           with("1732290000456", "null")};
  for (const auto& other : others) {
    CAPTURE(other);
    CHECK_FALSE(read_own_layout(other).has_value());
  }
}

TEST_CASE("what the short cut takes, the general reader takes for the same ticker") {
  const std::string text = to_json(full_ticker());
  test::SeededRandom random{7};
  const auto reader = make_ticker_reader();
  int taken = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::string mutated = text;
    constexpr std::string_view kBytes = "0123456789.-,:\"{}[]nuleE+ /AZaz\\\n\x80";
    mutated[random.below(mutated.size())] = kBytes[random.below(kBytes.size())];
    const auto quick = read_own_layout(mutated);
    if (!quick) continue;
    ++taken;
    // A space in front sends the same text the general way.
    const auto general = reader->read(" " + mutated);
    CAPTURE(mutated);
    REQUIRE(general.has_value());
    CHECK(*general == *quick);
  }
  CHECK(taken > 500);
}
