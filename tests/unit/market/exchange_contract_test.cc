// Each exchange's way to tell a made-up market, against what is to come of it: every field, in the
// form for one pair and in that for several.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "btcw/market/exchange.h"
#include "market_samples.h"
#include "support/fake_exchange_answers.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

constexpr std::int64_t kTime = 1'732'290'001'000;

/// A price with many places, one quoted in BTC, and one that is large: no two fields alike.
FakeListing market() {
  return {
      {"BTC/USDT",
       {"97123.4", "97123.39", "97123.51", "95000.25", "98000.01", "94000.1", "2.2349", "96000.5",
        "1234.5678", "119000000.1", "1.5", kTime}},
      {"SHIB/USDT",
       {"0.000024319876", "0.000024309876", "0.000024329876", "0.000025", "0.000026123456",
        "0.000023123456", "-2.7205", "0.000024", "987654321.25", "23703.7", "1.5", kTime}},
      {"ETH/BTC",
       {"0.03456789", "0.03456788", "0.0345679", "0.034", "0.03556789", "0.03356789", "1.6703",
        "0.0344", "54321.0625", "1868.6295", "1.5", kTime}},
  };
}

/// What an exchange tells: l(ast) b(id) a(sk) o(pen) h(igh) w (low) p(ercentage) v(olume) q(uote
/// volume) t(ime).
struct Telling {
  std::string_view exchange;
  std::string_view one;
  std::string_view several;
};

/// All that the exchange says of its pairs, its parts merged.
std::map<Symbol, TickerUpdate> ask(const Exchange& exchange, const std::vector<Symbol>& asked) {
  std::map<Symbol, TickerUpdate> told;
  for (const RestCall& call : exchange.calls(asked)) {
    const auto served = fake_answer(exchange.name, market(), call.target, 2);
    const auto read = exchange.read(call, answer(served.status, served.body));
    REQUIRE(read.has_value());
    CHECK(read->unreadable.empty());
    for (const TickerUpdate& update : read->updates) {
      merge(told.try_emplace(update.symbol, TickerUpdate{.symbol = update.symbol}).first->second,
            update);
    }
  }
  return told;
}

void check(const TickerUpdate& update, const FakeQuote& quote, std::string_view told) {
  const auto expect = [told](char field, const std::string& value) {
    return told.find(field) == std::string_view::npos ? std::string{"null"} : value;
  };
  CAPTURE(update.symbol.text());
  CHECK(text(update.last) == expect('l', quote.last));
  CHECK(text(update.bid) == expect('b', quote.bid));
  CHECK(text(update.ask) == expect('a', quote.ask));
  CHECK(text(update.open) == expect('o', quote.open));
  CHECK(text(update.high) == expect('h', quote.high));
  CHECK(text(update.low) == expect('w', quote.low));
  CHECK(text(update.percentage) == expect('p', quote.percent));
  CHECK(text(update.base_volume) == expect('v', quote.base_volume));
  if (told.find('x') == std::string_view::npos) {
    CHECK(text(update.quote_volume) == expect('q', quote.quote_volume));
  } else {
    CHECK(update.quote_volume == multiply(decimal(quote.base_volume), decimal(quote.vwap)));
  }
  CHECK(update.timestamp.has_value() == (told.find('t') != std::string_view::npos));
  if (update.timestamp) CHECK(*update.timestamp == from_unix_ms(kTime));
}

// x: the quote volume is the base volume times the average price.
constexpr std::string_view kAll = "lbaohwpvqt";

}  // namespace

TEST_CASE("every exchange's market is read in every field it tells, one pair and several") {
  const std::vector<Telling> tellings{
      {"binance", kAll, kAll},
      {"binanceus", kAll, kAll},
      // Its time has a microsecond part, which is cut off.
      {"coinbase", "lbaohwvt", "lbaohwvt"},
      {"kraken", "lbahwvx", "lbahwvx"},
      {"okx", "lbaohwvqt", "lbaohwvqt"},
      {"bybit", kAll, kAll},
      {"bitstamp", "lbaohwpvxt", "lbaohwpvxt"},
      {"gemini", "lbaohwvqt", "lbaohwvqt"},
      {"kucoin", "lbahwpvqt", "lbahwpvqt"},
      {"gate", "lbahwpvq", "lbahwpvq"},
      {"htx", "lbaohwvqt", "lbaohwvqt"},
      {"bitfinex", "lbahwpv", "lbahwpv"},
      {"mexc", kAll, kAll},
      {"bitget", kAll, kAll},
      {"cryptocom", "lbahwpvt", "lbahwpvt"},
      {"coingecko", "lpqt", "lpqt"},
  };
  REQUIRE(tellings.size() == exchanges().size());
  const FakeListing listing = market();
  for (const Telling& telling : tellings) {
    CAPTURE(telling.exchange);
    const Exchange& exchange = *find_exchange(telling.exchange);
    std::vector<Symbol> all;
    for (const auto& [pair, quote] : listing) {
      all.push_back(symbol(pair));
      const auto told = ask(exchange, {symbol(pair)});
      REQUIRE(told.size() == 1);
      check(told.begin()->second, quote, telling.one);
    }
    const auto told = ask(exchange, all);
    REQUIRE(told.size() == all.size());
    for (const auto& [pair, update] : told) {
      check(update, listing.at(std::string{pair.text()}), telling.several);
    }
  }
}

TEST_CASE("the list of all pairs tells less where its figures are of the calendar day or missing") {
  FakeListing listing = market();
  std::vector<Symbol> asked{symbol("BTC/USDT"), symbol("SHIB/USDT"), symbol("ETH/BTC")};
  for (int i = 0; i < 25; ++i) asked.push_back(symbol("A" + std::to_string(i) + "/USDT"));
  const auto row = GENERATE(values<std::pair<std::string_view, std::string_view>>({
      {"gemini", "lp"},
      {"htx", "lbavqt"},
      {"mexc", kAll},
  }));
  CAPTURE(row.first);
  const Exchange& exchange = *find_exchange(row.first);
  REQUIRE(exchange.calls(asked).size() == 1);

  const auto told = ask(exchange, asked);

  REQUIRE(told.size() == listing.size());
  for (const auto& [pair, update] : told) {
    check(update, listing.at(std::string{pair.text()}), row.second);
  }
}

TEST_CASE("an exchange says of a pair that it does not list that it is not found") {
  for (const Exchange& exchange : exchanges()) {
    CAPTURE(exchange.name);
    const auto asked = symbols({"NOPE/USDT"});
    const RestCall call = exchange.calls(asked).front();
    const auto served = fake_answer(exchange.name, market(), call.target, 2);

    const auto read = exchange.read(call, answer(served.status, served.body));

    const bool unknown = read ? read->updates.empty() && read->unreadable.empty()
                              : read.error().code == Errc::not_found;
    CHECK(unknown);
  }
}
