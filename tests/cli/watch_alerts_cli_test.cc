// Alerts from the configuration to the queue, as a user has them.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "btcw/base/ticker.h"
#include "support/fake_exchange.h"
#include "support/run_btcw.h"
#include "support/watch_fakes.h"

using btcw::milliseconds;
using btcw::seconds;
using namespace btcw::test;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

constexpr std::string_view kAlerts = R"(
[[alert]]
name = "up"
symbol = "BTC/USDT"
when = "last crosses above 105"
message = "{symbol} broke {threshold}: now {last}"
resolve = true
resolve_message = "{symbol} fell back to {last}"
[[alert]]
name = "held"
symbol = "*/USDT"
when = "last > 102"
for = "3s"
repeat = "once"
)";

/// Up and down between 100 and 110, a second each.
std::string recording(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const int last = 100 + (i % 20 < 10 ? i % 20 : 20 - i % 20);
    const auto at = btcw::from_unix_ms(1'732'290'000'000 + i * 1000);
    text += btcw::to_json(ticker("BTC/USDT", "binance", std::to_string(last), at)) + "\n";
  }
  return text;
}

Lines lines_of(const std::string& text) {
  std::istringstream stream{text};
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

fs::path state_of(const Sandbox& sandbox) {
  for (const auto& entry : fs::recursive_directory_iterator{sandbox.root()}) {
    if (entry.path().filename() == "watch.db") return entry.path().parent_path();
  }
  return {};
}

/// The texts of the messages in the queue, by name of the file.
Lines queued(const Sandbox& sandbox) {
  Lines texts;
  for (const std::string& line : lines_of(sandbox.run({"queue-drain", "--list", "--json"}).out)) {
    for (const auto& message : nlohmann::json::parse(line, nullptr, false)) {
      if (message.is_object()) texts.push_back(message.value("id", ""));
    }
  }
  return texts;
}

}  // namespace

TEST_CASE("a rehearsal prints what alerts would say, the same each time, and does nothing else") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config(kAlerts);
  const auto file = sandbox.write_file("rec.ndjson", recording(45));

  const Outcome first = sandbox.run({"watch", "--replay", file.string(), "--alerts-only"});
  const Outcome second = sandbox.run({"watch", "--replay", file.string(), "--alerts-only"});

  CHECK(first.exit_code == 0);
  CHECK(first.err.empty());
  CHECK(first.out == second.out);
  const Lines lines = lines_of(first.out);
  REQUIRE(lines.size() == 6);
  const auto fired = nlohmann::json::parse(lines.at(1));
  CHECK(fired["alert"] == "up");
  CHECK(fired["event"] == "fired");
  CHECK(fired["message"] == "BTC/USDT broke 105: now 106");
  CHECK(fired["time"] == "2024-11-22T15:40:06Z");
  CHECK(nlohmann::json::parse(lines.at(2))["message"] == "BTC/USDT fell back to 104");
  CHECK(state_of(sandbox).empty());
}

TEST_CASE("a replay puts each message into the queue once, and begins anew when played again") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config(kAlerts);
  const auto file = sandbox.write_file("rec.ndjson", recording(45));

  const Outcome first = sandbox.run({"watch", "--quiet", "--replay", file.string()});

  CHECK(first.exit_code == 0);
  CHECK(first.err.empty());
  CHECK(queued(sandbox).size() == 5);
  REQUIRE(sandbox.run({"watch", "--quiet", "--replay", file.string()}).exit_code == 0);
  CHECK(queued(sandbox).size() == 10);
  CHECK(sandbox.run({"queue-drain"}).exit_code == 0);
  CHECK(queued(sandbox).empty());
}

TEST_CASE("watch --explain says how an alert stands and why") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config(std::string{kAlerts} + R"([[alert]]
name = "trend"
symbol = "BTC/USDT"
when = "last > sma(20, 1h) and age < 1m"
)");
  const auto file = sandbox.write_file("rec.ndjson", recording(48));
  struct Case {
    std::string name;
    bool replayed;
    int exit_code;
    std::string says;
  };
  const auto row = GENERATE(values<Case>({
      {"up", true, 0, "has fired 3 times"},
      {"up", true, 0, "last crosses above 105"},
      {"trend", true, 0, "sma(20, 1h)  unknown"},
      {"trend", false, 0, "no price is known"},
      {"tredn", false, 2, "did you mean \"trend\"?"},
      {"tredn", true, 2, "did you mean \"trend\"?"},
  }));
  CAPTURE(row.name, row.replayed);
  std::vector<std::string> arguments{"watch", "--explain", row.name};
  if (row.replayed) arguments.insert(arguments.end(), {"--replay", file.string()});

  const Outcome outcome = sandbox.run(arguments);

  CHECK(outcome.exit_code == row.exit_code);
  CHECK_THAT(outcome.out + outcome.err, Catch::Contains(row.says));
}

TEST_CASE("options of alerts that do not go together are refused") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  struct Case {
    std::vector<std::string> arguments;
    std::string says;
  };
  const auto row = GENERATE(values<Case>({
      {{"watch", "--alerts-only"}, "--alerts-only needs --replay"},
      {{"watch", "--demo", "--explain", "a"}, "--explain goes without"},
      {{"price", "BTC", "--if", "last >"}, "column 7"},
      {{"price", "BTC", "--if", "last > 5", "--json"}, "--if prints nothing"},
  }));

  const Outcome outcome = sandbox.run(row.arguments);

  CHECK(outcome.exit_code == 2);
  CHECK_THAT(outcome.err, Catch::Contains(row.says));
}

