#include "btcw/watch/alert.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/watch_fakes.h"

using namespace btcw;
using namespace btcw::test;

TEST_CASE("an alert is unwatched when nothing that is asked for can be judged by it") {
  struct Case {
    std::string target;
    std::vector<std::string> watched;
    std::vector<std::string> unwatched;
  };
  const auto row = GENERATE(values<Case>({
      {"BTC/USDT", {"BTC/USDT"}, {}},
      {"BTC/USDT", {"ETH/USDT"}, {"BTC/USDT"}},
      {"BTC/USDT", {}, {"BTC/USDT"}},
      {"*/EUR", {"BTC/USDT", "ETH/USDT"}, {"*/EUR"}},
      {"*/EUR", {"BTC/EUR"}, {}},
      {"BTC/*", {"BTC/EUR"}, {}},
      {"*/*", {"BTC/EUR"}, {}},
      // What is asked of kraken alone answers for kraken alone.
      {"*/EUR", {"kraken:BTC/EUR"}, {"*/EUR"}},
      {"kraken:*/EUR", {"kraken:BTC/EUR"}, {}},
      {"kraken:*/EUR", {"okx:BTC/EUR"}, {"kraken:*/EUR"}},
      // It may be kraken that answers.
      {"kraken:*/EUR", {"BTC/EUR"}, {}},
  }));
  CAPTURE(row.target, row.watched);
  AlertOptions options;
  options.name = "a";
  options.symbol = row.target;
  options.when = "last > 1";
  std::vector<SymbolRequest> watched;
  for (const std::string& text : row.watched) watched.push_back(request(text));
  std::vector<UnwatchedTarget> expected;
  for (const std::string& text : row.unwatched) expected.push_back({"a", text});

  const auto alerts = compile_alerts(std::vector{options}, "USDT").value();

  CHECK(unwatched_targets(alerts, watched) == expected);
}
