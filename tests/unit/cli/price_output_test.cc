#include "render/price_output.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "price_rows.h"
#include "render/delimited.h"

using namespace btcw;
using namespace btcw::cli;
using test::bare_price;
using test::full_price;

namespace {

const std::string kFullJson =
    R"({"symbol":"BTC/USDT","exchange":"binance","last":97123.4,"bid":97123.3,"ask":97123.5,)"
    R"("open":95000,"high":98000,"low":94000.1,"percentage":2.2352,"baseVolume":1234.5678,)"
    R"("quoteVolume":119000000.1,"timestamp":1732290000123,"received":1732290000456,)"
    R"("source":"cache","age":3.210,"stale":false})";
const std::string kBareJson =
    R"({"symbol":"SHIB/USDT","exchange":"kraken","last":0.00002431,"bid":null,"ask":null,)"
    R"("open":null,"high":null,"low":null,"percentage":null,"baseVolume":null,)"
    R"("quoteVolume":null,"timestamp":null,"received":1732290000000,)"
    R"("source":"cache","age":7200.000,"stale":true})";

Comparison comparison() {
  FoundPrice other = full_price();
  other.ticker.exchange = *ExchangeName::parse("kraken");
  other.ticker.last = *Decimal::parse("97100");
  Comparison result{.symbol = *Symbol::parse("BTC/USDT"), .prices = {full_price(), other}};
  result.outlier_percent = *Decimal::parse("2");
  result.missing.push_back({*ExchangeName::parse("okx"), {Errc::unavailable, "\"down\""}});
  result.summary =
      summarize(std::vector{result.prices[0].ticker.last, result.prices[1].ticker.last});
  return result;
}

}  // namespace

TEST_CASE("each format prints exact numbers in its own way") {
  const std::vector prices{full_price(), bare_price()};
  const auto render = [&](Format format, JsonShape shape = JsonShape::array) {
    return render_prices(prices, {.format = format, .shape = shape});
  };

  CHECK(render(Format::plain) ==
        "BTC/USDT 97123.4 USDT +2.24% binance 3s\n"
        "SHIB/USDT 0.00002431 USDT - kraken 2h stale\n");
  CHECK(render(Format::json) == "[" + kFullJson + ",\n " + kBareJson + "]\n");
  CHECK(render(Format::ndjson) == kFullJson + "\n" + kBareJson + "\n");
  CHECK(render(Format::csv) ==
        "symbol,exchange,last,bid,ask,open,high,low,percentage,baseVolume,quoteVolume,timestamp,"
        "received,source,age,stale\n"
        "BTC/USDT,binance,97123.4,97123.3,97123.5,95000,98000,94000.1,2.2352,1234.5678,"
        "119000000.1,1732290000123,1732290000456,cache,3.210,false\n"
        "SHIB/USDT,kraken,0.00002431,,,,,,,,,,1732290000000,cache,7200.000,true\n");
  CHECK(render(Format::tsv).substr(0, 14) == "symbol\texchang");
  CHECK(render(Format::table) ==
        "SYMBOL               LAST     24H   HIGH      LOW     VOLUME  EXCHANGE  AGE  SOURCE\n"
        "BTC/USDT   97123.4         +2.24%  98000  94000.1  1234.5678  binance    3s  cache\n"
        "SHIB/USDT      0.00002431   -          -      -       -       kraken     2h  cache "
        "(stale)\n");
}

TEST_CASE("one symbol asked for is one JSON object") {
  const std::vector prices{full_price()};
  CHECK(render_prices(prices, {.format = Format::json, .shape = JsonShape::object}) ==
        kFullJson + "\n");
  CHECK(render_prices({}, {.format = Format::json, .shape = JsonShape::object}).empty());
  CHECK(render_prices({}, {.format = Format::json, .shape = JsonShape::array}) == "[]\n");
}

TEST_CASE("a template takes the place of the format, one line a price") {
  const std::vector prices{full_price(), bare_price()};
  const auto line = PriceTemplate::parse("{symbol}={last}");
  CHECK(render_prices(prices, {.line = *line}) == "BTC/USDT=97123.4\nSHIB/USDT=0.00002431\n");
}

TEST_CASE("nothing to show is an empty table, not a headline") {
  CHECK(render_prices({}, {.format = Format::table}).empty());
}

TEST_CASE("a table in colour says up, down and stale") {
  FoundPrice down = full_price();
  down.ticker.percentage = *Decimal::parse("-1");
  const std::vector prices{full_price(), down, bare_price()};
  const std::string table = render_prices(prices, {.format = Format::table, .paint = Paint::on});
  CHECK(table.find("\x1b[32m+2.24%\x1b[0m") != std::string::npos);
  CHECK(table.find("\x1b[31m-1.00%\x1b[0m") != std::string::npos);
  CHECK(table.find("\x1b[33mcache (stale)\x1b[0m") != std::string::npos);
}

