#include "render/chart.h"

#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "btcw/history/past.h"
#include "render/history_output.h"
#include "render/table.h"

using namespace btcw;
using namespace btcw::cli;
using namespace std::chrono_literals;
using history::Candle;

namespace {

const UtcTime kStart = from_unix_ms(1'732'290'000'000);

Candle at(int minute, std::int64_t price) {
  const Decimal value = Decimal::from_parts(price, 2);
  return {kStart + minute * 1min, value, value, value, value};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream{text};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a chart has a line, prices at the left and times below, and fits the terminal") {
  std::vector<Candle> candles;
  for (int i = 0; i < 60; ++i) candles.push_back(at(i, 9'700'000 + i * 100));
  const auto columns = GENERATE(std::size_t{40}, std::size_t{80}, std::size_t{200});

  const auto lines = lines_of(render_chart(candles, 1min, {.rows = 10, .columns = columns}));

  REQUIRE(lines.size() == 12);
  for (const std::string& line : lines) {
    CAPTURE(line);
    CHECK(text_width(line) <= columns);
  }
  CHECK_THAT(lines[0], Catch::StartsWith("97059 ┤"));
  CHECK_THAT(lines[9], Catch::StartsWith("97000 ┤"));
  // It rises: the first row's dots are at the right, the last one's at the left.
  CHECK(lines[0].find("    ") != std::string::npos);
  CHECK(lines[9].find("    ") == std::string::npos);
  CHECK_THAT(lines[10], Catch::StartsWith("      └─"));
  CHECK_THAT(lines[11], Catch::StartsWith("UTC    15:40") && Catch::EndsWith("16:40"));
}

TEST_CASE("a chart of one price, of equal prices and of a gap can be drawn") {
  struct Case {
    std::string_view why;
    std::vector<Candle> candles;
  };
  const auto row = GENERATE(values<Case>({
      {"one", {at(0, 100)}},
      {"equal", {at(0, 100), at(1, 100), at(2, 100)}},
      {"gap", {at(0, 100), at(500, 200)}},
      {"tiny", {at(0, 1), at(1, 2)}},
  }));
  CAPTURE(row.why);

  const std::string chart = render_chart(row.candles, 1min, {.rows = 1, .columns = 1});

  CHECK(lines_of(chart).size() == 6);
  CHECK_THAT(chart, Catch::Contains("\xE2\xA0") || Catch::Contains("\xE2\xA1") ||
                        Catch::Contains("\xE2\xA2") || Catch::Contains("\xE2\xA3"));
}

TEST_CASE("past prices are printed in each form, exactly") {
  const PastPrices past{.request = {Symbol::of("BTC", "USDT").value()},
                        .interval = 1min,
                        .candles = {at(0, 9'712'340)}};
  struct Case {
    Format format;
    std::string text;
  };
  const auto row = GENERATE(values<Case>({
      {Format::csv,
       "symbol,time,open,high,low,close\n"
       "BTC/USDT,2024-11-22T15:40:00Z,97123.4,97123.4,97123.4,97123.4\n"},
      {Format::tsv,
       "symbol\ttime\topen\thigh\tlow\tclose\n"
       "BTC/USDT\t2024-11-22T15:40:00Z\t97123.4\t97123.4\t97123.4\t97123.4\n"},
      {Format::json,
       "[{\"symbol\":\"BTC/USDT\",\"time\":1732290000000,\"open\":97123.4,"
       "\"high\":97123.4,\"low\":97123.4,\"close\":97123.4}]\n"},
      {Format::ndjson,
       "{\"symbol\":\"BTC/USDT\",\"time\":1732290000000,\"open\":97123.4,"
       "\"high\":97123.4,\"low\":97123.4,\"close\":97123.4}\n"},
      {Format::plain, "BTC/USDT 2024-11-22T15:40:00Z 97123.4 97123.4 97123.4 97123.4\n"},
      {Format::table,
       "SYMBOL    TIME                     OPEN     HIGH      LOW    CLOSE\n"
       "BTC/USDT  2024-11-22T15:40:00Z  97123.4  97123.4  97123.4  97123.4\n"},
  }));

  CHECK(render_past(std::span{&past, 1}, row.format) == row.text);
}

TEST_CASE("the interval of past prices is what fits, or what divides a day") {
  CHECK(history::fitting_interval(5min, 300) == 1s);
  CHECK(history::fitting_interval(1h, 300) == 1min);
  CHECK(history::fitting_interval(24h, 300) == 5min);
  CHECK(history::fitting_interval(24h * 7, 300) == 1h);
  CHECK(history::fitting_interval(24h * 3650, 300) == 24h);
  CHECK(history::is_interval(90s));
  CHECK(history::is_interval(24h * 7));
  CHECK_FALSE(history::is_interval(7s));
  CHECK_FALSE(history::is_interval(1500ms));
  CHECK_FALSE(history::is_interval(0ms));
  CHECK_FALSE(history::is_interval(48h));
}
