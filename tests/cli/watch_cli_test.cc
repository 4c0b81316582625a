#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "support/fake_exchange.h"
#include "support/run_btcw.h"

using btcw::milliseconds;
using btcw::seconds;
using namespace btcw::test;

namespace {

std::vector<nlohmann::json> objects(const std::string& text) {
  std::vector<nlohmann::json> all;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
  return all;
}

std::string config_for(const FakeExchange& fake, std::string_view symbols) {
  return "exchanges = [\"binance\", \"kraken\"]\n[general]\nsymbols = [" + std::string{symbols} +
         "]\n[watch]\ninterval = \"1s\"\n[exchange.binance]\nrest_url = \"" + fake.url("binance") +
         "\"\n[exchange.kraken]\nrest_url = \"" + fake.url("kraken") + "\"\n";
}

/// A home whose exchanges are this process.
struct Home {
  FakeExchange fake;
  Sandbox sandbox{BTCW_EXECUTABLE};

  explicit Home(std::string_view symbols = "\"BTC/USDT\"") {
    fake.set("BTC/USDT", {.last = "97123.4"});
    fake.set("ETH/USDT", {.last = "3400.5"});
    sandbox.write_config(config_for(fake, symbols));
  }
};

milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

}  // namespace

TEST_CASE("one cycle of watch fills the cache that price answers from") {
  Home home;
  const Outcome watch = home.sandbox.run({"watch", "--once"});
  CHECK(watch.exit_code == 0);
  CHECK(watch.err.empty());
  const auto tickers = objects(watch.out);
  REQUIRE(tickers.size() == 1);
  CHECK(tickers[0]["symbol"] == "BTC/USDT");
  CHECK(tickers[0]["exchange"] == "binance");
  CHECK(watch.out.find("\"last\":97123.4,") != std::string::npos);

  home.fake.stop();
  const Outcome price = home.sandbox.run({"price", "BTC/USDT", "--offline", "--json"});
  CHECK(price.exit_code == 0);
  CHECK(nlohmann::json::parse(price.out)["source"] == "cache");
}

TEST_CASE("what one named exchange was asked answers only those who name it") {
  Home home;
  CHECK(home.sandbox.run({"watch", "--once", "-q", "-e", "kraken", "BTC/USDT"}).exit_code == 0);
  home.fake.stop();
  CHECK(home.sandbox.run({"price", "kraken:BTC/USDT", "--offline"}).exit_code == 0);
  CHECK(home.sandbox.run({"price", "BTC/USDT", "--offline"}).exit_code == 4);
}

TEST_CASE("one cycle ends with the exit code of price") {
  struct Case {
    std::string_view why;
    FakeTrouble trouble;
    std::vector<std::string> symbols;
    int exit_code;
  };
  const auto row = GENERATE(values<Case>({
      {"all", FakeTrouble::none, {"BTC/USDT", "ETH/USDT"}, 0},
      {"some", FakeTrouble::none, {"BTC/USDT", "NOPE/USDT"}, 3},
      {"down", FakeTrouble::down, {"BTC/USDT"}, 4},
      {"limits", FakeTrouble::limit_seconds, {"BTC/USDT"}, 5},
      {"unknown", FakeTrouble::none, {"NOPE/USDT"}, 1},
  }));
  CAPTURE(row.why);
  Home home;
  home.fake.behave("binance", {.trouble = row.trouble});
  home.fake.behave("kraken", {.trouble = row.trouble});
  std::vector<std::string> arguments{"watch", "--once"};
  arguments.insert(arguments.end(), row.symbols.begin(), row.symbols.end());

  const Outcome outcome = home.sandbox.run(arguments);

  CHECK(outcome.exit_code == row.exit_code);
  CHECK(outcome.err.empty() == (row.exit_code == 0));
  CHECK(outcome.out.empty() == (row.exit_code != 0 && row.exit_code != 3));
}

TEST_CASE("watch asks again every interval, until its time is over") {
  Home home;
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome =
      home.sandbox.run({"watch", "BTC/USDT", "--interval", "1s", "--for", "1500ms"});
  CHECK(outcome.exit_code == 0);
  CHECK(since(start) >= milliseconds{1500});
  CHECK(objects(outcome.out).size() == 2);
  CHECK(home.fake.requests("binance") == 2);
}

TEST_CASE("watch says plainly that nothing can be reached, and that there is a demo") {
  Home home;
  home.fake.stop();
  const Outcome outcome = home.sandbox.run({"watch", "BTC/USDT", "--for", "1500ms"});
  CHECK(outcome.exit_code == 4);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("no exchange can be reached") != std::string::npos);
  CHECK(outcome.err.find("btcw watch --demo") != std::string::npos);
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
}

