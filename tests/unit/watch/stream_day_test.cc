// Streams that tell nothing of the last 24 hours, beside an exchange that says it when it is asked.
#include <catch2/catch.hpp>

#include "support/stream_world.h"

using namespace btcw;
using btcw::test::StreamTrouble;
using btcw::test::StreamWorld;
using std::chrono::minutes;

namespace {

Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }

/// A minute of one pair's stream, with figures that its prices stay within.
void begin(StreamWorld& world) {
  world.rest->open = "800";
  world.rest->high = "5000";
  world.rest->low = "70";
  world.answer_all();
  world.pass(minutes{1});
}

void check_day_of(const Ticker& ticker) {
  CHECK(ticker.open == decimal("800"));
  CHECK(ticker.high == decimal("5000"));
  CHECK(ticker.low == decimal("70"));
  CHECK(ticker.percentage == percent_change(decimal("800"), ticker.last));
  CHECK(ticker.base_volume == decimal("1000"));
  CHECK(ticker.quote_volume == decimal("90000"));
}

void check_no_day_of(const Ticker& ticker) {
  CHECK_FALSE(ticker.open);
  CHECK_FALSE(ticker.high);
  CHECK_FALSE(ticker.low);
  CHECK_FALSE(ticker.percentage);
  CHECK_FALSE(ticker.base_volume);
  CHECK_FALSE(ticker.quote_volume);
}

}  // namespace

TEST_CASE("a stream without figures of the day has those that the exchange says when asked") {
  const std::string exchange = GENERATE("bitstamp", "gemini");
  CAPTURE(exchange);
  StreamWorld world{exchange, {"BTC/USD"}};
  begin(world);

  const Ticker& ticker = world.latest.at("BTC/USD");
  CHECK(ticker.last.to_string() == world.told["BTC/USD"].back());
  CHECK(ticker.bid == decimal("99"));
  check_day_of(ticker);

  world.rest->high = "6000";
  world.pass(minutes{2});
  CHECK(world.latest.at("BTC/USD").high == decimal("6000"));
}

TEST_CASE("while a stream runs, the figures that it does not tell are asked for once a minute") {
  struct Row {
    const char* exchange;
    std::size_t asked;
  };
  const auto row = GENERATE(values<Row>({{"bitstamp", 60}, {"gemini", 60}, {"okx", 0}}));
  CAPTURE(row.exchange);
  StreamWorld world{row.exchange, {"BTC/USD", "ETH/USD"}};
  begin(world);
  world.asked = 0;

  world.pass(minutes{60});

  CHECK(world.asked == row.asked * 2);
  CHECK(world.got == world.told);
}

TEST_CASE("figures that nobody can tell any more are not known after five minutes") {
  StreamWorld world{"bitstamp", {"BTC/USD"}};
  begin(world);
  const auto rest = std::exchange(world.rest, std::nullopt);

  world.pass(minutes{4});
  check_day_of(world.latest.at("BTC/USD"));
  world.pass(minutes{2});
  check_no_day_of(world.latest.at("BTC/USD"));

  world.rest = rest;
  world.pass(seconds{70});
  check_day_of(world.latest.at("BTC/USD"));
  CHECK(world.got == world.told);
}

TEST_CASE("who polls less often than every few minutes has the figures for two polls") {
  StreamWorld world{"bitstamp", {"BTC/USD"}};
  StreamOptions options = world.options();
  options.quiet_after = minutes{10};
  world.source.reconfigure(std::move(options));
  begin(world);
  world.rest.reset();
  world.pass(minutes{18});
  check_day_of(world.latest.at("BTC/USD"));
  world.pass(minutes{3});
  check_no_day_of(world.latest.at("BTC/USD"));
}

TEST_CASE("an answer is news where no stream of that exchange runs") {
  StreamWorld world{"bitstamp", {"BTC/USD"}};
  const SymbolRequest request = world.requests().front();
  CHECK(world.source.is_news(world.answer(request)));
  begin(world);
  CHECK_FALSE(world.source.is_news(world.answer(request)));

  Fetched from_elsewhere = world.answer(request);
  from_elsewhere.ticker->exchange = ExchangeName::parse("kraken").value();
  CHECK(world.source.is_news(from_elsewhere));

  world.trouble = StreamTrouble::refused;
  world.cut();
  CHECK(world.source.is_news(world.answer(request)));
}