TEST_CASE("a comparison shows each exchange, the median and the spread") {
  const std::vector comparisons{comparison()};
  const auto render = [&](Format format) {
    return render_comparisons(comparisons, {.format = format, .shape = JsonShape::object});
  };

  CHECK(render(Format::plain) ==
        "BTC/USDT 97123.4 USDT +2.24% binance 3s\n"
        "BTC/USDT 97100 USDT +2.24% kraken 3s\n"
        "BTC/USDT - USDT - okx - unavailable\n"
        "BTC/USDT 97111.7 USDT spread 0.0241% median of 2\n");
  const auto json = nlohmann::json::parse(render(Format::json));
  CHECK(json["symbol"] == "BTC/USDT");
  CHECK(json["exchanges"].size() == 2);
  CHECK(json["exchanges"][1]["exchange"] == "kraken");
  CHECK(json["missing"][0]["exchange"] == "okx");
  CHECK(json["missing"][0]["error"] == "unavailable");
  CHECK(json["missing"][0]["message"] == "\"down\"");
  CHECK(render(Format::json)
            .find(R"("median":97111.7,"lowest":97100,"highest":97123.4,"spread":0.0241)") !=
        std::string::npos);
  CHECK(render(Format::ndjson) == render(Format::json));
  CHECK_THAT(render(Format::csv),
             Catch::Contains("age,stale,median,spread,deviation,outlier,error\n") &&
                 Catch::Contains("3.210,false,97111.7,0.0241,0.012,false,\n") &&
                 Catch::Contains("\nBTC/USDT,okx,,,,,,,,,,,,,,,97111.7,0.0241,,,unavailable\n"));
  CHECK_THAT(render(Format::table), Catch::Contains("97111.7") &&
                                        Catch::Contains("spread 0.0241%") &&
                                        Catch::Contains("okx") && Catch::Contains("unavailable"));
  CHECK(json["exchanges"][1]["outlier"] == false);
  CHECK(render(Format::json).find(R"("deviation":-0.012,"outlier":false)") != std::string::npos);
}

TEST_CASE("a price far off the median is marked in every format, a stale one is not") {
  Comparison odd = comparison();
  odd.outlier_percent = *Decimal::parse("0.01");
  odd.prices.push_back(bare_price());
  const std::vector comparisons{odd};
  const auto render = [&](Format format) {
    return render_comparisons(comparisons, {.format = format, .shape = JsonShape::object});
  };

  CHECK_THAT(render(Format::plain), Catch::Contains("+2.24% binance 3s outlier\n") &&
                                        Catch::Contains("kraken 2h stale\n"));
  CHECK_THAT(render(Format::table), Catch::Contains("cache (outlier)"));
  CHECK_THAT(render(Format::csv),
             Catch::Contains(",0.012,true,\n") && Catch::Contains(",true,97111.7,0.0241,,,\n"));
  const auto json = nlohmann::json::parse(render(Format::json));
  CHECK(json["exchanges"][0]["outlier"] == true);
  CHECK(json["exchanges"][2]["outlier"] == false);
  CHECK(json["exchanges"][2]["deviation"].is_null());
}

TEST_CASE("a template prints prices alone, not the exchanges that gave none") {
  const std::vector comparisons{comparison()};
  const auto line = PriceTemplate::parse("{exchange} {deviation} {outlier} {error}");
  CHECK(render_comparisons(comparisons, {.line = *line}) ==
        "binance 0.012 false -\nkraken -0.012 false -\n");
}

TEST_CASE("a comparison without a price has null for median and spread") {
  const std::vector comparisons{Comparison{.symbol = *Symbol::parse("BTC/USDT")}};
  CHECK(render_comparisons(comparisons, {.format = Format::ndjson}) ==
        "{\"symbol\":\"BTC/USDT\",\"exchanges\":[],\"median\":null,\"lowest\":null,"
        "\"highest\":null,\"spread\":null,\"missing\":[]}\n");
}

TEST_CASE("an age is short and never rounded up") {
  struct Case {
    milliseconds age;
    std::string_view text;
  };
  const auto row = GENERATE(values<Case>({
      {milliseconds{0}, "0s"},
      {milliseconds{999}, "0s"},
      {seconds{59}, "59s"},
      {seconds{60}, "1m"},
      {seconds{3599}, "59m"},
      {seconds{3600}, "1h"},
      {std::chrono::hours{47}, "47h"},
      {std::chrono::hours{48}, "2d"},
      {std::chrono::hours{24 * 400}, "400d"},
  }));
  CHECK(short_age(row.age) == row.text);
}

TEST_CASE("separated values are quoted where they have to be") {
  DelimitedLine csv{Delimited::csv};
  for (const char* field : {"plain", "a,b", "say \"hi\"", "two\nlines", ""}) csv.add(field);
  CHECK(csv.take() == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\n");
  csv.add("next");
  CHECK(csv.take() == "next\n");

  DelimitedLine tsv{Delimited::tsv};
  for (const char* field : {"plain", "a\tb", "two\r\nlines", "back\\slash"}) tsv.add(field);
  CHECK(tsv.take() == "plain\ta\\tb\ttwo\\r\\nlines\tback\\\\slash\n");
}
