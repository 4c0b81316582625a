#include "btcw/watch/day_figures.h"

#include <catch2/catch.hpp>

#include "support/watch_fakes.h"

using namespace btcw;
using btcw::test::ticker;
using std::chrono::minutes;

namespace {

const SteadyTime kStart{std::chrono::hours{1}};

std::optional<Decimal> decimal(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return Decimal::parse(text).value();
}

/// An answer with all the day's figures; the percentage is 25 % at its price of 100.
Ticker whole_answer() {
  Ticker answer = ticker("BTC/USD", "bitstamp", "100");
  answer.open = decimal("80");
  answer.high = decimal("120");
  answer.low = decimal("70");
  answer.percentage = decimal("25");
  answer.base_volume = decimal("1000");
  answer.quote_volume = decimal("90000");
  return answer;
}

/// What becomes of a streamed price that says no more, `age` after the answer.
Ticker completed(DayFigures& figures, std::string_view last, milliseconds age = seconds{1}) {
  Ticker streamed = ticker("BTC/USD", "bitstamp", last);
  streamed.bid = decimal("1");
  figures.complete(streamed, kStart + age - DayFigures::kKeep);
  return streamed;
}

}  // namespace

TEST_CASE("a streamed price gets the figures of the day, and a percentage that is its own") {
  struct Row {
    const char* why;
    const char* last;
    const char* high;
    const char* low;
    const char* percentage;
  };
  const auto row = GENERATE(values<Row>({
      {"as in the answer", "100", "120", "70", "25"},
      {"above the answer's price", "110", "120", "70", "37.5"},
      {"below the open", "76", "120", "70", "-5"},
      {"a new high", "120.5", "120.5", "70", "50.625"},
      {"a new low", "69.99", "120", "69.99", "-12.5125"},
  }));
  CAPTURE(row.why);
  DayFigures figures;
  figures.learn(whole_answer(), kStart);

  const Ticker got = completed(figures, row.last);

  CHECK(got.last == decimal(row.last));
  CHECK(got.bid == decimal("1"));
  CHECK_FALSE(got.ask);  // it stands for an empty side of the book
  CHECK(got.open == decimal("80"));
  CHECK(got.high == decimal(row.high));
  CHECK(got.low == decimal(row.low));
  CHECK(got.percentage == decimal(row.percentage));
  CHECK(got.base_volume == decimal("1000"));
  CHECK(got.quote_volume == decimal("90000"));
}

TEST_CASE("without an open the percentage is carried from the answer's price to the stream's") {
  struct Row {
    const char* percentage;
    const char* last;
    const char* carried;
  };
  const auto row = GENERATE(values<Row>({
      {"25", "100", "25"},
      {"25", "110", "37.5"},
      {"-1.83", "100", "-1.83"},
      {"0", "99", "-1"},
      {"2.24", "100.01", "2.2502"},
      {"", "110", ""},
  }));
  CAPTURE(row.percentage, row.last);
  Ticker answer = ticker("BTC/USD", "gemini", "100");
  answer.percentage = decimal(row.percentage);
  DayFigures figures;
  figures.learn(answer, kStart);

  const Ticker got = completed(figures, row.last);

  CHECK(got.percentage == decimal(row.carried));
  CHECK_FALSE(got.open);
  CHECK_FALSE(got.high);
}

TEST_CASE("a figure of the day is used until it is five minutes old, each by its own age") {
  DayFigures figures;
  figures.learn(whole_answer(), kStart);
  Ticker half = ticker("BTC/USD", "bitstamp", "100");
  half.base_volume = decimal("2000");
  figures.learn(half, kStart + minutes{2});

  const Ticker young = completed(figures, "100", minutes{5} - milliseconds{1});
  const Ticker middling = completed(figures, "100", minutes{5});
  const Ticker old = completed(figures, "100", minutes{7});

  CHECK(young.high == decimal("120"));
  CHECK(young.percentage == decimal("25"));
  CHECK(young.base_volume == decimal("2000"));
  CHECK_FALSE(middling.open);
  CHECK_FALSE(middling.high);
  CHECK_FALSE(middling.low);
  CHECK_FALSE(middling.percentage);
  CHECK_FALSE(middling.quote_volume);
  CHECK(middling.base_volume == decimal("2000"));
  CHECK_FALSE(old.base_volume);
}

TEST_CASE("a peak between two answers stays the high when the price has come back from it") {
  DayFigures figures;
  figures.learn(whole_answer(), kStart);
  (void)completed(figures, "130");
  (void)completed(figures, "60");
  const Ticker got = completed(figures, "100");
  CHECK(got.high == decimal("130"));
  CHECK(got.low == decimal("60"));
}

TEST_CASE("what a streamed ticker says itself stays as it is") {
  DayFigures figures;
  figures.learn(whole_answer(), kStart);
  Ticker streamed = ticker("BTC/USD", "bitstamp", "100");
  streamed.high = decimal("101");
  streamed.percentage = decimal("3");
  figures.complete(streamed, kStart - minutes{1});
  CHECK(streamed.high == decimal("101"));
  CHECK(streamed.percentage == decimal("3"));
  CHECK(streamed.low == decimal("70"));
}

TEST_CASE("the figures of the day are asked for at once, and then once a minute") {
  DayFigures figures;
  CHECK(figures.ask(kStart));
  CHECK_FALSE(figures.ask(kStart + seconds{59}));
  CHECK(figures.ask(kStart + seconds{60}));
  figures.learn(whole_answer(), kStart + seconds{70});
  CHECK_FALSE(figures.ask(kStart + seconds{129}));
  CHECK(figures.ask(kStart + seconds{130}));
}
