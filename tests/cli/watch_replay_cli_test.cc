#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "btcw/base/ticker.h"
#include "support/run_btcw.h"
#include "support/watch_fakes.h"

using btcw::milliseconds;
using btcw::seconds;
using namespace btcw::test;

namespace {

btcw::UtcTime now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

std::string line(std::string_view symbol, std::string_view last, btcw::UtcTime received,
                 std::string_view exchange_name = "binance") {
  return btcw::to_json(ticker(symbol, exchange_name, last, received)) + "\n";
}

/// 21 tickers over two seconds, just now.
std::string two_seconds() {
  std::string text;
  const btcw::UtcTime start = now() - seconds{3};
  for (int i = 0; i <= 20; ++i) {
    text += line("BTC/USDT", std::to_string(97000 + i), start + milliseconds{i * 100});
  }
  return text;
}

milliseconds took(const Sandbox& sandbox, const Invocation& invocation, Outcome& outcome) {
  const auto start = std::chrono::steady_clock::now();
  outcome = sandbox.run(invocation);
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

}  // namespace

TEST_CASE("a recording comes out as it went in, and fills the cache") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string text = two_seconds();
  const auto file = sandbox.write_file("rec.ndjson", text);

  const Outcome outcome = sandbox.run({"watch", "--replay", file.string()});

  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == text);
  CHECK(outcome.err.empty());
  const Outcome price =
      sandbox.run({"price", "BTC/USDT", "--offline", "--json", "--max-age", "1m"});
  CHECK(price.exit_code == 0);
  CHECK(nlohmann::json::parse(price.out)["last"] == 97020);
}

TEST_CASE("a recording on stdin is played, its last line without a line end too") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  std::string text = two_seconds();
  const std::string whole = text;
  text.pop_back();
  const Outcome outcome =
      sandbox.run(Invocation{.arguments = {"watch", "--replay", "-"}, .input = text});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == whole);
}

TEST_CASE("a quiet replay prints nothing") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Outcome outcome = sandbox.run(
      Invocation{.arguments = {"watch", "--quiet", "--replay", "-"}, .input = two_seconds()});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.empty());
  CHECK(sandbox.run({"price", "BTC/USDT", "--offline", "--max-age", "1m"}).exit_code == 0);
}

TEST_CASE("a recording with bad lines is played without them, and the exit code says so") {
  struct Case {
    std::string_view why;
    std::string text;
    int exit_code;
    std::string_view err;
  };
  const auto row = GENERATE(values<Case>({
      {"one bad line", line("BTC/USDT", "1", now()) + "nonsense\n" + line("BTC/USDT", "2", now()),
       3, "line 2: "},
      {"cut short", line("BTC/USDT", "1", now()) + "{\"symbol\":\"BTC", 3, "line 2: "},
      {"only bad lines", "nonsense\n", 4, "line 1: "},
      {"nothing", "", 4, ""},
      {"a line of 70 kB", line("BTC/USDT", "1", now()) + std::string(70'000, '{') + "\n", 3,
       "line 2: longer than 64 KiB"},
  }));
  CAPTURE(row.why);
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Outcome outcome =
      sandbox.run(Invocation{.arguments = {"watch", "--replay", "-"}, .input = row.text});
  CHECK(outcome.exit_code == row.exit_code);
  CHECK(outcome.err.find(row.err) != std::string::npos);
  CHECK(outcome.err.empty() == row.err.empty());
}

TEST_CASE("a replay takes the time that its speed asks for") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto file = sandbox.write_file("rec.ndjson", two_seconds()).string();
  Outcome outcome;
  const auto at_ten =
      took(sandbox, {.arguments = {"watch", "--replay", file, "--replay-speed", "10x"}}, outcome);
  CHECK(outcome.exit_code == 0);
  CHECK(at_ten >= milliseconds{200});
  CHECK(at_ten < milliseconds{1900});
  const auto at_max =
      took(sandbox, {.arguments = {"watch", "--replay", file, "--replay-speed", "max"}}, outcome);
  CHECK(outcome.exit_code == 0);
  CHECK(at_max < milliseconds{1900});
}

TEST_CASE("a replay can be cut to some symbols and some exchanges") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string text = line("BTC/USDT", "1", now()) + line("ETH/USDT", "2", now()) +
                           line("BTC/USDT", "3", now(), "kraken");
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"watch", "--replay", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sandbox.run(Invocation{.arguments = arguments, .input = text}).out;
  };
  CHECK(run({"ETH"}).find("\"last\":2,") != std::string::npos);
  CHECK(run({"ETH"}).find("\"last\":1,") == std::string::npos);
  CHECK(run({"--exchange", "kraken"}).find("\"last\":3,") != std::string::npos);
  CHECK(run({"--exchange", "kraken"}).find("\"last\":1,") == std::string::npos);
}

TEST_CASE("a recording that cannot be read is an error with the reason") {
  struct Case {
    std::string_view file;
    int exit_code;
    std::string_view err;
  };
  const auto row = GENERATE(values<Case>({
      {"/nowhere/rec.ndjson", 2, "No such file or directory"},
      {"/", 1, "Is a directory"},
  }));
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Outcome outcome = sandbox.run({"watch", "--replay", std::string{row.file}});
  CHECK(outcome.exit_code == row.exit_code);
  CHECK(outcome.err.find(row.err) != std::string::npos);
}

TEST_CASE("a recording of times to come does not pass for fresh") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string text = line("BTC/USDT", "1", now() + std::chrono::hours{1});
  CHECK(sandbox.run(Invocation{.arguments = {"watch", "--replay", "-"}, .input = text}).exit_code ==
        0);
  CHECK(sandbox.run({"price", "BTC/USDT", "--offline"}).exit_code == 4);
}

TEST_CASE("the demo's prices are the same for the same seed, and all of them say demo") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto prices = [&](std::string seed) {
    const Outcome outcome = sandbox.run({"watch", "--demo", "--seed", seed, "--interval", "100ms",
                                         "--for", "2s", "BTC", "kraken:ETH/USDT"});
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
    std::vector<std::string> texts;
    std::istringstream lines{outcome.out};
    for (std::string text; std::getline(lines, text);) {
      const auto object = nlohmann::json::parse(text);
      CHECK(object["exchange"] == "demo");
      texts.push_back(object["symbol"].get<std::string>() + object["last"].dump());
    }
    // A busy machine may miss most of the ticks.
    REQUIRE(texts.size() >= 4);
    texts.resize(4);
    return texts;
  };
  const auto first = prices("7");
  CHECK(prices("7") == first);
  CHECK(prices("8") != first);
}

TEST_CASE("no simulated price answers a real question") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  CHECK(sandbox.run({"watch", "--demo", "--once", "--quiet", "BTC/USDT"}).exit_code == 0);
  CHECK(sandbox.run({"price", "BTC/USDT", "--offline"}).exit_code == 4);
  const Outcome demo = sandbox.run({"price", "demo:BTC/USDT", "--offline", "--json"});
  CHECK(demo.exit_code == 0);
  CHECK(nlohmann::json::parse(demo.out)["exchange"] == "demo");
}

TEST_CASE("option --exchange demo is the demo") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Outcome outcome = sandbox.run({"watch", "--exchange", "demo", "--once"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.find("\"exchange\":\"demo\"") != std::string::npos);
}
