// Schedules, signals and heartbeats as a user has them: a configuration and `btcw watch`.
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/http_server.h"
#include "support/run_btcw.h"

using btcw::milliseconds;
using btcw::seconds;
using namespace btcw::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

std::string text_of(const fs::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool wait_for(const std::function<bool()>& condition, milliseconds limit = seconds{10}) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds{10});
  }
  return condition();
}

/// A home, with the places that matter.
struct Home {
  Sandbox sandbox{BTCW_EXECUTABLE};
  fs::path state = sandbox.root() / "home-of-watch";

  explicit Home(std::string_view config) { configure(config); }
  void configure(std::string_view config) const {
    sandbox.write_config("[general]\nsymbols = [\"BTC/USDT\", \"ETH/USDT\"]\nstate_dir = \"" +
                         state.string() + "\"\n" + std::string{config});
  }
  [[nodiscard]] RunningProgram watch(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"watch", "--demo", "--seed", "7", "-v"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sandbox.start({.arguments = std::move(arguments)});
  }
  /// What the file channel that stands in was sent.
  [[nodiscard]] std::vector<nlohmann::json> delivered() const {
    std::vector<nlohmann::json> all;
    for (const std::string& line : lines_of(text_of(state / "notifications.ndjson"))) {
      all.push_back(nlohmann::json::parse(line));
    }
    return all;
  }
};

constexpr std::string_view kDrain =
    "[[schedule]]\nname = \"deliver\"\nevery = \"100ms\"\naction = \"drain\"\n";

}  // namespace

TEST_CASE("the list of schedules has the next runs in their zones; it runs nothing") {
  const Home home{R"(
[[schedule]]
name = "morning-digest"
cron = "0 8 * * mon-fri"
timezone = "Asia/Shanghai"
action = "digest"
[[schedule]]
name = "deliver"
every = "10s"
action = "drain"
[[schedule]]
name = "spring"
cron = "30 2 * * *"
timezone = "America/New_York"
action = "exec"
command = ["false"]
)"};
  const Outcome table = home.sandbox.run(
      {"watch", "--list-schedules", "--next", "2", "--from", "2026-03-07T12:00:00Z"});
  CHECK(table.exit_code == 0);
  CHECK(table.err.empty());
  CHECK(table.out ==
        "morning-digest  digest  2026-03-09T08:00:00+08:00\n"
        "morning-digest  digest  2026-03-10T08:00:00+08:00\n"
        "deliver         drain   2026-03-07T12:00:10+00:00\n"
        "deliver         drain   2026-03-07T12:00:20+00:00\n"
        "spring          exec    2026-03-08T03:00:00-04:00\n"
        "spring          exec    2026-03-09T02:30:00-04:00\n");

  const Outcome json =
      home.sandbox.run({"watch", "--list-schedules", "--from", "2026-03-07T12:00:00Z", "--json"});
  const auto lines = lines_of(json.out);
  REQUIRE(lines.size() == 3);
  CHECK(nlohmann::json::parse(lines[0]) == nlohmann::json{{"schedule", "morning-digest"},
                                                          {"action", "digest"},
                                                          {"at", "2026-03-09T08:00:00+08:00"},
                                                          {"timezone", "Asia/Shanghai"},
                                                          {"jitter_ms", 0}});
  CHECK_FALSE(fs::exists(home.state));
}

TEST_CASE("what does not go with --list-schedules is a usage error") {
  const Home home{""};
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"watch", "--next", "3"},
                                             {"watch", "--from", "2026-01-01"},
                                             {"watch", "--list-schedules", "BTC"},
                                             {"watch", "--list-schedules", "--next", "0"},
                                             {"watch", "--list-schedules", "--from", "tomorrow"}}) {
    CAPTURE(arguments);
    CHECK(home.sandbox.run(arguments).exit_code == 2);
  }
  const Outcome none = home.sandbox.run({"watch", "--list-schedules"});
  CHECK(none.exit_code == 0);
  CHECK(none.out.empty());
}

