#include "btcw/price/price_summary.h"

#include <catch2/catch.hpp>

using btcw::Decimal;
using btcw::summarize;

TEST_CASE("summarize takes the exact median and the spread in percent of it") {
  struct Case {
    std::string_view why;
    std::vector<std::string_view> prices;
    std::string_view lowest;
    std::string_view highest;
    std::string_view median;
    std::string_view spread;
  };
  const auto row = GENERATE(values<Case>({
      {"one", {"97123.4"}, "97123.4", "97123.4", "97123.4", "0"},
      {"odd, in no order", {"103", "99", "100"}, "99", "103", "100", "4"},
      {"even: the mean of the middle",
       {"100", "101", "99", "110"},
       "99",
       "110",
       "100.5",
       "10.9453"},
      {"many places",
       {"0.00002431", "0.00002432"},
       "0.00002431",
       "0.00002432",
       "0.000024315",
       "0.0411"},
      {"equal", {"5", "5.00", "5.0"}, "5", "5", "5", "0"},
  }));
  CAPTURE(row.why);
  std::vector<Decimal> prices;
  for (const std::string_view price : row.prices) prices.push_back(*Decimal::parse(price));

  const auto summary = summarize(prices);

  REQUIRE(summary);
  CHECK(summary->count == row.prices.size());
  CHECK(summary->lowest.to_string() == row.lowest);
  CHECK(summary->highest.to_string() == row.highest);
  CHECK(summary->median.to_string() == row.median);
  CHECK(summary->spread.to_string() == row.spread);
}

TEST_CASE("there is no summary of no prices") { CHECK_FALSE(summarize({})); }

TEST_CASE("an outlier is further off the median than allowed, by the exact numbers") {
  struct Case {
    std::string_view why;
    std::string_view price;
    std::string_view deviation;
    bool outlier;
  };
  const auto row = GENERATE(values<Case>({
      {"the median itself", "100", "0", false},
      {"on the line", "102", "2", false},
      {"on the line below", "98", "-2", false},
      {"over it by less than can be shown", "102.0000001", "2", true},
      {"below", "97.9", "-2.1", true},
      {"far off", "0.00001", "-100", true},
  }));
  CAPTURE(row.why);
  const auto number = [](std::string_view text) { return *Decimal::parse(text); };
  const auto summary = summarize(std::vector{number("100"), number("100"), number("7")});
  REQUIRE(summary);

  CHECK(btcw::deviation(number(row.price), *summary)->to_string() == row.deviation);
  CHECK(btcw::is_outlier(number(row.price), *summary, number("2")) == row.outlier);
}
