#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <set>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/base/quoted.h"
#include "btcw/base/random.h"
#include "btcw/base/secret.h"
#include "btcw/base/ticker.h"

using namespace btcw;

TEST_CASE("quoted text can neither flood nor steer a terminal") {
  CHECK(quoted("BTC/USDT") == R"("BTC/USDT")");
  CHECK(quoted("") == R"("")");
  CHECK(quoted(R"(a"b\c)") == R"("a\"b\\c")");
  CHECK(quoted("a\n\x1b[31m\x7f") == R"("a\x0a\x1b[31m\x7f")");
  CHECK(quoted("Größe") == "\"Größe\"");
  CHECK(quoted("\xc2\x9b") == R"("\xc2\x9b")");                  // a C1 control
  CHECK(quoted("\xe2\x80\xae") == R"("\xe2\x80\xae")");          // right-to-left override
  CHECK(quoted("\xc3") == R"("\xc3")");                          // cut short
  CHECK(quoted("\xc0\xaf") == R"("\xc0\xaf")");                  // spelled too long
  CHECK(quoted("\xed\xa0\x80") == R"("\xed\xa0\x80")");          // a surrogate
  CHECK(quoted("\xf4\x90\x80\x80") == R"("\xf4\x90\x80\x80")");  // above U+10FFFF
  CHECK(quoted(std::string(50, 'a')) == "\"" + std::string(40, 'a') + "\"...");
  CHECK(quoted("aaöb", 3) == "\"aa\"...");
}

TEST_CASE("a ticker is one JSON object with exact numbers") {
  Ticker ticker{.symbol = Symbol::parse("BTC/USDT").value(),
                .exchange = ExchangeName::parse("binance").value(),
                .last = Decimal::parse("97123.45").value(),
                .received = from_unix_ms(1'732'290'000'456)};
  CHECK(to_json(ticker) ==
        R"({"symbol":"BTC/USDT","exchange":"binance","last":97123.45,"bid":null,"ask":null,)"
        R"("open":null,"high":null,"low":null,"percentage":null,"baseVolume":null,)"
        R"("quoteVolume":null,"timestamp":null,"received":1732290000456})");
  ticker.bid = Decimal::parse("97123.40").value();
  ticker.low = Decimal::parse("1e-8").value();
  ticker.percentage = Decimal::parse("-2.2352").value();
  ticker.timestamp = from_unix_ms(1'732'290'000'123);
  std::string out = "before ";
  append_json(ticker, out);
  CHECK(out == R"(before {"symbol":"BTC/USDT","exchange":"binance","last":97123.45,"bid":97123.4,)"
               R"("ask":null,"open":null,"high":null,"low":0.00000001,"percentage":-2.2352,)"
               R"("baseVolume":null,"quoteVolume":null,"timestamp":1732290000123,)"
               R"("received":1732290000456})");
}

TEST_CASE("the longest ticker fits") {
  const Decimal longest = Decimal::from_parts(-999'999'999'999'999'999, -18);
  const Ticker ticker{.symbol = Symbol::parse("ABCDEFGHIJKLMNOPQRST/ABCDEFGHIJ").value(),
                      .exchange = ExchangeName::parse("fifteen-letters").value(),
                      .last = longest,
                      .bid = longest,
                      .ask = longest,
                      .open = longest,
                      .high = longest,
                      .low = longest,
                      .percentage = longest,
                      .base_volume = longest,
                      .quote_volume = longest,
                      .timestamp = UtcTime::min(),
                      .received = UtcTime::min()};
  CHECK(to_json(ticker).size() > 500);
  CHECK(to_json(ticker).back() == '}');
}

TEST_CASE("the environment is a copy with exact names") {
  const Environment environment{{{"HOME", "/home/u"}, {"EMPTY", ""}}};
  CHECK(environment.get("HOME") == "/home/u");
  CHECK(environment.get("EMPTY") == "");
  CHECK_FALSE(environment.get("home").has_value());
  CHECK_FALSE(Environment{}.get("HOME").has_value());
}

TEST_CASE("numbers below a bound are all reached and never the bound") {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int round = 0; round < 500; ++round) seen.insert(random.below(5));
  CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3, 4});
  CHECK(random.below(1) == 0);
}

TEST_CASE("a number that would favour the small ones is drawn again") {
  class Scripted final : public Random {
   public:
    void fill(std::span<std::byte> out) override {
      const std::array<std::uint64_t, 2> numbers{~std::uint64_t{0}, 7};
      REQUIRE(drawn_ < numbers.size());
      std::memcpy(out.data(), &numbers[drawn_++], out.size());
    }
    std::size_t drawn_ = 0;
  };
  Scripted random;  // 2^64 - 1 is beyond the last whole multiple of 10
  CHECK(random.below(10) == 7);
  Scripted power;  // every number counts where the bound divides 2^64
  CHECK(power.below(1U << 16U) == 0xFFFF);
  CHECK(power.drawn_ == 1);
}

TEST_CASE("random bytes differ from call to call") {
  SystemRandom random;
  std::array<std::byte, 4096> first{};
  std::array<std::byte, 4096> second{};
  random.fill(first);
  random.fill(second);
  CHECK(first != second);
  random.fill({});
}

TEST_CASE("a secret moves and leaves nothing behind") {
  Secret secret{"hunter2"};
  Secret moved = std::move(secret);
  CHECK(moved.reveal() == "hunter2");
  CHECK(secret.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  Secret target{"an older and much longer secret than fits into the object"};
  target = std::move(moved);
  CHECK(target.reveal() == "hunter2");
  CHECK(moved.empty());  // NOLINT(bugprone-use-after-move): as above
  CHECK(target.clone().reveal() == "hunter2");
  CHECK(Secret{}.empty());
}

TEST_CASE("a short secret is gone from the memory of the object that held it") {
  alignas(Secret) std::array<unsigned char, sizeof(Secret)> memory{};
  auto* secret = new (memory.data()) Secret{"hunter2"};
  secret->~Secret();
  const std::string left{memory.begin(), memory.end()};
  CHECK(left.find("hunter2") == std::string::npos);
}

TEST_CASE("wipe clears every byte") {
  std::array<char, 5> bytes{'a', 'b', 'c', 'd', 'e'};
  wipe(bytes.data(), bytes.size());
  CHECK(bytes == std::array<char, 5>{});
}
