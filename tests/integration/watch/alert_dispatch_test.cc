#include "btcw/watch/alert_dispatch.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/recording_log.h"
#include "support/seeded_random.h"
#include "support/temp_folder.h"
#include "support/watch_fakes.h"

using namespace btcw;
using namespace btcw::test;

namespace {

std::vector<Alert> held_for_an_hour() {
  AlertOptions options;
  options.name = "held";
  options.symbol = "BTC/USDT";
  options.when = "last > 100";
  options.hold_for = std::chrono::hours{1};
  return compile_alerts(std::vector{options}, "USDT").value();
}

}  // namespace

TEST_CASE("what changed just before the alerts are replaced is not forgotten") {
  const TempFolder folder;
  FakeClock clock;
  PosixFiles files;
  SeededRandom random{1};
  RecordingLog log;
  const auto journal = open_journal(folder / "watch.db").value();
  Outbox outbox{folder / "queue", {*journal, {files, clock, random, log}, log}};
  REQUIRE(outbox.recover());
  AlertDispatch dispatch{{}, {outbox, clock, log}};
  RuleDesk desk{held_for_an_hour()};
  const auto nobody = [](const AlertEvent&) {};
  desk.on_ticker(ticker("BTC/USDT", "binance", "101", clock.now()), RuleDesk::Answers::any,
                 RuleDesk::Sink{nobody});
  REQUIRE(dispatch.settle(desk, 1));
  REQUIRE(journal->states("").value().empty());  // a state alone may wait a second

  dispatch.take_changes(desk);
  desk.replace(held_for_an_hour());
  clock.advance(seconds{2});
  REQUIRE(dispatch.tend(desk));

  CHECK(journal->states("").value().size() == 1);
}
