// Recorded answers of real exchanges, read as an independent library reads them.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "btcw/market/exchange.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): a test

namespace {

using Json = nlohmann::json;

std::string data_folder() {
  const char* const set = std::getenv("BTCW_TEST_DATA");
  return set != nullptr ? set : std::string{BTCW_SOURCE_DIR} + "/../shared/data";
}

/// The recording spells numbers as doubles: equal as far as those go.
void check_number(std::string_view field, const std::optional<Decimal>& ours, const Json& theirs,
                  double tolerance) {
  CAPTURE(field);
  if (theirs.is_null()) {
    CHECK_FALSE(ours.has_value());
    return;
  }
  REQUIRE(ours.has_value());
  CHECK(ours->to_double() == Approx(theirs.get<double>()).margin(tolerance).epsilon(1e-14));
}

void check_ticker(const Ticker& ours, const Json& theirs, bool of_today) {
  const auto check = [&theirs](const char* name, const std::optional<Decimal>& value) {
    check_number(name, value, theirs.at(name), 0);
  };
  check("last", ours.last);
  check("bid", ours.bid);
  check("ask", ours.ask);
  check("high", ours.high);
  check("low", ours.low);
  check("baseVolume", ours.base_volume);
  check("quoteVolume", ours.quote_volume);
  if (!of_today) {
    check("open", ours.open);
    // Others give as many places as the exchange does, or all of a double's.
    check_number("percentage", ours.percentage, theirs.at("percentage"), 0.0006);
  }
  if (theirs.at("timestamp").is_null()) {
    CHECK_FALSE(ours.timestamp.has_value());
  } else {
    REQUIRE(ours.timestamp.has_value());
    CHECK(to_unix_ms(*ours.timestamp) == theirs.at("timestamp").get<std::int64_t>());
  }
}

Ticker read(const Exchange& exchange, const Json& record) {
  const std::vector<Symbol> asked{
      Symbol::parse(record.at("input").at(0).get<std::string>().substr(0, 8)).value()};
  const HttpResponse response{.status = 200, .body = record.at("httpResponse").dump()};
  const auto answer = exchange.read(exchange.calls(asked).front(), response);
  REQUIRE(answer.has_value());
  REQUIRE(answer->updates.size() == 1);
  return to_ticker(answer->updates.front(), ExchangeName::parse(exchange.name).value(), {}).value();
}

}  // namespace

TEST_CASE("recorded answers are read as an independent library reads them") {
  std::ifstream file{data_folder() + "/rest_tickers.ndjson"};
  if (!file) {
    std::cout << "skipped: no rest_tickers.ndjson in " << data_folder() << '\n';
    return;
  }
  // Its open and percentage are of the UTC day there.
  const std::set<std::string> of_today{"kraken", "bitstamp"};
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line);) {
    const Json record = Json::parse(line);
    std::string name = record.at("exchange");
    if (name == "coinbaseexchange") name = "coinbase";
    const Exchange* const exchange = find_exchange(name);
    if (exchange == nullptr) continue;
    CAPTURE(name);
    Json theirs = record.at("parsedResponse");
    // The time beside the rows of bybit's answer is not looked at there.
    if (name == "bybit") {
      theirs["timestamp"] = std::stoll(record["httpResponse"]["time"].get<std::string>());
    }
    // kucoin tells no open; it is computed there from the last price and the change.
    if (name == "kucoin") theirs["open"] = nullptr;
    check_ticker(read(*exchange, record), theirs, of_today.contains(name));
    ++compared;
  }
  CHECK(compared >= 8);
}
