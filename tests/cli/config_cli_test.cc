#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "support/run_btcw.h"

using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::Output;
using btcw::test::Sandbox;
using nlohmann::json;

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("config check is silent when all is right") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  for (const char* text : {"", "cache.ttl = \"1m\""}) {
    sandbox.write_config(text);
    const Outcome outcome = sandbox.run({"config", "check"});
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.empty());
  }
  const Outcome verbose = sandbox.run({"-v", "config", "check"});
  CHECK(verbose.exit_code == 0);
  CHECK(verbose.out.empty());
  CHECK_THAT(verbose.err, Catch::Contains((sandbox.root() / "config/btcw/config.toml").string()));
}

TEST_CASE("config check tells everything that is wrong, one line each, and exits 2") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string first =
      sandbox.write_file("1.toml", "[cache]\ntll = \"1m\"\nkeep = 7").string();
  const std::string second = sandbox.write_file("2.toml", "exchanges = [").string();
  const Outcome outcome =
      sandbox.run({.arguments = {"config", "check", "--config", first, "--config", second},
                   .environment = {{"BTCW__PRICE__MAX_AGE", "soon"}}});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  std::istringstream lines{outcome.err};
  std::string line;
  std::getline(lines, line);
  CHECK(line == first + ":2:1: unknown key 'cache.tll': did you mean 'cache.ttl'?");
  std::getline(lines, line);
  CHECK_THAT(line, Catch::StartsWith(first + ":3:8: cache.keep: expected a duration"));
  std::getline(lines, line);
  CHECK_THAT(line, Catch::StartsWith(second + ":1:14: not TOML: "));
  std::getline(lines, line);
  CHECK_THAT(line, Catch::StartsWith("BTCW__PRICE__MAX_AGE: price.max_age: "));
  CHECK_FALSE(std::getline(lines, line));
}

TEST_CASE("config check warns of a secret that others can read, and keeps it to itself") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[proxy]\nuser = \"me\"\npassword = \"hunter2\"\n");
  const auto path = sandbox.root() / "config/btcw/config.toml";
  ::chmod(path.c_str(), 0644);
  const Outcome loud = sandbox.run({"config", "check"});
  CHECK(loud.exit_code == 0);
  CHECK(loud.err == path.string() + ":3:12: warning: proxy.password stands in a file that can be " +
                        "read by others: chmod 600 " + path.string() + "\n");
  CHECK(sandbox.run({"config", "check", "--quiet"}).err.empty());
  ::chmod(path.c_str(), 0600);
  CHECK(sandbox.run({"config", "check"}).err.empty());
}

TEST_CASE("config check fetches secrets, config show does not") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[proxy]\nuser = \"me\"\npassword_command = \"false\"\n");
  const Outcome check = sandbox.run({"config", "check"});
  CHECK(check.exit_code == 2);
  CHECK_THAT(check.err,
             Catch::Contains("proxy.password_command: the command failed with status 1"));
  CHECK(sandbox.run({"config", "show"}).exit_code == 0);
}

TEST_CASE("config check writes JSON lines where they are asked for") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("x = 1");
  const Outcome outcome = sandbox.run({"--log-format", "json", "config", "check"});
  const json line = json::parse(outcome.err);
  CHECK(line["level"] == "error");
  CHECK_THAT(line["where"].get<std::string>(), Catch::EndsWith("config.toml:1:1"));
}

TEST_CASE("config show prints what is in force, and it reads back the same") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config(
      "exchanges = [\"okx\"]\ngeneral.symbols = [\"btc-usd\"]\n[proxy]\nuser = \"me\"\n"
      "password_file = \"secret\"\nurl = \"http://p:1\"\n[exchange.okx]\nrest_url = "
      "\"http://x/\"\n");
  const Outcome first = sandbox.run({"config", "show"});
  REQUIRE(first.exit_code == 0);
  CHECK(first.err.empty());
  CHECK_THAT(first.out, Catch::StartsWith("exchanges = [\"okx\"]\n\n[general]\nquote = \"USDT\"\n"
                                          "symbols = [\"BTC/USD\"]\n"));
  CHECK_THAT(first.out, Catch::Contains("\n[exchange.okx]\nenabled = true\n"
                                        "rest_url = \"http://x\"\nws_url = \"\"\n"));

  const auto again = sandbox.write_file("again.toml", first.out);
  for (const char* flag : {"--color=never", "--origin"}) {
    const Outcome shown = sandbox.run({"config", "show", "--config", again.string(), flag});
    CHECK(shown.exit_code == 0);
    const auto third = sandbox.write_file("third.toml", shown.out);
    CHECK(sandbox.run({"config", "show", "--config", third.string()}).out == first.out);
  }
}

