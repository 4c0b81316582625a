#include "price_report.h"

#include <catch2/catch.hpp>

#include "price_rows.h"
#include "support/recording_log.h"

using namespace btcw;
using namespace btcw::cli;

namespace {

enum class Kind { fresh, stale, unavailable, limited, unknown, rejected, garbage };

PriceAnswer answer(Kind kind) {
  PriceAnswer made{.request = {.symbol = *Symbol::parse("BTC/USDT")}};
  const auto error = [](Errc code) { return Error{code, "why"}; };
  switch (kind) {
    case Kind::fresh:
      made.price = test::full_price();
      break;
    case Kind::stale:
      made.price = test::bare_price();
      made.error = error(Errc::unavailable);
      break;
    case Kind::unavailable:
      made.error = error(Errc::unavailable);
      break;
    case Kind::limited:
      made.error = error(Errc::rate_limited);
      made.error->retry_at = from_unix_ms(1'732'290'000'000);
      break;
    case Kind::unknown:
      made.error = error(Errc::not_found);
      break;
    case Kind::rejected:
      made.error = error(Errc::rejected);
      break;
    case Kind::garbage:
      made.error = error(Errc::bad_data);
      break;
  }
  return made;
}

SymbolRequest pinned(std::string_view text) { return *SymbolRequest::parse(text, "USDT"); }

}  // namespace

TEST_CASE("the exit code tells fresh from partial, old, limited and wrong") {
  struct Case {
    std::string_view why;
    std::vector<Kind> kinds;
    ExitCode code;
  };
  const auto row = GENERATE(values<Case>({
      {"nothing asked", {}, ExitCode::ok},
      {"all fresh", {Kind::fresh, Kind::fresh}, ExitCode::ok},
      {"one unknown", {Kind::fresh, Kind::unknown}, ExitCode::partial},
      {"one stale", {Kind::fresh, Kind::stale}, ExitCode::partial},
      {"all stale", {Kind::stale, Kind::stale}, ExitCode::no_data},
      {"stale and limited", {Kind::limited, Kind::stale}, ExitCode::no_data},
      {"none there", {Kind::unavailable}, ExitCode::no_data},
      {"unknown and none there", {Kind::unknown, Kind::unavailable}, ExitCode::no_data},
      {"limited", {Kind::limited}, ExitCode::rate_limited},
      {"limited and unknown", {Kind::unknown, Kind::limited}, ExitCode::rate_limited},
      {"unknown", {Kind::unknown}, ExitCode::failed},
      {"rejected", {Kind::rejected}, ExitCode::failed},
      {"garbage", {Kind::garbage}, ExitCode::failed},
  }));
  CAPTURE(row.why);
  std::vector<PriceAnswer> answers;
  for (const Kind kind : row.kinds) answers.push_back(answer(kind));
  CHECK(exit_code_for(answers) == row.code);
}

TEST_CASE("each failure is told once, with what helps") {
  test::RecordingLog log;
  std::vector answers{answer(Kind::fresh), answer(Kind::stale), answer(Kind::limited),
                      answer(Kind::unknown)};
  answers[3].request = pinned("kraken:BTCC/USDT");

  report_failures(answers, {}, log);

  REQUIRE(log.lines().size() == 3);
  CHECK(log.count(LogLevel::warning, "BTC/USDT: the last known price is 2h old: why") == 1);
  CHECK(log.count(LogLevel::error, "BTC/USDT: why (not before 2024-11-22T15:40:00Z)") == 1);
  CHECK(log.count(LogLevel::error, "kraken:BTCC/USDT: why: did you mean BTC/USDT") == 1);
}

TEST_CASE("compare groups the exchanges of a symbol and leaves stale prices out of the median") {
  std::vector<PriceAnswer> answers;
  const auto add = [&](std::string_view text, Kind kind, std::string_view last) {
    PriceAnswer& made = answers.emplace_back(answer(kind));
    made.request = pinned(text);
    if (made.price) made.price->ticker.last = *Decimal::parse(last);
  };
  add("binance:BTC/USDT", Kind::fresh, "100");
  add("kraken:BTC/USDT", Kind::stale, "50");
  add("okx:BTC/USDT", Kind::unknown, "");
  add("gate:BTC/USDT", Kind::fresh, "102");
  add("binance:ETH/USDT", Kind::limited, "");

  const auto comparisons = compare(answers, *Decimal::parse("2"));

  REQUIRE(comparisons.size() == 2);
  CHECK(comparisons[0].outlier_percent == *Decimal::parse("2"));
  CHECK(comparisons[0].prices.size() == 3);
  CHECK(comparisons[0].missing.size() == 2);
  CHECK(comparisons[0].summary->median.to_string() == "101");
  CHECK(comparisons[1].prices.empty());
  CHECK_FALSE(comparisons[1].summary);
}

TEST_CASE("a comparison comes to its best answer") {
  struct Case {
    std::string_view why;
    std::vector<Kind> kinds;
    ExitCode code;
  };
  const auto row = GENERATE(values<Case>({
      {"one fresh is enough", {Kind::unavailable, Kind::stale, Kind::fresh}, ExitCode::ok},
      {"not listed is no fault", {Kind::unknown, Kind::fresh}, ExitCode::ok},
      {"only stale", {Kind::unknown, Kind::stale}, ExitCode::no_data},
      {"listed nowhere", {Kind::unknown, Kind::unknown}, ExitCode::failed},
      {"not listed or limited", {Kind::unknown, Kind::limited}, ExitCode::rate_limited},
      {"limited or not listed", {Kind::limited, Kind::unknown}, ExitCode::rate_limited},
  }));
  CAPTURE(row.why);
  std::vector<PriceAnswer> answers;
  for (const Kind kind : row.kinds) {
    answers.push_back(answer(kind));
    answers.back().request = pinned("okx:BTC/USDT");
  }
  const auto comparisons = compare(answers, *Decimal::parse("2"));
  REQUIRE(comparisons.size() == 1);
  const PriceAnswer whole = answer_of(comparisons[0]);
  CHECK(exit_code_for({&whole, 1}) == row.code);
}