TEST_CASE("price --if answers with its exit code alone") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto at = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  sandbox.write_file("rec.ndjson", btcw::to_json(ticker("BTC/USDT", "binance", "100", at)) + "\n" +
                                       btcw::to_json(ticker("ETH/USDT", "binance", "10", at)) +
                                       "\n");
  const auto file = (sandbox.root() / "rec.ndjson").string();
  REQUIRE(sandbox.run({"watch", "--quiet", "--replay", file}).exit_code == 0);
  struct Case {
    std::vector<std::string> symbols;
    std::string condition;
    int exit_code;
    std::string says;
  };
  const auto row = GENERATE(values<Case>({
      {{"BTC"}, "last > 99.99", 0, ""},
      {{"BTC"}, "last > 100", 1, ""},
      {{"BTC", "ETH"}, "last > 50", 1, ""},
      {{"BTC", "ETH"}, "last > 5 and age < 1h", 0, ""},
      {{"BTC"}, "bid > 5", 4, "bid: the exchange does not say it"},
      {{"BTC"}, "rsi(14, 1h) > 70", 4, "rsi(14, 1h): "},
      {{"BTC"}, "last crosses above 5", 4, "it cannot be told"},
      {{"BTC"}, "last > price(\"binance\") - 1", 0, ""},
      {{"BTC"}, "last > price(\"kraken\")", 4, "price(\"kraken\")"},
      {{"XRP"}, "last > 1", 4, "XRP/USDT"},
  }));
  CAPTURE(row.condition);
  std::vector<std::string> arguments{"price", "--offline", "--if", row.condition};
  arguments.insert(arguments.end(), row.symbols.begin(), row.symbols.end());

  const Outcome outcome = sandbox.run(arguments);

  CHECK(outcome.exit_code == row.exit_code);
  CHECK(outcome.out.empty());
  if (row.says.empty()) CHECK(outcome.err.empty());
  CHECK_THAT(outcome.err, Catch::Contains(row.says));
}

TEST_CASE("a wrong configuration on SIGHUP changes no alert, a right one takes over") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string one = "[[alert]]\nname = \"a\"\nsymbol = \"BTC/USDT\"\nwhen = \"last > 1\"\n";
  sandbox.write_config(one);
  RunningProgram watch =
      sandbox.start({.arguments = {"watch", "--demo", "-v", "--interval", "100ms"}});
  REQUIRE(watch.wait_for_err("alert=a"));

  sandbox.write_config(one + "[[alert]]\nname = \"b\"\nsymbol = \"BTC/USDT\"\nwhen = \"last >\"\n");
  watch.signal(SIGHUP);
  REQUIRE(watch.wait_for_err("the configuration stays as it was"));
  sandbox.write_config(one +
                       "[[alert]]\nname = \"b\"\nsymbol = \"BTC/USDT\"\nwhen = \"last > 2\"\n");
  watch.signal(SIGHUP);

  CHECK(watch.wait_for_err("alert=b"));
  watch.signal(SIGTERM);
  const Outcome outcome = watch.wait();
  CHECK(outcome.exit_code == 0);
  // The first one has fired, and is not asked again.
  CHECK(outcome.err.find("alert=a") == outcome.err.rfind("alert=a"));
  CHECK(queued(sandbox).size() == 2);
}

TEST_CASE("an alert of a live market neither fires again nor is missed because of a restart") {
  FakeExchange fake;
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("exchanges = [\"binance\"]\n[exchange.binance]\nrest_url = \"" +
                       fake.url("binance") +
                       "\"\n[[alert]]\nname = \"up\"\nsymbol = \"BTC/USDT\"\n"
                       "when = \"last crosses above 100\"\n");
  struct Step {
    const char* last;
    std::size_t messages;
  };
  for (const Step& step :
       {Step{"99", 0}, Step{"101", 1}, Step{"102", 1}, Step{"98", 1}, Step{"103", 2}}) {
    CAPTURE(step.last);
    fake.set("BTC/USDT", {.last = step.last});
    // It is asked for because an alert is about it.
    const Outcome outcome = sandbox.run({"watch", "--once", "--quiet"});
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(queued(sandbox).size() == step.messages);
  }
}

TEST_CASE("a watch whose journal cannot be read does not run without its alerts") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto state = sandbox.root() / "state";
  fs::create_directory(state);
  fs::permissions(state, fs::perms::owner_all);
  sandbox.write_file("state/watch.db", std::string(8192, 'x'));
  sandbox.write_config("[general]\nstate_dir = \"" + state.string() + "\"\n" +
                       std::string{kAlerts});

  const Outcome outcome = sandbox.run({"watch", "--demo", "--quiet", "--for", "1s"});

  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, Catch::Contains("journal") && Catch::Contains("watch.db"));
}

TEST_CASE("alerts of one state folder are judged by one process at a time") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config(kAlerts);
  const auto file = sandbox.write_file("rec.ndjson", recording(45)).string();
  RunningProgram first = sandbox.start({.arguments = {"watch", "--demo"}});
  REQUIRE(first.wait_for_out("BTC/USDT"));

  const Outcome second = sandbox.run({"watch", "--replay", file, "--quiet"});
  const Outcome rehearsal = sandbox.run({"watch", "--replay", file, "--alerts-only"});

  CHECK(second.exit_code == 1);
  CHECK_THAT(second.err, Catch::Contains("another watch"));
  CHECK(rehearsal.exit_code == 0);
}
