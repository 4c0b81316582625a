#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>

#include "btcw/market/stream.h"
#include "support/fake_stream_frames.h"

using namespace btcw;
using btcw::test::FakeQuote;
using btcw::test::stream_ticks;

namespace {

const UtcTime kReceived = from_unix_ms(1'732'290'000'999);

Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }

/// All there is to know of a pair after `frames`.
std::optional<Ticker> read_all(std::string_view exchange, StreamReader& reader,
                               const std::vector<std::string>& frames) {
  std::optional<Ticker> last;
  for (const std::string& frame : frames) {
    CAPTURE(exchange, frame);
    const auto news = reader.read(frame, kReceived);
    REQUIRE(news.has_value());
    if (!news->tickers.empty()) last = news->tickers.back();
  }
  return last;
}

std::unique_ptr<StreamReader> reader_of(const ExchangeStream& stream, std::vector<Symbol> symbols) {
  auto reader = stream.make_reader(ExchangeName::parse(stream.name).value());
  reader->add(symbols);
  return reader;
}

/// Frames that say nothing of prices, but have to be read before them.
std::vector<std::string> before_ticks(std::string_view exchange, const std::string& native) {
  if (exchange != "bitfinex") return {};
  return {R"({"event":"info","version":2,"serverId":"x","platform":{"status":1}})",
          R"({"event":"subscribed","channel":"ticker","chanId":7,"symbol":")" + native +
              R"(","pair":"BTCUSD"})"};
}

/// What an exchange does not say in its stream.
const std::map<std::string, std::set<std::string>> kUntold{
    {"kraken", {"open"}},
    {"coinbase", {"quote"}},
    {"gate", {"open"}},
    {"kucoin", {"open"}},
    {"bitfinex", {"open", "quote", "time"}},
    {"cryptocom", {"open", "quote"}},
    {"bitstamp", {"open", "high", "low", "percent", "base", "quote"}},
    {"gemini", {"open", "high", "low", "percent", "base", "quote"}},
    {"mexc", {"open"}},
};

}  // namespace

TEST_CASE("every stream tells each field of a ticker in the one shape, whatever its own") {
  for (const ExchangeStream& stream : exchange_streams()) {
    const std::string exchange{stream.name};
    CAPTURE(exchange);
    const auto untold = kUntold.find(exchange);
    const auto told = [&](const char* field, std::string_view value) -> std::optional<Decimal> {
      if (untold != kUntold.end() && untold->second.contains(field)) return std::nullopt;
      return decimal(value);
    };
    const auto reader = reader_of(stream, {Symbol::of("BTC", "USDT").value()});
    FakeQuote quote{.last = "97123.4567890123", .bid = "97123.40", .ask = "97123.50"};
    quote.open = "77698.76543120984";
    quote.high = "98000.00000001";
    quote.low = "0.00002431";
    auto frames = before_ticks(exchange, btcw::test::stream_spelling(exchange, "BTC/USDT"));
    for (auto& each : stream_ticks(exchange, "BTC/USDT", quote, 7)) frames.push_back(each);

    const auto ticker = read_all(exchange, *reader, frames);

    REQUIRE(ticker.has_value());
    CHECK(ticker->symbol.text() == "BTC/USDT");
    CHECK(ticker->exchange.text() == exchange);
    CHECK(ticker->last == decimal("97123.4567890123"));
    CHECK(ticker->bid == decimal("97123.4"));
    CHECK(ticker->ask == decimal("97123.5"));
    CHECK(ticker->open == told("open", "77698.76543120984"));
    CHECK(ticker->high == told("high", "98000.00000001"));
    CHECK(ticker->low == told("low", "0.00002431"));
    CHECK(ticker->percentage == told("percent", "25"));
    CHECK(ticker->base_volume == told("base", "1000"));
    CHECK(ticker->quote_volume == told("quote", "90000"));
    CHECK(ticker->received == kReceived);
    const bool timed = untold == kUntold.end() || !untold->second.contains("time");
    CHECK(ticker->timestamp == (timed ? std::optional{from_unix_ms(quote.time_ms)} : std::nullopt));
  }
}