TEST_CASE("config show never prints a secret") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[proxy]\nuser = \"me\"\npassword = \"hunter2\"\n");
  for (const auto& arguments : {std::vector<std::string>{"config", "show"},
                                {"config", "show", "--origin"},
                                {"config", "show", "--json"},
                                {"config", "show", "--json", "--origin"}}) {
    const Outcome outcome = sandbox.run(arguments);
    CHECK(outcome.exit_code == 0);
    CHECK_THAT(outcome.out, Catch::Contains("********"));
    CHECK_THAT(outcome.out + outcome.err, !Catch::Contains("hunter2"));
  }
  CHECK_THAT(sandbox.run({"config", "show"}).out, Catch::Contains("\n#password = \"********\"\n"));
}

TEST_CASE("config show --origin tells where each value comes from") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[cache]\nttl = \"1m\"\n");
  const std::string file = (sandbox.root() / "config/btcw/config.toml").string();
  const Invocation text{.arguments = {"config", "show", "--origin"},
                        .environment = {{"BTCW__PRICE__MAX_AGE", "2m"}}};
  const std::string out = sandbox.run(text).out;
  CHECK_THAT(out, Catch::Contains("ttl = \"1m\"  # " + file + ":2\n"));
  CHECK_THAT(out, Catch::Contains("max_age = \"2m\"  # BTCW__PRICE__MAX_AGE\n"));
  CHECK_THAT(out, Catch::Contains("max_entries = 4096  # default\n"));
}

TEST_CASE("config show --json prints one object, and with origins a list") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[cache]\nttl = \"1m\"\n[exchange.okx]\nenabled = false\n");
  const json all = json::parse(sandbox.run({"config", "show", "--json"}).out);
  CHECK(all["cache"]["ttl"] == "1m");
  CHECK(all["cache"]["max_entries"] == 4096);
  CHECK(all["exchange"]["okx"]["enabled"] == false);
  CHECK(all["exchanges"].is_array());
  CHECK(all["general"]["state_dir"] == (sandbox.root() / "state/btcw").string());

  const json list = json::parse(sandbox.run({"config", "show", "--json", "--origin"}).out);
  REQUIRE(list.is_array());
  CHECK(list[0]["key"] == "exchanges");
  CHECK(list[0]["origin"] == "default");
}

TEST_CASE("config show of a wrong configuration prints the errors only") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("x = 1");
  const Outcome outcome = sandbox.run({"config", "show"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Catch::Contains("config.toml:1:1: unknown key 'x'"));
}

TEST_CASE("config init writes the example where there is nothing") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  std::filesystem::remove_all(sandbox.root() / "config");
  const auto path = sandbox.root() / "config/btcw/config.toml";

  const Outcome outcome = sandbox.run({"config", "init"});

  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == path.string() + "\n");
  CHECK(outcome.err.empty());
  CHECK(text_of(path) == text_of(BTCW_SOURCE_DIR "/config.example.toml"));
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(path.parent_path()) == 0700);
  CHECK(sandbox.run({"config", "check"}).exit_code == 0);
}

TEST_CASE("config init never touches what is there") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("mine");
  const auto link = sandbox.root() / "link.toml";
  std::filesystem::create_symlink(sandbox.root() / "target", link);
  for (const auto& path : {sandbox.root() / "config/btcw/config.toml", link, sandbox.root()}) {
    CAPTURE(path);
    const Outcome outcome = sandbox.run({"config", "init", "--path", path.string()});
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Catch::Contains("is there already"));
  }
  CHECK(text_of(sandbox.root() / "config/btcw/config.toml") == "mine");
  CHECK_FALSE(std::filesystem::exists(sandbox.root() / "target"));
}

TEST_CASE("config init writes to the file that --path or --config names") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string a = (sandbox.root() / "deep/er/a.toml").string();
  const std::string b = (sandbox.root() / "b.toml").string();
  CHECK(sandbox.run({"config", "init", "--path", a}).out == a + "\n");
  CHECK(sandbox.run({"config", "init", "--config", b}).out == b + "\n");
  CHECK(mode_of(sandbox.root() / "deep") == 0700);
  CHECK(sandbox.run({"config", "init", "--path", a + "/x"}).exit_code != 0);
  CHECK(sandbox.run({"config", "init", "--path", "/dev/full/x"}).exit_code != 0);
}

TEST_CASE("config without a verb, or with an unknown one, is a usage error") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  CHECK(sandbox.run({"config"}).exit_code == 2);
  CHECK(sandbox.run({"config", "chekc"}).exit_code == 2);
  CHECK(sandbox.run({"config", "show", "--orign"}).exit_code == 2);
  CHECK(sandbox.run({"config", "--help"}).exit_code == 0);
}

TEST_CASE("config show into a full disk fails") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Outcome outcome =
      sandbox.run(Invocation{.arguments = {"config", "show"}, .output = Output::full});
  CHECK(outcome.exit_code == 1);
}