TEST_CASE("a quiet watch fills the cache and says nothing") {
  Home home;
  const Outcome outcome = home.sandbox.run({"watch", "--quiet", "--for", "500ms"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
  CHECK(home.sandbox.run({"price", "BTC/USDT", "--offline"}).exit_code == 0);
}

TEST_CASE("with nothing named watch follows BTC and ETH") {
  Home home{""};
  const Outcome outcome = home.sandbox.run({"watch", "--once"});
  CHECK(outcome.exit_code == 0);
  const auto tickers = objects(outcome.out);
  REQUIRE(tickers.size() == 2);
  CHECK(tickers[0]["symbol"] == "BTC/USDT");
  CHECK(tickers[1]["symbol"] == "ETH/USDT");
}

TEST_CASE("SIGTERM and SIGINT end watch well, even while an exchange does not answer") {
  Home home;
  const int number = GENERATE(SIGTERM, SIGINT);
  const bool hangs = GENERATE(false, true);
  CAPTURE(number, hangs);
  if (hangs) {
    home.fake.behave("binance", {.trouble = FakeTrouble::hang});
    home.fake.behave("kraken", {.trouble = FakeTrouble::hang});
  }
  auto program = home.sandbox.start({.arguments = {"watch"}});
  if (hangs) {
    const auto start = std::chrono::steady_clock::now();
    while (home.fake.requests("binance") == 0 && since(start) < seconds{10}) usleep(2000);
  } else {
    REQUIRE(program.wait_for_out("BTC/USDT"));
  }
  const auto start = std::chrono::steady_clock::now();

  program.signal(number);

  const Outcome outcome = program.wait();
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  CHECK(since(start) < seconds{3});
}

TEST_CASE("SIGHUP takes over a new watch list and keeps the old one when the new one is wrong") {
  Home home;
  auto program = home.sandbox.start({.arguments = {"watch"}});
  REQUIRE(program.wait_for_out("BTC/USDT"));
  CHECK(program.out().find("ETH/USDT") == std::string::npos);

  home.sandbox.write_config(config_for(home.fake, "\"ETH/USDT\""));
  program.signal(SIGHUP);
  REQUIRE(program.wait_for_out("ETH/USDT"));

  home.sandbox.write_config("watch = 3\n");
  program.signal(SIGHUP);
  REQUIRE(program.wait_for_err("the configuration stays as it was: "));
  const std::size_t before = program.out().size();
  CHECK(program.wait_for_out("\n", seconds{5}));
  const auto start = std::chrono::steady_clock::now();
  while (program.out().size() == before && since(start) < seconds{5}) {
    program.wait_for_out("never", milliseconds{100});
  }
  CHECK(program.out().size() > before);

  program.signal(SIGTERM);
  CHECK(program.wait().exit_code == 0);
  // What the first list brought is still there, for whoever has a configuration that is right.
  home.sandbox.write_config("");
  CHECK(home.sandbox.run({"price", "BTC/USDT", "--offline", "--max-age", "1m"}).exit_code == 0);
}

TEST_CASE("SIGHUP takes over other exchanges") {
  Home home;
  FakeExchange other;
  other.set("BTC/USDT", {.last = "55555.5"});
  auto program = home.sandbox.start({.arguments = {"watch"}});
  REQUIRE(program.wait_for_out("97123.4"));
  home.sandbox.write_config(config_for(other, "\"BTC/USDT\""));
  program.signal(SIGHUP);
  CHECK(program.wait_for_out("55555.5"));
  program.signal(SIGTERM);
  CHECK(program.wait().exit_code == 0);
}

TEST_CASE("SIGUSR1 tells how things stand") {
  Home home{"\"BTC/USDT\", \"NOPE/USDT\""};
  SECTION("as text") {
    auto program = home.sandbox.start({.arguments = {"watch"}});
    REQUIRE(program.wait_for_out("BTC/USDT"));
    program.signal(SIGUSR1);
    REQUIRE(program.wait_for_err("memory: "));
    for (const char* part : {"watch: up ", "2 symbols every 1s", "1 answered, 1 failed",
                             "binance: ", "cache: ", " KiB"}) {
      CAPTURE(part);
      CHECK(program.err().find(part) != std::string::npos);
    }
  }
  SECTION("as JSON") {
    auto program = home.sandbox.start({.arguments = {"watch", "--log-format", "json"}});
    REQUIRE(program.wait_for_out("BTC/USDT"));
    program.signal(SIGUSR1);
    REQUIRE(program.wait_for_err("resident_bytes"));
    program.signal(SIGTERM);
    for (const auto& line : objects(program.wait().err)) {
      if (line["msg"] != "status") continue;
      CHECK(line["symbols"] == 2);
      CHECK(line["answered"] == 1);
      CHECK(line["failed"] == 1);
      CHECK(line["exchanges"]["binance"]["tickers"] >= 1);
      CHECK(line["redis"].is_null());
      CHECK(line["resident_bytes"] > 0);
    }
  }
}

TEST_CASE("a state folder has one watch; demos and replays may stand beside it") {
  Home home;
  auto first = home.sandbox.start({.arguments = {"watch", "--quiet"}});
  const auto start = std::chrono::steady_clock::now();
  while (home.fake.requests("binance") == 0 && since(start) < seconds{10}) usleep(2000);

  const Outcome second = home.sandbox.run({"watch"});
  CHECK(second.exit_code == 1);
  CHECK(second.err == "btcw: another watch (pid " + std::to_string(first.pid()) +
                          ") is running for this state folder\n");
  CHECK(home.sandbox.run({"watch", "--once"}).exit_code == 75);
  CHECK(home.sandbox.run({"watch", "--demo", "--once"}).exit_code == 0);

  first.signal(SIGKILL);
  CHECK(first.wait().exit_code == 137);
  CHECK(home.sandbox.run({"watch", "--once"}).exit_code == 0);
}

TEST_CASE("systemd hears that watch is up, alive and going") {
  Home home;
  const std::string address = (home.sandbox.root() / "notify").string();
  const int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.data(), address.size());
  REQUIRE(bind(socket_fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0);
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(socket_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  std::string heard;
  const auto hear = [&](std::string_view wanted) {
    while (heard.find(wanted) == std::string::npos) {
      std::array<char, 1024> bytes{};
      const ssize_t size = recv(socket_fd, bytes.data(), bytes.size(), 0);
      if (size < 0) return false;
      heard.append(bytes.data(), static_cast<std::size_t>(size)).append("\n");
    }
    return true;
  };
  auto program = home.sandbox.start(
      {.arguments = {"watch", "--quiet"},
       .environment = {{"NOTIFY_SOCKET", address}, {"WATCHDOG_USEC", "200000"}}});

  CHECK(hear("READY=1\n"));
  CHECK(hear("STATUS=1 symbols, 0 without a price"));
  CHECK(hear("WATCHDOG=1\n"));
  program.signal(SIGHUP);
  CHECK(hear("RELOADING=1\nMONOTONIC_USEC="));
  program.signal(SIGTERM);
  CHECK(hear("STOPPING=1\n"));
  CHECK(program.wait().exit_code == 0);
  close(socket_fd);
}

TEST_CASE("a reader that has seen enough ends watch silently, at once and not at the next ticker") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome =
      sandbox.run({.arguments = {"watch", "--demo", "--interval", "1m"}, .output = Output::closed});
  CHECK(outcome.exit_code == 141);
  CHECK(outcome.err.empty());
  CHECK(since(start) < seconds{10});
}

TEST_CASE("a full disk behind stdout is an error that is told") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Outcome outcome = sandbox.run({.arguments = {"watch", "--demo"}, .output = Output::full});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err == "btcw: cannot write to standard output: No space left on device\n");
}