TEST_CASE("the figures of the day are asked for of exactly those streams that tell none") {
  for (const ExchangeStream& stream : exchange_streams()) {
    CAPTURE(stream.name);
    const auto untold = kUntold.find(std::string{stream.name});
    const bool nothing = untold != kUntold.end() && untold->second.contains("high") &&
                         untold->second.contains("percent");
    CHECK((stream.day == StreamDay::asked_for) == nothing);
  }
}

TEST_CASE("a stream's frame of a pair that nobody asked for says nothing") {
  for (const ExchangeStream& stream : exchange_streams()) {
    CAPTURE(stream.name);
    const auto reader = reader_of(stream, {Symbol::of("ETH", "USDT").value()});
    for (const std::string& frame : stream_ticks(stream.name, "BTC/USDT", {}, 99)) {
      const auto news = reader->read(frame, kReceived);
      REQUIRE(news.has_value());
      CHECK(news->tickers.empty());
    }
  }
}

TEST_CASE("a stream's frame that is cut short anywhere is refused, or says nothing untrue") {
  for (const ExchangeStream& stream : exchange_streams()) {
    CAPTURE(stream.name);
    const auto reader = reader_of(stream, {Symbol::of("BTC", "USDT").value()});
    (void)read_all(stream.name, *reader,
                   before_ticks(stream.name, btcw::test::stream_spelling(stream.name, "BTC/USDT")));
    for (const std::string& frame : stream_ticks(stream.name, "BTC/USDT", {}, 7)) {
      for (std::size_t size = 0; size < frame.size(); ++size) {
        CAPTURE(size);
        const auto news = reader->read(std::string_view{frame}.substr(0, size), kReceived);
        if (!news) {
          CHECK(news.error().code == Errc::bad_data);
          continue;
        }
        // Of Protocol Buffers the beginning of a message is one, too.
        REQUIRE(stream.name == "mexc");
        for (const Ticker& ticker : news->tickers) CHECK(ticker.last == decimal("100"));
      }
    }
  }
}

TEST_CASE("a price that is negative, zero or no number never becomes a ticker") {
  for (const ExchangeStream& stream : exchange_streams()) {
    for (const std::string last : {"-1", "0", "1.2.3", "true"}) {
      if (last == "1.2.3" || last == "true") {
        if (stream.name == "bitfinex" || stream.name == "kraken" || stream.name == "htx") continue;
      }
      CAPTURE(stream.name, last);
      const auto reader = reader_of(stream, {Symbol::of("BTC", "USDT").value()});
      auto frames = before_ticks(stream.name, btcw::test::stream_spelling(stream.name, "BTC/USDT"));
      for (auto& each : stream_ticks(stream.name, "BTC/USDT", {.last = last}, 7)) {
        frames.push_back(each);
      }
      for (const std::string& frame : frames) {
        const auto news = reader->read(frame, kReceived);
        if (news) CHECK(news->tickers.empty());
      }
    }
  }
}

TEST_CASE("what a whole frame leaves out is not known any more, what a part leaves out stays") {
  struct Row {
    const char* exchange;
    bool stays;
  };
  const auto row =
      GENERATE(values<Row>({{"binance", false}, {"okx", false}, {"mexc", true}, {"bybit", true}}));
  CAPTURE(row.exchange);
  const ExchangeStream& stream = *find_stream(row.exchange);
  const auto reader = reader_of(stream, {Symbol::of("BTC", "USDT").value()});
  (void)read_all(row.exchange, *reader, stream_ticks(row.exchange, "BTC/USDT", {}));
  FakeQuote quote;
  quote.bid = "";
  quote.high = "";

  const auto ticker =
      read_all(row.exchange, *reader, stream_ticks(row.exchange, "BTC/USDT", quote));

  REQUIRE(ticker.has_value());
  CHECK(ticker->high.has_value() == row.stays);
  CHECK(ticker->bid.has_value() == row.stays);
}
