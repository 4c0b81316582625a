#include "btcw/base/ticker_reader.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "support/counted_allocations.h"

using namespace btcw;

namespace {

constexpr std::string_view kFull =
    R"({"symbol":"BTC/USDT","exchange":"binance","last":97123.45,"bid":97123.4,"ask":97123.5,)"
    R"("open":95000,"high":98000,"low":94000.1,"percentage":2.2352,"baseVolume":1234.5678,)"
    R"("quoteVolume":119000000.1,"timestamp":1732290000123,"received":1732290000456})";

// A ticker with `members` behind what has to be there.
std::string with(std::string_view members) {
  return R"({"symbol":"BTC/USDT","exchange":"binance","last":1,"received":5)" +
         std::string{members} + "}";
}

}  // namespace

TEST_CASE("a ticker survives its text") {
  const auto reader = make_ticker_reader();
  const auto ticker = reader->read(kFull);
  REQUIRE(ticker.has_value());
  CHECK(to_json(*ticker) == kFull);
  CHECK(ticker->percentage == Decimal::parse("2.2352").value());
  CHECK(ticker->timestamp == from_unix_ms(1'732'290'000'123));
  CHECK(reader->read(to_json(*ticker)).value() == *ticker);
}

TEST_CASE("members stand in any order, unknown ones are passed over, absent ones are null") {
  const auto reader = make_ticker_reader();
  const auto ticker =
      reader->read(R"( { "received" : 5 , "source":"cache","age":0.456,"stale":false,)"
                   R"("info":{"last":2,"a":[{"b":null}]},"l\u0061st":0.00002431,)"
                   R"("exchange":"kraken","bid":null,"symbol":"SHIB/USD"} )"
                   "\n");
  REQUIRE(ticker.has_value());
  CHECK(to_json(*ticker) ==
        R"({"symbol":"SHIB/USD","exchange":"kraken","last":0.00002431,"bid":null,"ask":null,)"
        R"("open":null,"high":null,"low":null,"percentage":null,"baseVolume":null,)"
        R"("quoteVolume":null,"timestamp":null,"received":5})");
}

TEST_CASE("numbers keep every digit") {
  const auto reader = make_ticker_reader();
  const auto ticker = reader->read(with(R"(,"bid":0.0000000123456789,"ask":1e-8,"low":-0)"));
  REQUIRE(ticker.has_value());
  CHECK(ticker->bid->to_string() == "0.0000000123456789");
  CHECK(ticker->ask->to_string() == "0.00000001");
  CHECK(ticker->low->is_zero());
}

TEST_CASE("what is no ticker is refused with what was expected") {
  struct Case {
    std::string json;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"", "malformed JSON: empty"},
      {"[]", "expected an object"},
      {"{}", "symbol: missing"},
      {with("}"), "malformed JSON: something follows its end at byte 64"},
      {with("") + with(""), "malformed JSON: something follows its end at byte 64"},
      {with(R"(,"bid":"\ud800")"), "malformed JSON: not an escape sequence at byte 70"},
      {with(",\"bid\":\"\xff\""), "malformed JSON: not UTF-8"},
      {with(R"(,"last":2)"), "last: stands there twice"},
      {with(R"(,"bid":null,"bid":1)"), "bid: stands there twice"},
      {with(R"(,"l\u0061st":2)"), "last: stands there twice"},
      {with(R"(,"bid":"1")"), R"(bid: expected a number, found "1")"},
      {with(R"(,"bid":{})"), "bid: expected a number, found an object"},
      {with(R"(,"bid":[])"), "bid: expected a number, found an array"},
      {with(R"(,"bid":true)"), R"(bid: expected a number, found "true")"},
      {with(R"(,"bid":1e36)"), R"(bid: number out of range: "1e36")"},
      {with(R"(,"bid":1.000000000000000001)"),
       R"(bid: number with more digits than are kept: "1.000000000000000001")"},
      {with(R"(,"timestamp":1.5)"), R"(timestamp: expected milliseconds since 1970, found "1.5")"},
      {with(R"(,"timestamp":"5")"), R"(timestamp: expected milliseconds since 1970, found "5")"},
      {with(R"(,"timestamp":-1)"), R"(timestamp: expected milliseconds since 1970, found "-1")"},
      {with(R"(,"timestamp":253402300800000)"),
       R"(timestamp: expected milliseconds since 1970, found "253402300800000")"},
      {R"({"symbol":5})", R"(symbol: expected BASE/QUOTE, found "5")"},
      {R"({"symbol":"BTC"})", R"(symbol: expected BASE/QUOTE, found "BTC")"},
      {R"({"symbol":"BTC/"})", R"(symbol: expected BASE/QUOTE, found "BTC/")"},
      {R"({"symbol":null})", R"(symbol: expected BASE/QUOTE, found "null")"},
      {R"({"exchange":"A B"})", R"(exchange: expected a name, found "A B")"},
      {R"({"exchange":null})", R"(exchange: expected a name, found "null")"},
      {R"({"last":0})", R"(last: expected a positive number, found "0")"},
      {R"({"last":-1})", R"(last: expected a positive number, found "-1")"},
      {R"({"last":null})", R"(last: expected a number, found "null")"},
      {R"({"received":null})", R"(received: expected milliseconds since 1970, found "null")"},
      {R"({"symbol":"A/BC","last":1,"received":1})", "exchange: missing"},
      {R"({"symbol":"A/BC","exchange":"x","received":1})", "last: missing"},
      {R"({"symbol":"A/BC","exchange":"x","last":1})", "received: missing"},
      {with(R"(,"x":")" + std::string(300'000, 'x') + '"'),
       "JSON of 300071 bytes, at most 262144 are read"},
  }));
  CAPTURE(row.json.substr(0, 200));
  const auto reader = make_ticker_reader();

  const auto ticker = reader->read(row.json);

  REQUIRE_FALSE(ticker.has_value());
  CHECK(ticker.error().code == Errc::bad_data);
  CHECK(ticker.error().message == row.message);
  CHECK(reader->read(kFull).has_value());  // and the next one is read
}

TEST_CASE("a ticker cut short anywhere is refused") {
  const auto reader = make_ticker_reader();
  for (std::size_t size = 0; size < kFull.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(reader->read(kFull.substr(0, size)).has_value());
  }
}

TEST_CASE("reading and writing a ticker allocates nothing once the buffers are there") {
  if (!btcw::test::allocations_are_counted()) {
    WARN("skipped: a sanitizer has its own operator new");
    return;
  }
  const auto reader = make_ticker_reader();
  const std::string with_escapes = with(R"(,"a\u0062":"\n")");
  std::string out;
  out.reserve(4096);
  const auto once = [&] {
    out.clear();
    append_json(reader->read(kFull).value(), out);
    append_json(reader->read(with_escapes).value(), out);
  };
  once();

  const std::size_t before = btcw::test::allocations();
  for (int round = 0; round < 1'000; ++round) once();
  CHECK(btcw::test::allocations() == before);

  const auto text = std::make_unique<std::string>(100, 'x');  // the counter does count
  CHECK(btcw::test::allocations() >= before + 2);
}
