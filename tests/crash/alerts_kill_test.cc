// watch is killed again and again while its alerts fire: each message arrives once.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>

#include "btcw/base/ticker.h"
#include "support/run_btcw.h"
#include "support/scale.h"
#include "support/watch_fakes.h"

using namespace btcw::test;
namespace fs = std::filesystem;

namespace {

constexpr int kTickersOfAnAlert = 5;

/// A price that crosses 105 from below `alerts` times, each ticker a second after the one before.
std::string recording(int alerts) {
  constexpr const char* kPrices[kTickersOfAnAlert] = {"100", "103", "106", "107", "101"};
  std::string text;
  for (int i = 0; i < alerts * kTickersOfAnAlert; ++i) {
    const auto at = btcw::from_unix_ms(1'732'290'000'000 + std::int64_t{i} * 1000);
    append_json(ticker("BTC/USDT", "binance", kPrices[i % kTickersOfAnAlert], at), text);
    text += '\n';
  }
  return text;
}

/// How often each message was delivered to the file.
std::map<std::string, int> delivered(const fs::path& file) {
  std::map<std::string, int> counts;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    ++counts[nlohmann::json::parse(line)["id"].get<std::string>()];
  }
  return counts;
}

bool all_sent(const fs::path& queue, const fs::path& log, int alerts) {
  std::size_t waiting = 0;
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator{queue, none_yet}) {
    if (entry.path().extension() == ".json") ++waiting;
  }
  return waiting + delivered(log).size() >= static_cast<std::size_t>(alerts);
}

}  // namespace

TEST_CASE("watch can be killed at any moment: no alert is lost, and none arrives twice") {
  const int kills = scale("BTCW_ALERT_KILLS", 40);
  const int alerts = scale("BTCW_ALERT_COUNT", 100);
  // A run that is killed after 45 ms on average, 15 of which it needs to start.
  const int speed = std::max(1, alerts * kTickersOfAnAlert * 1000 / (kills * 30));
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const fs::path log = sandbox.root() / "delivered.ndjson";
  const fs::path queue = sandbox.root() / "queue";
  sandbox.write_config("[queue]\ndir = \"" + queue.string() +
                       "\"\n[channel.log]\ntype = \"file\"\npath = \"" + log.string() + "\"\n" +
                       "[[alert]]\nname = \"up\"\nsymbol = \"BTC/USDT\"\n"
                       "when = \"last crosses above 105\"\n");
  const auto file = sandbox.write_file("rec.ndjson", recording(alerts)).string();
  const Invocation replay{.arguments = {"watch", "--quiet", "--replay", file, "--replay-speed",
                                        std::to_string(speed) + "x"}};
  std::mt19937 random{20261123};

  int killed = 0;
  bool ended = false;
  while (killed < kills && !ended) {
    RunningProgram watch = sandbox.start(replay);
    std::this_thread::sleep_for(std::chrono::milliseconds{random() % 90});
    watch.signal(SIGKILL);
    const Outcome outcome = watch.wait();
    CAPTURE(outcome.err);
    REQUIRE((outcome.exit_code == 137 || outcome.exit_code == 0));
    ended = outcome.exit_code == 0;
    if (!ended) ++killed;
    // Killed between its last transaction and its end: the next run would begin anew, and rightly.
    ended = ended || all_sent(queue, log, alerts);
    // What is delivered is gone from the queue, and must not come back.
    if (killed % 5 == 0) REQUIRE(sandbox.run({"queue-drain"}).exit_code == 0);
  }
  if (!ended) REQUIRE(sandbox.start(replay).wait(btcw::seconds{240}).exit_code == 0);
  REQUIRE(sandbox.run({"queue-drain"}).exit_code == 0);

  WARN("killed " << killed << " times");
  CHECK(killed >= kills / 4);
  const auto counts = delivered(log);
  CHECK(counts.size() == static_cast<std::size_t>(alerts));
  for (const auto& [id, count] : counts) {
    CAPTURE(id);
    CHECK(count == 1);
  }
}