TEST_CASE("a wrong schedule is told with its line and column") {
  struct Case {
    std::string_view schedule;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"name = \"a\"\ncron = \"61 * * * *\"\naction = \"drain\"\n", ":6:8: schedule[0].cron: "},
      {"name = \"a\"\ncron = \"@daily\"\naction = \"dance\"\n", ":7:10: schedule[0].action: "},
      {"name = \"a\"\naction = \"drain\"\n",
       ":5:8: schedule[0].name: neither cron nor every is set"},
      {"name = \"a\"\ncron = \"@daily\"\ntimezone = \"Mars/Base\"\naction = \"drain\"\n",
       ":7:12: schedule[0].timezone: "},
      {"name = \"a b\"\ncron = \"@daily\"\naction = \"drain\"\n", ":5:8: schedule[0].name: "},
      {"cron = \"@daily\"\naction = \"drain\"\n", "schedule[0].name"},
      {"name = \"a\"\ncron = \"@daily\"\naction = \"exec\"\n",
       ":7:10: schedule[0].action: exec needs command"},
      {"name = \"a\"\ncron = \"@daily\"\naction = \"digest\"\nchannels = [\"none\"]\n",
       ":8:12: schedule[0].channels: there is no channel \"none\""},
      {"name = \"a\"\ncron = \"@daily\"\naction = \"drain\"\nping_url = \"ftp://x\"\n",
       ":8:12: schedule[0].ping_url: "},
      {"name = \"a\"\ncron = \"@daily\"\naction = \"drain\"\ncorn = 1\n", ":8:1: unknown key"},
  }));
  CAPTURE(row.schedule);
  const Home home{"[[schedule]]\n" + std::string{row.schedule}};
  const Outcome outcome = home.sandbox.run({"config", "check"});
  CHECK(outcome.exit_code == 2);
  CHECK_THAT(outcome.err + outcome.out, Catch::Contains(std::string{row.message}));
}

TEST_CASE("a digest reaches the file channel through a schedule that drains") {
  const Home home{std::string{kDrain} +
                  "[[schedule]]\nname = \"digest\"\nevery = \"300ms\"\naction = \"digest\"\n"
                  "priority = \"low\"\n"};
  auto watch = home.watch({"--interval", "100ms"});
  REQUIRE(wait_for([&] { return !home.delivered().empty(); }));
  watch.signal(SIGTERM);
  const Outcome outcome = watch.wait();
  CHECK(outcome.exit_code == 0);
  const auto message = home.delivered().front();
  CHECK(message["title"] == "DEMO: digest");
  CHECK(message["priority"] == "low");
  const auto rows = lines_of(message["text"].get<std::string>());
  REQUIRE(rows.size() == 3);
  CHECK_THAT(rows[1], Catch::StartsWith("BTC/USDT"));
  CHECK_THAT(rows[2], Catch::StartsWith("ETH/USDT"));
}

TEST_CASE("watch ends within its grace whatever the commands of schedules do") {
  const Home home{
      "[watch]\ngrace = \"500ms\"\n[[schedule]]\nname = \"stubborn\"\nevery = \"50ms\"\n"
      "action = \"exec\"\ncommand = [\"sh\", \"-c\", \"trap '' TERM; (trap '' TERM; sleep 300) & "
      "echo up > $BTCW_STATE_DIR/up; while :; do sleep 1; done\"]\n"};
  auto watch = home.watch();
  REQUIRE(wait_for([&] { return fs::exists(home.state / "up"); }));
  const auto start = std::chrono::steady_clock::now();
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  CHECK(std::chrono::steady_clock::now() - start < seconds{6});
}

