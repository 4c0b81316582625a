// The crontab lines of the README in the environment that cron gives them.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "notify_desk.h"

using btcw::test::Outcome;
using btcw::test::Sandbox;
using btcw::test::text_of;

namespace {

/// The commands of the lines of a crontab in README.md.
std::vector<std::string> crontab_commands() {
  std::ifstream readme{BTCW_SOURCE_DIR "/README.md"};
  std::vector<std::string> commands;
  const std::regex row{R"( *(?:[0-9*/,-]+ +){5}(/usr/local/bin/btcw .*))"};
  std::smatch match;
  for (std::string line; std::getline(readme, line);) {
    if (std::regex_match(line, match, row)) commands.push_back(match[1]);
  }
  return commands;
}

std::string with(std::string text, const std::string& part, const std::string& other) {
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + other.size())) {
    text.replace(at, part.size(), other);
  }
  return text;
}

}  // namespace

TEST_CASE("the crontab lines of the README work in cron's environment, without a word") {
  const auto commands = crontab_commands();
  REQUIRE(commands.size() >= 2);
  const Sandbox env{"/usr/bin/env"};
  const std::string home = "HOME=" + env.root().string();
  const auto run = [&](const std::string& command) {
    return env.run({"-i", home, "LOGNAME=me", "PATH=/usr/bin:/bin", "SHELL=/bin/sh", "/bin/sh",
                    "-c", with(command, "/usr/local/bin/btcw", BTCW_EXECUTABLE)});
  };
  REQUIRE(run("/usr/local/bin/btcw notify 'to be drained' >/dev/null").exit_code == 0);
  for (const std::string& command : commands) {
    CAPTURE(command);
    const Outcome outcome = run(command);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.empty());
  }
  CHECK(run("/usr/local/bin/btcw queue-drain").exit_code == 0);
  const std::string delivered = text_of(env.root() / ".local/state/btcw/notifications.ndjson");
  CHECK(delivered.find("to be drained") != std::string::npos);
}
