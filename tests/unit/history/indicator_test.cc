#include "btcw/history/indicator.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "btcw/base/double_text.h"
#include "btcw/history/indicator_set.h"
#include "btcw/history/square_root.h"

using btcw::Decimal;
using btcw::IndicatorKind;
using btcw::IndicatorRequest;
using btcw::IndicatorValue;
using btcw::history::Bar;
using btcw::history::Candle;
using btcw::history::IndicatorSet;
using btcw::history::make_indicator;
using btcw::history::square_root;
using namespace std::chrono_literals;

namespace {

using Row = std::vector<std::string>;

// The references that tests/data/make_indicators.py has made.
std::vector<Row> reference_rows() {
  std::ifstream in{std::filesystem::path{BTCW_SOURCE_DIR} / "tests/data/indicators.csv"};
  std::vector<Row> rows;
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells{line};
    Row row;
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    rows.push_back(row);
  }
  return rows;
}

struct Reference {
  std::string column;
  IndicatorRequest request;
};

std::vector<Reference> references() {
  const auto request = [](IndicatorKind kind, std::array<int, 3> periods) {
    IndicatorRequest made{.kind = kind, .periods = periods, .span = 1h};
    const bool band = kind == IndicatorKind::bb_upper || kind == IndicatorKind::bb_middle ||
                      kind == IndicatorKind::bb_lower;
    if (band) made.width = Decimal::parse("2.5").value();
    return Reference{std::string{to_string(kind)}, made};
  };
  return {request(IndicatorKind::sma, {9}),
          request(IndicatorKind::ema, {21}),
          request(IndicatorKind::rsi, {14}),
          request(IndicatorKind::macd, {12, 26, 9}),
          request(IndicatorKind::macd_signal, {12, 26, 9}),
          request(IndicatorKind::macd_hist, {12, 26, 9}),
          request(IndicatorKind::bb_upper, {20}),
          request(IndicatorKind::bb_middle, {20}),
          request(IndicatorKind::bb_lower, {20}),
          request(IndicatorKind::atr, {14}),
          request(IndicatorKind::stddev, {20})};
}

void check_cell(const std::string& wanted, const std::optional<double>& value) {
  REQUIRE(value.has_value() == (wanted != "-"));
  if (!value) return;
  const double expected = btcw::parse_double(wanted).value();
  CHECK(std::abs(*value - expected) <= 1e-9 * std::abs(expected));
}

}  // namespace

TEST_CASE("indicators agree with TA-Lib's formulas to 1e-9 on a thousand random candles") {
  const auto rows = reference_rows();
  REQUIRE(rows.size() == 1'001);
  const auto reference = GENERATE(from_range(references()));
  CAPTURE(reference.column);
  const auto found = std::find(rows[0].begin(), rows[0].end(), reference.column);
  REQUIRE(found != rows[0].end());
  const auto column = static_cast<std::size_t>(found - rows[0].begin());
  const auto indicator = make_indicator(reference.request);
  int checked = 0;
  for (std::size_t at = 1; at < rows.size(); ++at) {
    const Row& row = rows[at];
    const auto cell = [&](std::size_t place) { return btcw::parse_double(row[place]).value(); };
    const Bar bar{.high = cell(1), .low = cell(2), .close = cell(3)};
    if (row.size() > column) {
      CAPTURE(at);
      check_cell(row[column], indicator->value(bar));
      ++checked;
    }
    // The running candle leaves no trace but its last state.
    (void)indicator->value({.high = bar.high * 2, .low = bar.low / 2, .close = bar.low});
    indicator->close(bar);
  }
  CHECK(checked == 154);
}

TEST_CASE("an indicator is the same whether its candles are seeded or built of prices") {
  const auto rows = reference_rows();
  const auto start = btcw::from_unix_ms(1'732'290'000'000 / 3'600'000 * 3'600'000);
  IndicatorSet built;
  IndicatorSet seeded;
  std::vector<Candle> candles;
  for (const auto& reference : references()) {
    built.add(reference.request);
    CHECK(seeded.add(reference.request) == built.add(reference.request));
  }
  CHECK(built.size() == references().size());
  for (std::size_t at = 1; at <= 60; ++at) {
    const auto price = [&](std::size_t place) { return Decimal::parse(rows[at][place]).value(); };
    const auto begin = start + (at - 1) * 1h;
    built.add_price(begin, price(0));
    built.add_price(begin + 10min, price(1));
    built.add_price(begin + 20min, price(2));
    built.add_price(begin + 59min, price(3));
    candles.push_back({begin, price(0), price(1), price(2), price(3)});
  }
  seeded.seed({{1h, {candles.begin(), candles.begin() + 59}}});
  const Candle& last = candles.back();
  seeded.add_price(last.start, last.open);
  seeded.add_price(last.start + 1s, last.high);
  seeded.add_price(last.start + 2s, last.low);
  seeded.add_price(last.start + 3s, last.close);
  for (std::size_t place = 0; place < built.size(); ++place) {
    CAPTURE(place);
    REQUIRE(std::holds_alternative<double>(built.value(place)));
    CHECK(built.value(place) == seeded.value(place));
  }
}

TEST_CASE("what a running candle does is seen at once") {
  IndicatorSet set;
  const auto place = set.add({.kind = IndicatorKind::sma, .periods = {2}, .span = 1min});
  const auto start = btcw::from_unix_ms(0);
  const auto add = [&](btcw::milliseconds at, int price) {
    set.add_price(start + at, Decimal::from_parts(price, 0));
    return set.value(place);
  };
  CHECK(set.value(place) == IndicatorValue{});
  CHECK(add(0s, 10) == IndicatorValue{});
  CHECK(add(30s, 20) == IndicatorValue{});
  CHECK(add(60s, 30) == IndicatorValue{25.0});
  CHECK(add(61s, 40) == IndicatorValue{30.0});
  CHECK(add(120s, 10) == IndicatorValue{25.0});
}

TEST_CASE("a flat market has an rsi of 0 and no deviation") {
  const auto value = [](IndicatorKind kind) {
    const auto indicator =
        make_indicator({.kind = kind, .periods = {5}, .width = Decimal{}, .span = 1h});
    for (int i = 0; i < 10; ++i) indicator->close({.high = 7, .low = 7, .close = 7});
    return indicator->value({.high = 7, .low = 7, .close = 7});
  };
  CHECK(value(IndicatorKind::rsi) == 0.0);
  CHECK(value(IndicatorKind::stddev) == 0.0);
  CHECK(value(IndicatorKind::atr) == 0.0);
  CHECK(value(IndicatorKind::sma) == 7.0);
  CHECK(value(IndicatorKind::ema) == 7.0);
}

TEST_CASE("the square root is right to the last place or the one beside it") {
  CHECK(square_root(0) == 0);
  CHECK(square_root(-1) == 0);
  CHECK(square_root(4) == 2);
  CHECK(square_root(1e-20) == Approx(1e-10).epsilon(1e-15));
  double value = 1e-12;
  for (int i = 0; i < 500; ++i, value *= 1.37) {
    const double root = square_root(value);
    CHECK(std::abs(root * root - value) <= 5e-16 * value);
  }
}
