#include "btcw/market/exchange_names.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "market_samples.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("well-known bases are codes of symbols, each once") {
  const auto bases = well_known_bases();
  CHECK(std::set<std::string_view>(bases.begin(), bases.end()).size() == bases.size());
  for (const std::string_view base : bases) {
    CAPTURE(base);
    CHECK(Symbol::of(base, "USD").has_value());
  }
}

TEST_CASE("an unknown symbol is met with those that may have been meant") {
  struct Case {
    std::string_view why;
    std::string_view wanted;
    std::vector<Symbol> known;
    std::string_view expected;  // among them
  };
  const auto row = GENERATE(values<Case>({
      {"a slip in the base", "BTCC/USDT", {}, "BTC/USDT"},
      {"two letters swapped", "DOEG/USDT", {}, "DOGE/USDT"},
      {"a quote that is not traded", "BTC/USDX", {}, "BTC/USDT"},
      {"a slip in one of the watch list", "FOOBR/EUR", symbols({"FOOBAR/EUR"}), "FOOBAR/EUR"},
  }));
  CAPTURE(row.why, row.wanted);

  const auto suggested = suggest_symbols(symbol(row.wanted), row.known);

  CHECK(suggested.size() <= 3);
  CHECK(std::find(suggested.begin(), suggested.end(), row.expected) != suggested.end());
  CHECK(std::find(suggested.begin(), suggested.end(), row.wanted) == suggested.end());
}

TEST_CASE("nothing is suggested where nothing is near") {
  CHECK(suggest_symbols(Symbol::of("QQQQQQQQQ", "ZZZZ").value()).empty());
}
