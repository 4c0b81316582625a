// What all commands have in common.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "price_bench.h"

using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::Output;
using btcw::test::PriceBench;
using btcw::test::Sandbox;
using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("options --version and --help go to stdout and end with 0") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--version"}, {"price", "--version"}, {"-v", "--version"}}) {
    const Outcome outcome = sandbox.run(arguments);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out == "btcw " BTCW_VERSION "\n");
    CHECK(outcome.err.empty());
  }
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--help"}, {"-h"}, {"price", "--help"}, {"--help", "price"}, {"price", "BTC", "-h"}}) {
    const Outcome outcome = sandbox.run(arguments);
    CAPTURE(arguments);
    CHECK(outcome.exit_code == 0);
    CHECK_THAT(outcome.out, StartsWith("Usage: btcw"));
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("help fits a terminal and explains every option") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"--help"}, {"price", "--help"}}) {
    const std::string help = sandbox.run(arguments).out;
    std::istringstream lines{help};
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line.size() <= 100);
      CHECK((line.empty() || line.back() != ' '));
      if (line.starts_with("      --") || line.starts_with("  -")) {
        // A long option's text begins on the next line.
        const bool alone = line.size() > 30 && line.find("  ", 8) == std::string::npos;
        if (alone) REQUIRE(std::getline(lines, line));
        CHECK(line.find("  ", 8) != std::string::npos);
        CHECK(line.size() > 33);
      }
    }
  }
  CHECK_THAT(sandbox.run({"price", "--help"}).out,
             Contains("--max-age TIME") && Contains("Common options:") && Contains("--log-format"));
}

TEST_CASE("a command line that is not understood ends with 2 and a hint on stderr") {
  struct Case {
    std::string_view why;
    std::vector<std::string> arguments;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"unknown command",
       {"prcie"},
       "btcw: unknown command 'prcie', did you mean 'price'?\nTry 'btcw --help'.\n"},
      {"unknown command after options",
       {"-v", "--color", "never", "prcie"},
       "unknown command 'prcie'"},
      {"far from any command", {"zzzzzzzz"}, "btcw: unknown command 'zzzzzzzz'\nTry"},
      {"unknown option",
       {"--colour", "never"},
       "btcw: unexpected option '--colour', did you mean '--color'?"},
      {"unknown option of a command",
       {"price", "--nope"},
       "btcw: price: unexpected option '--nope'\nTry 'btcw price --help'.\n"},
      {"unknown command of a command",
       {"config", "chekc"},
       "btcw: config: unknown command 'chekc', did you mean 'check'?\nTry 'btcw config --help'.\n"},
      {"no command of a command",
       {"token"},
       "btcw: token: name one of issue, verify, inspect, keygen"},
      {"number below its range",
       {"token", "keygen", "--bits", "5"},
       "--bits: not a whole number from 2048 to 16384: \"5\""},
      {"number above its range",
       {"token", "keygen", "--bits", "16385"},
       "--bits: not a whole number from 2048 to 16384: \"16385\""},
      {"zero", {"token", "issue", "--max-size", "0"}, "--max-size: not a whole number from 1 to"},
      {"negative", {"token", "issue", "--key-fd", "-1"}, "--key-fd: not a whole number from 0 to"},
      {"no number", {"token", "issue", "--key-fd", "x"}, "--key-fd: not a whole number from 0 to"},
      {"bad choice", {"--color", "pink", "price"}, "'pink' is none of auto|always|never"},
      {"missing value", {"price", "--config"}, "--config"},
      {"control characters are not passed on", {"\x1b[2J"}, "unknown command ' [2J'"},
  }));
  CAPTURE(row.why);
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Outcome outcome = sandbox.run(row.arguments);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Contains(std::string{row.message}));
}

TEST_CASE("no command at all shows the help on stderr") {
  const Outcome outcome = Sandbox{BTCW_EXECUTABLE}.run(std::vector<std::string>{});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, StartsWith("Usage: btcw"));
}

TEST_CASE("a reader that hangs up ends the command quietly") {
  PriceBench bench;
  const Outcome outcome = bench.run({.arguments = {"BTC/USDT"}, .output = Output::closed});
  CHECK(outcome.exit_code == 141);
  CHECK(outcome.err.empty());
}

TEST_CASE("a full disk is an error") {
  PriceBench bench;
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"price", "BTC/USDT"}, {"--help"}, {"--version"}}) {
    const Outcome outcome = bench.sandbox.run({.arguments = arguments, .output = Output::full});
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err == "btcw: cannot write to standard output: No space left on device\n");
  }
}

TEST_CASE("common options stand before and after the command") {
  PriceBench bench;
  bench.exchange.stop();
  struct Case {
    std::vector<std::string> arguments;
  };
  const auto row = GENERATE(values<Case>({
      {{"--log-format", "json", "price", "BTC/USDT"}},
      {{"price", "--log-format=json", "BTC/USDT"}},
      {{"price", "BTC/USDT", "--log-format", "json"}},
  }));
  const Outcome outcome = bench.sandbox.run(row.arguments);
  CHECK(outcome.exit_code == 4);
  const auto line = nlohmann::json::parse(outcome.err);
  CHECK(line["level"] == "error");
  CHECK_THAT(line["msg"].get<std::string>(), StartsWith("BTC/USDT: "));
  CHECK_THAT(line["time"].get<std::string>(), StartsWith("20"));
}

TEST_CASE("option --config replaces the usual files, and later ones win") {
  PriceBench bench;
  const auto one = bench.sandbox.write_file(
      "one.toml", "[general]\nsymbols = [\"demo:A/USDT\"]\nquote = \"EUR\"\n");
  const auto two = bench.sandbox.write_file("two.toml", "[general]\nsymbols = [\"demo:B\"]\n");
  const Outcome outcome = bench.sandbox.run(
      {"--config", one.string(), "price", "--config", two.string(), "--template", "{symbol}"});
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == "B/EUR\n");

  CHECK(bench.sandbox.run({"price", "BTC", "--config", "/nowhere.toml"}).exit_code == 2);
}

TEST_CASE("a wrong configuration ends with 2, the place and the nearest key") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[price]\nmax_agee = \"5s\"\n");
  const Outcome outcome = sandbox.run({"price", "BTC/USDT"});
  CHECK(outcome.exit_code == 2);
  CHECK_THAT(outcome.err, Contains("config.toml:2") && Contains("max_age"));
}
