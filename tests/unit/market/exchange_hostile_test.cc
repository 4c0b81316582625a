// What the readers make of answers that no exchange should send.
#include <catch2/catch.hpp>

#include "btcw/market/exchange.h"
#include "market_samples.h"
#include "support/fake_exchange_answers.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

struct Exchanged {
  const Exchange* exchange;
  RestCall call;
  std::string body;
};

/// All calls of all exchanges for these symbols, with good answers.
std::vector<Exchanged> good_answers(const std::vector<Symbol>& asked, const FakeQuote& quote = {}) {
  FakeListing listing;
  for (const Symbol& each : asked) listing.emplace(each.text(), quote);
  std::vector<Exchanged> all;
  for (const Exchange& exchange : exchanges()) {
    for (RestCall& call : exchange.calls(asked)) {
      std::string body = fake_answer(exchange.name, listing, call.target, 1).body;
      all.push_back({&exchange, std::move(call), std::move(body)});
    }
  }
  return all;
}

/// Replaces every `from`; false when there is none.
bool replace(std::string& text, std::string_view from, std::string_view to) {
  bool found = false;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    found = true;
  }
  return found;
}

/// Puts `wrong` where the last price stands, as text or as a number.
bool replace_last(std::string& body, std::string_view wrong) {
  const std::string text{wrong};
  const bool quoted = replace(body, "\"100\"", wrong);
  // The new text may not be found again.
  const bool member = replace(body, ":100,", ":" + text + ",");
  const bool element = replace(body, ",100,", "," + text + ",");
  return quoted || member || element;
}

/// No price but the one that the market was made up with ("100").
void check_no_wrong_price(const Result<RestAnswer>& read) {
  if (!read) return;
  for (const TickerUpdate& update : read->updates) {
    if (update.last) CHECK(text(update.last) == "100");
  }
}

}  // namespace

TEST_CASE("an answer that is cut off anywhere is refused") {
  for (const auto& asked : {symbols({"BTC/USDT"}), symbols({"BTC/USDT", "ETH/BTC"})}) {
    for (const auto& [exchange, call, body] : good_answers(asked)) {
      REQUIRE(exchange->read(call, answer(200, body)).has_value());
      for (std::size_t size = 0; size < body.size(); ++size) {
        const auto read = exchange->read(call, answer(200, body.substr(0, size)));
        if (read.has_value() || read.error().code != Errc::bad_data) {
          FAIL(exchange->name << " accepts " << body.substr(0, size));
        }
      }
    }
  }
}

TEST_CASE("text after an answer is refused") {
  const std::string_view more = GENERATE("x", "{}", "]", "}", ",", "\"", "[1]", "null");
  for (const auto& [exchange, call, body] : good_answers(symbols({"BTC/USDT"}))) {
    CAPTURE(exchange->name, more);
    const auto read = exchange->read(call, answer(200, body + std::string{more}));
    CHECK_FALSE(read.has_value());
  }
}

TEST_CASE("white space around an answer does no harm") {
  for (const auto& asked : {symbols({"BTC/USDT"}), symbols({"BTC/USDT", "ETH/BTC"})}) {
    for (const auto& [exchange, call, body] : good_answers(asked)) {
      CAPTURE(exchange->name);
      CHECK(exchange->read(call, answer(200, "\r\n\t " + body + " \n")).has_value());
    }
  }
}

TEST_CASE("a value of the wrong kind is never a price") {
  const std::string_view wrong = GENERATE(
      "true", "{}", "[]", "[100]", "\"abc\"", "\"1,5\"", "\"NaN\"", "\"Infinity\"", "\"0x10\"",
      "\"1 \"", "\"-5\"", "-5", "1e400", "\"1e99999999999\"", "0", "\"0.000\"", "\"\"", "null",
      "\"1234567890123456789012345\"", "\"\\u0000100\"", "nul", "tru", "1.2.3", "\"--1\"");
  for (const auto& [exchange, call, body] : good_answers(symbols({"BTC/USDT"}))) {
    if (call.part != 0) continue;
    std::string broken = body;
    REQUIRE(replace_last(broken, wrong));
    CAPTURE(exchange->name, wrong);

    const auto read = exchange->read(call, answer(200, broken));

    if (!read) {
      CHECK(read.error().code == Errc::bad_data);
      continue;
    }
    for (const TickerUpdate& update : read->updates) {
      CHECK_FALSE(to_ticker(update, exchange_name(exchange->name), kReceived).has_value());
    }
  }
}

TEST_CASE("a member that stands there twice is refused, not chosen from") {
  struct Case {
    std::string_view from;
    std::string_view to;
  };
  const auto row = GENERATE(values<Case>({
      {R"("lastPrice":"100")", R"("lastPrice":"100","lastPrice":"7")"},
      {R"("last":"100")", R"("last":"100","last":"7")"},
      {R"("price":"100")", R"("price":"100","price":"7")"},
      {R"("c":["100")", R"("c":["7"],"c":["100")"},
      {R"("result":{)", R"("result":{},"result":{)"},
      {R"("data":[)", R"("data":[],"data":[)"},
      {R"("list":[)", R"("list":[],"list":[)"},
      {R"("tick":{)", R"("tick":{},"tick":{)"},
      {R"("close":100)", R"("close":100,"close":7)"},
      {R"("lastPr":"100")", R"("lastPr":"100","lastPr":"7")"},
      {R"("a":"100")", R"("a":"100","a":"7")"},
      {R"("usdt":100)", R"("usdt":100,"usdt":7)"},
      {R"("timestamp":1732290000123)", R"("timestamp":1,"timestamp":1732290000123)"},
  }));
  int used = 0;
  for (const auto& [exchange, call, body] : good_answers(symbols({"BTC/USDT"}))) {
    std::string broken = body;
    if (call.part != 0 || !replace(broken, row.from, row.to)) continue;
    ++used;
    CAPTURE(exchange->name, broken);

    const auto read = exchange->read(call, answer(200, broken));

    CHECK((!read || read->updates.empty()));
  }
  CHECK(used > 0);
}

