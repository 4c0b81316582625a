// How commands end: by themselves, at their time limit, with the runner, in great numbers.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "support/command_fixture.h"
#include "support/temp_folder.h"

using btcw::CommandEnd;
using btcw::CommandOutcome;
using btcw::CommandRunnerOptions;
using btcw::Environment;
using btcw::Errc;
using btcw::milliseconds;
using btcw::Result;
using btcw::seconds;
using btcw::test::CommandFixture;
using btcw::test::TempFolder;

namespace {

const Environment& plain_environment() {
  static const Environment kEnvironment{{{"PATH", "/usr/bin:/bin"}}};
  return kEnvironment;
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"},
                       std::filesystem::directory_iterator{});
}

bool has_children() {
  siginfo_t info = {};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

pid_t pid_in(const std::filesystem::path& file) {
  pid_t pid = 0;
  std::ifstream{file} >> pid;
  return pid;
}

// A process that was killed may still be around for a moment, or as somebody's zombie.
bool is_gone_soon(pid_t pid) {
  for (int i = 0; i < 500; ++i) {
    std::string state;
    std::ifstream status{"/proc/" + std::to_string(pid) + "/stat"};
    std::string ignored;
    if (!(status >> ignored >> ignored >> state) || state == "Z") return true;
    std::this_thread::sleep_for(milliseconds{10});
  }
  return false;
}

}  // namespace

TEST_CASE("a command whose time is up is ended with all that it started") {
  const TempFolder folder;
  const std::string pid_file = folder / "pid";
  struct Case {
    std::string why;
    std::string script;  // FILE stands for the file of the child's pid
  };
  const auto row = GENERATE(values<Case>({
      {"it sleeps", "echo begun; echo $$ > FILE; exec sleep 100"},
      {"its child sleeps", "echo begun; sleep 100 & echo $! > FILE; wait"},
      {"it ignores the request", "echo begun; trap '' TERM; echo $$ > FILE; sleep 100; sleep 100"},
      {"it goes, its child ignores the request",
       "echo begun; (trap '' TERM; exec sleep 100) & echo $! > FILE; wait"},
      {"it stands still", "echo begun; echo $$ > FILE; kill -STOP $$"},
  }));
  CAPTURE(row.why);
  std::string script = row.script;
  script.replace(script.find("FILE"), 4, pid_file);
  const CommandFixture commands{plain_environment(), {.grace = milliseconds{100}}};

  const auto outcome = commands.run_shell(script, milliseconds{700});

  REQUIRE(outcome.has_value());
  CHECK(outcome->end == CommandEnd::timed_out);
  CHECK(outcome->output == "begun\n");
  CHECK(is_gone_soon(pid_in(pid_file)));
  CHECK_FALSE(has_children());
}

TEST_CASE("what a command leaves running in the background neither holds it up nor is ended") {
  const TempFolder folder;
  const std::string pid_file = folder / "pid";
  const CommandFixture commands;
  const auto begin = commands.clock.steady_now();

  // The background process keeps stdout open.
  const auto outcome = commands.run_shell("sleep 100 & echo $! > " + pid_file + "; echo done");

  REQUIRE(outcome.has_value());
  CHECK(outcome->output == "done\n");
  CHECK(commands.clock.steady_now() - begin < seconds{20});
  const pid_t background = pid_in(pid_file);
  REQUIRE(background > 1);
  CHECK(::kill(background, 0) == 0);
  ::kill(background, SIGKILL);
}

TEST_CASE("a command that prints without end is still ended at its time") {
  const CommandFixture commands{plain_environment(), {.grace = milliseconds{100}}};
  const auto outcome =
      commands.run({.words = {"yes"}, .timeout = milliseconds{300}, .max_output_bytes = 10});
  REQUIRE(outcome.has_value());
  CHECK(outcome->end == CommandEnd::timed_out);
  CHECK(outcome->output == "y\ny\ny\ny\ny\n");
}

TEST_CASE("the runner ends what still runs when it goes, without a call") {
  const TempFolder folder;
  const std::string pid_file = folder / "pid";
  {
    const CommandFixture commands;
    commands.runner->start(
        {.words = {"sh", "-c", "trap '' TERM; echo $$ > " + pid_file + "; sleep 100; sleep 100"}},
        [](const Result<CommandOutcome>&) { FAIL("called"); });
    commands.runner->start({.words = {"sleep", "100"}},
                           [](const Result<CommandOutcome>&) { FAIL("called"); });
    while (pid_in(pid_file) == 0) commands.step(commands.clock.steady_now() + milliseconds{5});
  }
  CHECK(is_gone_soon(pid_in(pid_file)));
  CHECK_FALSE(has_children());
}

TEST_CASE("a thousand commands leave neither zombies nor descriptors behind") {
  const auto before = open_descriptors();
  {
    const CommandFixture commands;
    std::size_t done = 0;
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 50; ++i) {
        commands.runner->start(
            {.words = {"sh", "-c", "cat; exit 3"}, .input = "x"},
            [&](const Result<CommandOutcome>& outcome) {
              done += outcome && outcome->exit_code == 3 && outcome->output == "x" ? 1U : 0U;
            });
      }
      commands.finish_all();
    }
    CHECK(done == 1000);
    CHECK(commands.runner->next_deadline() == btcw::SteadyTime::max());
  }
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}

TEST_CASE("a lost exit code is an error, not a success") {
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  struct sigaction before {};
  ::sigaction(SIGCHLD, &ignored, &before);
  const CommandFixture commands;
  const auto outcome = commands.run_shell("exit 0");
  ::sigaction(SIGCHLD, &before, nullptr);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().code == Errc::unavailable);
}