TEST_CASE("a wrong file at SIGHUP changes nothing, and a right one changes the schedules") {
  const auto writes = [](std::string_view file) {
    return "[[schedule]]\nname = \"a\"\nevery = \"50ms\"\naction = \"exec\"\n"
           "command = [\"sh\", \"-c\", \"echo x >> $BTCW_STATE_DIR/" +
           std::string{file} + "\"]\n";
  };
  const Home home{writes("first")};
  auto watch = home.watch();
  const auto size = [&](std::string_view name) { return text_of(home.state / name).size(); };
  REQUIRE(wait_for([&] { return size("first") > 0; }));
  home.configure("[[schedule]]\nname = \"a\"\ncron = \"nonsense\"\naction = \"drain\"\n");
  watch.signal(SIGHUP);
  REQUIRE(watch.wait_for_err("the configuration stays as it was"));
  const auto before = size("first");
  CHECK(wait_for([&] { return size("first") > before + 4; }));
  home.configure(writes("second"));
  watch.signal(SIGHUP);
  CHECK(watch.wait_for_err("configuration read again"));
  CHECK(wait_for([&] { return size("second") > 0; }));
  watch.signal(SIGUSR1);
  CHECK(watch.wait_for_err("schedule a: next "));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("a run that was missed while watch was down is made up for") {
  const Home home{
      "[[schedule]]\nname = \"daily\"\ncron = \"0 0 * * *\"\naction = \"exec\"\n"
      "catch_up = true\n"
      "command = [\"sh\", \"-c\", \"echo $BTCW_MISSED > $BTCW_STATE_DIR/ran\"]\n"};
  fs::create_directories(home.state);
  std::ofstream{home.state / "schedules"}
      << "btcw schedules 1\ndaily\t1700000000000\t-1\t-1\t0\t0\t0\t0\t0\t0\t0 0 * * *\n";
  auto watch = home.watch();
  REQUIRE(wait_for([&] { return !text_of(home.state / "ran").empty(); }));
  CHECK(std::stoi(text_of(home.state / "ran")) > 300);
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  // Once is enough.
  fs::remove(home.state / "ran");
  auto again = home.watch({"--for", "1s"});
  CHECK(again.wait().exit_code == 0);
  CHECK_FALSE(fs::exists(home.state / "ran"));
}

TEST_CASE("a process that was suspended makes up for what it missed once, and goes on in time") {
  const Home home{
      "[[schedule]]\nname = \"tick\"\nevery = \"200ms\"\naction = \"exec\"\n"
      "command = [\"sh\", \"-c\", \"echo $BTCW_MISSED >> $BTCW_STATE_DIR/ticks\"]\n"};
  auto watch = home.watch();
  const auto ticks = [&] { return lines_of(text_of(home.state / "ticks")); };
  REQUIRE(wait_for([&] { return ticks().size() >= 2; }));
  watch.signal(SIGSTOP);
  const auto before = ticks().size();
  std::this_thread::sleep_for(seconds{2});
  watch.signal(SIGCONT);
  REQUIRE(wait_for([&] { return ticks().size() >= before + 3; }));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  int missed = 0;
  for (const std::string& line : ticks()) missed = std::max(missed, std::stoi(line));
  CHECK(missed >= 7);
}

TEST_CASE("watch pings its own switch, and those of its schedules") {
  HttpServer server{[](const ServedRequest&) { return ServedResponse{.body = "OK"}; }};
  const Home home{"[watch]\nping_url = \"" + server.url() +
                  "/alive\"\nping_every = \"1s\"\n[[schedule]]\nname = \"a\"\nevery = \"300ms\"\n"
                  "action = \"exec\"\ncommand = [\"sh\", \"-c\", \"echo oh no; exit 3\"]\n"
                  "ping_url = \"" +
                  server.url() + "/job\"\n"};
  auto watch = home.watch();
  CHECK(server.wait_for_requests(5));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  std::vector<std::string> paths;
  std::string body;
  for (const ServedRequest& request : server.requests()) {
    paths.emplace_back(request.path());
    if (request.path() == "/job/fail") body = request.body;
  }
  const auto has = [&](std::string_view path) {
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  };
  CHECK(has("/alive"));
  CHECK(has("/job/start"));
  CHECK(has("/job/fail"));
  CHECK_FALSE(has("/job"));
  CHECK(body == "oh no\n");
}

TEST_CASE("prune, check and backup do what they say") {
  const Home home{
      "[queue]\ndedup_window = \"0s\"\n"
      "[[schedule]]\nname = \"tidy\"\nevery = \"300ms\"\naction = \"prune\"\n"
      "[[schedule]]\nname = \"copies\"\nevery = \"300ms\"\naction = \"backup\"\nkeep = 2\n"
      "[[schedule]]\nname = \"look-over\"\nevery = \"300ms\"\naction = \"check\"\n"
      "max_pending = 1\n" +
      std::string{kDrain}};
  REQUIRE(home.sandbox.run({"notify", "hello", "--dedup-key", "k"}).exit_code == 0);
  auto watch = home.watch();
  CHECK(watch.wait_for_err("schedule tidy: prune done"));
  CHECK(watch.wait_for_err("schedule copies: backup done"));
  CHECK(watch.wait_for_err("schedule look-over: check done"));
  CHECK(wait_for([&] { return fs::is_empty(home.state / "queue" / ".dedup"); }));
  std::ofstream{home.sandbox.root() / "broken.toml"} << "";
  home.configure("[general\n");
  CHECK(watch.wait_for_err("schedule look-over: check failed after"));
  REQUIRE(wait_for([&] {
    const auto all = home.delivered();
    return !all.empty() && all.back().value("title", "") == "look-over";
  }));
  CHECK_THAT(home.delivered().back()["text"].get<std::string>(),
             Catch::StartsWith("configuration: "));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  std::size_t copies = 0;
  for (const auto& each : fs::directory_iterator{home.state / "backups"}) {
    if (each.path().filename().string().starts_with("deliveries-")) ++copies;
  }
  CHECK(copies >= 1);
  CHECK(copies <= 2);
}

TEST_CASE("a bot's signals become messages with their priorities") {
  const Home home{std::string{kDrain} + "[signals]\ndir = \"SIGNALS\"\n"};
  const fs::path signals = home.sandbox.root() / "signals";
  fs::create_directories(signals);
  home.configure(std::string{kDrain} + "[signals]\ndir = \"" + signals.string() + "\"\n");
  auto watch = home.watch();
  std::ofstream{signals / "bot.jsonl"}
      << R"({"pair":"BTC/USDT","action":"buy","current_rate":97123.40,"strategy":"Trend","indicators":{"signal_strength":0.85}})"
      << "\n"
      << R"({"pair":"ETH/USDT","action":"sell","indicators":{"signal_strength":0.1}})"
      << "\n";
  REQUIRE(wait_for([&] { return !home.delivered().empty(); }));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  REQUIRE(home.delivered().size() == 1);
  const auto message = home.delivered().front();
  CHECK(message["title"] == "buy BTC/USDT");
  CHECK(message["text"] == "Trend: buy BTC/USDT at 97123.40, strong (0.85)");
  CHECK(message["priority"] == "urgent");
}

TEST_CASE("a heartbeat that is lost is told, and its coming back") {
  const Home home{""};
  const fs::path file = home.sandbox.write_file("bot.log", "Bot heartbeat. 1\n");
  home.configure(std::string{kDrain} + "[[heartbeat]]\nname = \"bot\"\npath = \"" + file.string() +
                 "\"\ncontains = \"heartbeat\"\nmax_age = \"1s\"\nevery = \"100ms\"\n");
  auto watch = home.watch();
  REQUIRE(wait_for([&] { return home.delivered().size() == 1; }));
  CHECK(home.delivered()[0]["title"] == "bot: no heartbeat");
  CHECK(home.delivered()[0]["priority"] == "urgent");
  std::ofstream{file, std::ios::app} << "Bot heartbeat. 2\n";
  REQUIRE(wait_for([&] { return home.delivered().size() >= 2; }));
  CHECK(home.delivered()[1]["title"] == "bot: is back");
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("a reload brings the first schedules, alerts, signals and heartbeats") {
  const Home home{""};
  const fs::path signals = home.sandbox.root() / "signals";
  fs::create_directories(signals);
  const fs::path log = home.sandbox.write_file("bot.log", "Bot heartbeat. 1\n");
  auto watch = home.watch({"--interval", "100ms"});
  REQUIRE(watch.wait_for_out("BTC/USDT"));
  const bool with_alerts = GENERATE(true, false);

  home.configure(std::string{kDrain} + "[signals]\ndir = \"" + signals.string() +
                 "\"\n[[heartbeat]]\nname = \"bot\"\npath = \"" + log.string() +
                 "\"\nmax_age = \"1s\"\nevery = \"100ms\"\n" +
                 (with_alerts ? "[[alert]]\nname = \"up\"\nsymbol = \"BTC/USDT\"\n"
                                "when = \"last > 1\"\n"
                              : ""));
  watch.signal(SIGHUP);
  std::ofstream{signals / "bot.json"} << R"({"pair":"ETH/USDT","action":"sell"})";

  std::set<std::string> expected{"bot: no heartbeat", "sell ETH/USDT"};
  if (with_alerts) expected.insert("DEMO: up");
  const auto titles = [&] {
    std::set<std::string> all;
    for (const auto& message : home.delivered()) all.insert(message.value("title", ""));
    return all;
  };
  CHECK(wait_for([&] { return titles() == expected; }));
  CHECK(home.delivered().size() == expected.size());
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("a reload takes messages of signals to another queue") {
  const Home home{""};
  const fs::path signals = home.sandbox.root() / "signals";
  fs::create_directories(signals);
  const std::string section = "[signals]\ndir = \"" + signals.string() + "\"\n";
  home.configure(section);
  auto watch = home.watch();
  std::ofstream{signals / "one.json"} << R"({"pair":"ETH/USDT","action":"sell"})";
  const auto messages_in = [](const fs::path& queue) {
    std::size_t count = 0;
    std::error_code ignored;
    for (const auto& each : fs::directory_iterator{queue, ignored}) {
      if (each.path().extension() == ".json") ++count;
    }
    return count;
  };
  REQUIRE(wait_for([&] { return messages_in(home.state / "queue") == 1; }));
  const fs::path other = home.sandbox.root() / "other-queue";
  home.configure("[queue]\ndir = \"" + other.string() + "\"\n" + section);
  watch.signal(SIGHUP);
  std::ofstream{signals / "two.json"} << R"({"pair":"ETH/USDT","action":"buy"})";
  CHECK(wait_for([&] { return messages_in(other) == 1; }));
  CHECK(messages_in(home.state / "queue") == 1);
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("a second demo of a state folder shows prices and runs no schedules") {
  const Home home{std::string{kDrain}};
  auto first = home.watch();
  REQUIRE(first.wait_for_err("schedule deliver: drain done"));
  auto second = home.watch({"--for", "500ms"});
  const Outcome outcome = second.wait();
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.err, Catch::Contains("going on without schedules"));
  first.signal(SIGTERM);
  CHECK(first.wait().exit_code == 0);
}