TEST_CASE("an answer that speaks of another pair is refused") {
  for (const auto& [exchange, call, body] : good_answers(symbols({"BTC/USDT"}))) {
    std::string other = body;
    const bool named =
        replace(other, "BTCUSDT", "ETHUSDT") || replace(other, "BTC-USDT", "ETH-USDT") ||
        replace(other, "XBTUSDT", "ETHUSDT") || replace(other, "BTC_USDT", "ETH_USDT") ||
        replace(other, "btcusdt", "ethusdt") || replace(other, "bitcoin", "ethereum");
    // coinbase, bitstamp, bitfinex and gemini's prices do not name it in a single answer
    if (!named) continue;
    CAPTURE(exchange->name);

    const auto read = exchange->read(call, answer(200, other));

    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == Errc::bad_data);
  }
}

TEST_CASE("a pair that comes twice in one answer is refused") {
  for (const auto& [exchange, call, body] : good_answers(symbols({"BTC/USDT", "ETH/USDT"}))) {
    std::string twice = body;
    const bool named =
        replace(twice, "ETHUSDT", exchange->name == "kraken" ? "XBTUSDT" : "BTCUSDT") ||
        replace(twice, "ETH-USDT", "BTC-USDT") || replace(twice, "ETH/USDT", "BTC/USDT") ||
        replace(twice, "ETH_USDT", "BTC_USDT") || replace(twice, "tETHUST", "tBTCUST") ||
        replace(twice, "ethereum", "bitcoin");
    if (!named) continue;
    CAPTURE(exchange->name);

    CHECK_FALSE(exchange->read(call, answer(200, twice)).has_value());
  }
}

TEST_CASE("hostile JSON neither crashes a reader nor gives a wrong price") {
  const std::string deep(100'000, '[');
  const std::string deep_object = [] {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += R"({"a":)";
    return text;
  }();
  const std::vector<std::string> insertions{
      R"("x":)" + deep + ",",
      R"("x":)" + deep + std::string(deep.size(), ']') + ",",
      R"("x":)" + deep_object + "1" + std::string(50'000, '}') + ",",
      R"("x":1e999999999,)",
      R"("x":-,)",
      R"("x":)" + std::string(10'000, '9') + ",",
      R"("x":"\ud800",)",
      R"("\ud800":1,)",
      "\"x\":\"\xff\xfe\",",
      "\"x\":\"\xc3\x28\",",
      "\"x\xff\":1,",
      "\"x\":\"a\nb\",",
      std::string{"\"x\":\"a\0b\",", 10},
      R"("x":[1}],)",
      R"("x":{]},)",
      R"("x":}{,)",
      R"("x" 1,)",
      R"("x":1 2,)",
      R"(1:2,)",
      R"(,)",
      R"(:,)",
      R"("x":,)",
      R"("x",)",
      R"({},)",
      R"([],)",
  };
  for (const auto& asked : {symbols({"BTC/USDT"}), symbols({"BTC/USDT", "ETH/BTC"})}) {
    for (const auto& [exchange, call, body] : good_answers(asked)) {
      for (const std::string& insertion : insertions) {
        CAPTURE(exchange->name, insertion.substr(0, 30));
        // After the first, the middle and the last bracket that opens an object.
        const std::size_t first = body.find('{');
        const std::size_t last = body.rfind('{');
        for (const std::size_t at : {first, body.find('{', (first + last) / 2), last}) {
          std::string hostile = body;
          hostile.insert(at + 1, insertion);
          check_no_wrong_price(exchange->read(call, answer(200, hostile)));
        }
      }
    }
  }
}

TEST_CASE("no single wrong byte makes a reader crash or give a price from elsewhere") {
  const std::string_view bytes{"\0{}[]\":,\\ 0e-\xff", 14};
  for (const auto& [exchange, call, body] : good_answers(symbols({"BTC/USDT", "ETH/BTC"}))) {
    for (std::size_t at = 0; at < body.size(); at += 11) {
      for (const char byte : bytes) {
        std::string broken = body;
        broken[at] = byte;
        const auto read = exchange->read(call, answer(200, broken));
        if (!read) continue;
        CHECK(read->updates.size() <= call.symbols.size());
      }
    }
  }
}

TEST_CASE("the other exchanges' answers are refused") {
  const auto all = good_answers(symbols({"BTC/USDT"}));
  for (const auto& [exchange, call, body] : all) {
    for (const auto& [other, other_call, other_body] : all) {
      if (other->name.substr(0, 7) == exchange->name.substr(0, 7)) continue;
      if (exchange->name == "bitstamp") continue;  // coinbase's statistics look like its ticker
      CAPTURE(exchange->name, other->name);
      const auto read = exchange->read(call, answer(200, other_body));
      // Names that two of them use alike can be read; a price may not come of it by accident.
      check_no_wrong_price(read);
    }
  }
}
