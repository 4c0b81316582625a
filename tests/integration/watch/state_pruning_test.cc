#include "btcw/watch/state_pruning.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/temp_folder.h"

using namespace btcw;
using std::chrono::days;
using std::chrono::hours;
using test::TempFolder;
using Names = std::vector<std::string>;

namespace {

const UtcTime kNow = from_unix_ms(1'763'892'000'000);

struct Desk {
  TempFolder folder;
  std::unique_ptr<Journal> journal = open_journal(folder / "watch.db").value();

  void remember(const std::string& alert, const std::string& symbol) const {
    REQUIRE(journal->write(
        {.states = {{.alert = alert, .symbol = symbol, .rule = "r", .state = "s " + alert}}}));
  }
  /// "up BTC/USDT".
  [[nodiscard]] Names known() const {
    Names names;
    for (const KeptState& state : journal->states("").value()) {
      names.push_back(state.alert + ' ' + state.symbol);
    }
    return names;
  }
  [[nodiscard]] std::size_t prune(const std::vector<AlertOptions>& options, UtcTime now) const {
    return prune_states(*journal, compile_alerts(options, "USDT").value(), now).value();
  }
  [[nodiscard]] std::size_t marks() const {
    return journal->list_progress("unused/").value().size();
  }
};

AlertOptions alert(std::string name, std::string symbol) {
  AlertOptions options;
  options.name = std::move(name);
  options.symbol = std::move(symbol);
  options.when = "last > 1";
  return options;
}

}  // namespace

TEST_CASE("the state of an alert outlasts the alert by thirty days, and no longer") {
  const Desk desk;
  desk.remember("gone", "BTC/USDT");
  desk.remember("up", "BTC/USDT");
  desk.remember("up", "kraken:BTC/USDT");
  desk.remember("any", "XRP/USDT");
  const std::vector<AlertOptions> alerts{alert("up", "BTC/USDT"), alert("any", "*/USDT")};

  CHECK(desk.prune(alerts, kNow) == 0);
  CHECK(desk.prune(alerts, kNow + days{30} - hours{1}) == 0);
  CHECK(desk.known().size() == 4);
  CHECK(desk.prune(alerts, kNow + days{30}) == 2);

  CHECK(desk.known() == Names{"any XRP/USDT", "up BTC/USDT"});
  CHECK(desk.marks() == 0);
}

TEST_CASE("an alert that comes back in time keeps its state, and has all the time again") {
  const Desk desk;
  desk.remember("up", "BTC/USDT");
  CHECK(desk.prune({}, kNow) == 0);
  CHECK(desk.prune({alert("up", "BTC/USDT")}, kNow + days{29}) == 0);
  CHECK(desk.marks() == 0);
  CHECK(desk.prune({}, kNow + days{31}) == 0);
  CHECK(desk.prune({}, kNow + days{60}) == 0);
  CHECK(desk.known() == Names{"up BTC/USDT"});
  CHECK(desk.prune({}, kNow + days{61}) == 1);
  CHECK(desk.known().empty());
}

TEST_CASE("a clock that was ahead keeps nothing for ever and takes nothing early") {
  const Desk desk;
  desk.remember("gone", "BTC/USDT");
  CHECK(desk.prune({}, kNow + days{4000}) == 0);
  CHECK(desk.prune({}, kNow) == 0);
  CHECK(desk.prune({}, kNow + days{29}) == 0);
  CHECK(desk.prune({}, kNow + days{30}) == 1);
}

TEST_CASE("a replay that was cut off is forgotten with what it remembered") {
  const Desk desk;
  const std::string name = "replay 12 34 56.78";
  REQUIRE(desk.journal->write({.states = {{.scope = name, .alert = "up", .symbol = "BTC/USDT"}},
                               .progress = {{name, "500"}}}));
  CHECK(desk.prune({}, kNow) == 0);
  CHECK(desk.journal->progress(name).value() == "500");
  CHECK(desk.prune({}, kNow + days{30}) == 1);
  CHECK(desk.journal->progress(name).value() == std::nullopt);
  CHECK(desk.journal->states(name).value().empty());
}