TEST_CASE("options that do not go together are refused") {
  struct Case {
    std::vector<std::string> arguments;
    std::string_view part;
  };
  const auto row = GENERATE(values<Case>({
      {{"--interval", "10"}, "--interval"},
      {{"--interval", "0s"}, "--interval"},
      {{"--interval", "999ms"}, "at least 1s"},
      {{"--demo", "--interval", "99ms"}, "at least 100ms"},
      {{"--for", "soon"}, "--for"},
      {{"--exchange", "bitfenix"}, "--exchange"},
      {{"--exchange", "demo,kraken"}, "demo"},
      {{"--demo", "--exchange", "kraken"}, "--demo"},
      {{"--seed", "1"}, "--seed needs --demo"},
      {{"--demo", "--seed", "one"}, "--seed"},
      {{"--replay", "x", "--demo"}, "--replay"},
      {{"--replay", "x", "--once"}, "--replay"},
      {{"--replay", "x", "--interval", "1s"}, "--replay"},
      {{"--replay", "x", "--replay-speed", "fast"}, "--replay-speed"},
      {{"--replay-speed", "1x"}, "--replay-speed needs --replay"},
      {{"not a symbol"}, "not a symbol"},
      {{"nowhere:BTC/USDT"}, "nowhere"},
      {{"demo:BTC/USDT"}, "see --demo"},
      {{"--alerts-only"}, "--alerts-only"},
  }));
  CAPTURE(row.part);
  const Sandbox sandbox{BTCW_EXECUTABLE};
  std::vector<std::string> arguments{"watch"};
  arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
  const Outcome outcome = sandbox.run(arguments);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find(row.part) != std::string::npos);
  CHECK(outcome.out.empty());
}

TEST_CASE("a wrong configuration is told and nothing is begun") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[watch]\ninterval = \"never\"\n");
  for (const char* mode : {"--once", "--demo", "--replay=/dev/null"}) {
    CAPTURE(mode);
    const Outcome outcome = sandbox.run({"watch", mode});
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find("interval") != std::string::npos);
  }
}
