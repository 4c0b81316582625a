#include "btcw/market/listings/listing_reader.h"

#include <catch2/catch.hpp>

#include "btcw/market/exchange.h"
#include "market_samples.h"
#include "support/fake_listings.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

/// "BTC/USDT LUNA/USDT:delisted "
std::string summary(const Listing& listing) {
  std::string out;
  for (const ListedPair& pair : listing.pairs) {
    out += pair.symbol.text();
    if (pair.state != PairState::trading) out.append(":").append(to_string(pair.state));
    out += " ";
  }
  return out;
}

}  // namespace

TEST_CASE("every exchange has a list of its pairs, and only it is asked for") {
  REQUIRE(listing_forms().size() == exchanges().size());
  for (const Exchange& exchange : exchanges()) {
    CAPTURE(exchange.name);
    const ListingForm* const form = find_listing_form(exchange.name);
    REQUIRE(form != nullptr);
    CHECK(form->target.starts_with('/'));
    CHECK(form->target.find_first_of(" \"[]{}") == std::string_view::npos);
  }
  CHECK(find_listing_form("mtgox") == nullptr);
}

TEST_CASE("every exchange's list is read in unified spelling, with the state it tells") {
  const FakeListing market{{"BTC/USDT", {}},
                           {"ETH/BTC", {.state = FakeState::halted}},
                           {"SHIB/USDT", {.state = FakeState::delisted}}};
  const std::string all = "BTC/USDT ETH/BTC:halted SHIB/USDT:delisted ";
  const std::string halted = "BTC/USDT ETH/BTC:halted SHIB/USDT:halted ";
  const std::string stateless = "BTC/USDT ETH/BTC SHIB/USDT ";
  const std::map<std::string_view, std::string> expected{
      {"bitstamp", halted},  {"kucoin", halted},      {"cryptocom", halted},
      {"gemini", stateless}, {"bitfinex", stateless},
  };
  for (const ListingForm& form : listing_forms()) {
    if (form.shape == ListingShape::currencies) continue;
    CAPTURE(form.exchange);
    const auto served = fake_listing(form.exchange, market, parse_target(form.target));
    REQUIRE(served.has_value());

    const auto listing =
        read_listing(form, exchange_name(form.exchange), answer(200, served->body));

    REQUIRE(listing.has_value());
    const auto special = expected.find(form.exchange);
    CHECK(summary(*listing) == (special == expected.end() ? all : special->second));
    CHECK(listing->exchange.text() == form.exchange);
    CHECK(listing->fetched == kReceived);
  }
}

TEST_CASE("coingecko lists the known coins in all its currencies") {
  const auto listing = read_listing(*find_listing_form("coingecko"), exchange_name("coingecko"),
                                    answer(200, R"(["usd","btc","bits%",7])"));
  REQUIRE(listing.has_value());
  CHECK(listing->find(symbol("BTC/USD")) != nullptr);
  CHECK(listing->find(symbol("ETH/BTC")) != nullptr);
  CHECK(listing->find(symbol("DOGE/EUR")) == nullptr);
}

TEST_CASE("a list that cannot be used is refused, a row that cannot be is passed over") {
  struct Case {
    std::string_view why;
    std::string_view exchange;
    int status;
    std::string_view body;
    std::optional<Errc> code;
  };
  const auto row = GENERATE(values<Case>({
      {"odd rows", "gate", 200,
       R"([7,null,{},{"base":"B T","quote":"USD"},{"base":7,"quote":"USD"},{"base":"BTC","quote":"USDT"}])",
       std::nullopt},
      {"no pair at all", "gate", 200, R"([{"base":"","quote":""}])", Errc::bad_data},
      {"an empty list", "gate", 200, "[]", Errc::bad_data},
      {"an object", "gate", 200, R"({"base":"BTC","quote":"USDT"})", Errc::bad_data},
      {"no rows", "okx", 200, R"({"code":"50011","msg":"x"})", Errc::bad_data},
      {"rows twice", "okx", 200, R"({"data":[],"data":[]})", Errc::bad_data},
      {"a text on the way", "bybit", 200, R"({"result":"x"})", Errc::bad_data},
      {"a list for an object", "kraken", 200, R"({"result":[]})", Errc::bad_data},
      {"a page", "okx", 200, "<html>", Errc::bad_data},
      {"limit", "okx", 429, "", Errc::rate_limited},
      {"down", "okx", 503, "", Errc::unavailable},
      {"refused", "okx", 404, "{}", Errc::rejected},
  }));
  CAPTURE(row.why);

  const auto listing = read_listing(*find_listing_form(row.exchange), exchange_name(row.exchange),
                                    answer(row.status, row.body));

  REQUIRE(listing.has_value() == !row.code.has_value());
  if (!listing) CHECK(listing.error().code == *row.code);
}

TEST_CASE("the fuller state of a pair that is listed twice counts") {
  const auto listing =
      read_listing(*find_listing_form("mexc"), exchange_name("mexc"),
                   answer(200, R"({"symbols":[{"baseAsset":"A","quoteAsset":"USDT","status":3},
                                 {"baseAsset":"A","quoteAsset":"USDT","status":1}]})"));
  REQUIRE(listing.has_value());
  CHECK(summary(*listing) == "A/USDT ");
}
