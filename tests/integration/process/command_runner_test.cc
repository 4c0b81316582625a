// Real commands, from the one that does not exist to the one that does not end.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/command_fixture.h"
#include "support/written_file.h"

using btcw::CommandEnd;
using btcw::CommandOutcome;
using btcw::CommandRun;
using btcw::Environment;
using btcw::Errc;
using btcw::milliseconds;
using btcw::Result;
using btcw::seconds;
using btcw::test::CommandFixture;
using btcw::test::TempFolder;
using btcw::test::written;

TEST_CASE("a command's exit code and output are handed over") {
  struct Case {
    std::string script;
    CommandEnd end;
    int exit_code;
    std::string output;
  };
  const auto row = GENERATE(values<Case>({
      {"true", CommandEnd::exited, 0, ""},
      {"exit 75", CommandEnd::exited, 75, ""},
      {"echo out; echo err >&2; exit 3", CommandEnd::exited, 3, "out\nerr\n"},
      {"kill -TERM $$", CommandEnd::signalled, 143, ""},
      {"kill -KILL $$", CommandEnd::signalled, 137, ""},
      {"exec >&- 2>&-; sleep 0.05; exit 4", CommandEnd::exited, 4, ""},
  }));
  CAPTURE(row.script);
  const CommandFixture commands;

  const auto outcome = commands.run_shell(row.script);

  REQUIRE(outcome.has_value());
  CHECK(outcome->end == row.end);
  CHECK(outcome->exit_code == row.exit_code);
  CHECK(outcome->output == row.output);
}

TEST_CASE("a command gets its words as they are, its input, and our environment with its own") {
  const CommandFixture commands{
      Environment{{{"PATH", "/usr/bin:/bin"}, {"OURS", "yes"}, {"BOTH", "ours"}}}};
  const auto outcome = commands.run(
      {.words = {"sh", "-c", R"(printf '%s|' "$@"; cat; printf '|%s|%s|%s' $OURS "$BOTH" "$OWN")",
                 "name", "two words", "$HOME", "*", ""},
       .variables = {{"BOTH", "its own"}, {"OWN", "line\nend"}},
       .input = std::string{"in\0put", 6}});
  REQUIRE(outcome.has_value());
  CHECK(outcome->output == std::string{"two words|$HOME|*||in\0put|yes|its own|line\nend", 46});
}

TEST_CASE(
    "a megabyte of input reaches a command that reads it, and does not mind one that does not") {
  const CommandFixture commands;
  const std::string input(1024 * 1024, 'x');
  const auto reads = commands.run({.words = {"wc", "-c"}, .input = input});
  REQUIRE(reads.has_value());
  CHECK(reads->output == "1048576\n");
  const auto closes = commands.run({.words = {"sh", "-c", "exec <&-; echo ok"}, .input = input});
  REQUIRE(closes.has_value());
  CHECK(closes->output == "ok\n");
  const auto leaves = commands.run({.words = {"true"}, .input = input});
  CHECK(leaves->exit_code == 0);
}

TEST_CASE("of a huge output the beginning is kept and the command runs to its end") {
  const CommandFixture commands;
  const auto outcome = commands.run(
      {.words = {"sh", "-c", "head -c 20000000 /dev/zero; exit 5"}, .max_output_bytes = 1000});
  REQUIRE(outcome.has_value());
  CHECK(outcome->exit_code == 5);
  CHECK(outcome->output == std::string(1000, '\0'));
}

TEST_CASE("what cannot be run is an error that says so") {
  static const TempFolder kFolder;  // the rows are made once
  const auto not_executable = written(kFolder, "plain", "#!/bin/sh\n");
  const auto no_interpreter = written(kFolder, "lost", "#!/nonexistent/interpreter\n");
  const auto no_format = written(kFolder, "text", "just text\n");
  std::filesystem::permissions(no_interpreter, std::filesystem::perms::owner_all);
  std::filesystem::permissions(no_format, std::filesystem::perms::owner_all);
  struct Case {
    std::string why;
    CommandRun run;
    Errc code;
    std::string message;
  };
  const auto row = GENERATE_COPY(values<Case>({
      {"no such name",
       {.words = {"btcw-no-such"}},
       Errc::not_found,
       "no such program in $PATH: \"btcw-no-such\""},
      {"no such path",
       {.words = {"/nonexistent/x"}},
       Errc::not_found,
       "no such program: \"/nonexistent/x\""},
      {"a folder", {.words = {"/tmp"}}, Errc::not_found, "no such program: \"/tmp\""},
      {"not executable", {.words = {not_executable}}, Errc::not_found, "no such program"},
      {"its interpreter is lost",
       {.words = {no_interpreter}},
       Errc::not_found,
       "cannot be started: No such file or directory"},
      {"no program",
       {.words = {no_format}},
       Errc::invalid_input,
       "cannot be started: Exec format error"},
      {"no word", {.words = {}}, Errc::invalid_input, "the command is empty"},
      {"an empty word", {.words = {""}}, Errc::invalid_input, "the command is empty"},
      {"a NUL in a word",
       {.words = {"echo", std::string{"a\0b", 3}}},
       Errc::invalid_input,
       "the command or a variable of it holds a NUL"},
      {"a NUL in a variable",
       {.words = {"true"}, .variables = {{"A", std::string{"\0", 1}}}},
       Errc::invalid_input,
       "the command or a variable of it holds a NUL"},
      {"no variable's name",
       {.words = {"true"}, .variables = {{"A=B", "c"}}},
       Errc::invalid_input,
       "the command or a variable of it holds a NUL"},
      {"more than the system takes",
       {.words = {"true"}, .variables = {{"A", std::string(200'000, 'x')}}},
       Errc::invalid_input,
       "cannot be started: Argument list too long"},
  }));
  CAPTURE(row.why);
  const CommandFixture commands;

  bool inside_start = true;
  std::optional<Result<CommandOutcome>> outcome;
  commands.runner->start(row.run, [&](Result<CommandOutcome> result) {
    CHECK_FALSE(inside_start);
    outcome = std::move(result);
  });
  inside_start = false;
  commands.finish_all();

  REQUIRE(outcome.has_value());
  REQUIRE_FALSE(outcome->has_value());
  CHECK(outcome->error().code == row.code);
  CHECK(outcome->error().message.find(row.message) != std::string::npos);
}

TEST_CASE("a command starts with usual signals and no descriptor but its three") {
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  struct sigaction before {};
  ::sigaction(SIGUSR2, &ignored, &before);
  const int open_here = ::dup(STDIN_FILENO);  // without O_CLOEXEC
  const CommandFixture commands;
  const auto outcome = commands.run_shell(
      "ls /proc/self/fd | wc -l; for set in SigBlk SigIgn; do "
      "grep $set /proc/self/status | cut -f 2; done");
  ::close(open_here);
  ::sigaction(SIGUSR2, &before, nullptr);
  REQUIRE(outcome.has_value());
  std::istringstream lines{outcome->output};
  int descriptors = 0;
  std::uint64_t blocked = 0;
  std::uint64_t ignored_there = 0;
  lines >> std::dec >> descriptors >> std::hex >> blocked >> ignored_there;
  CHECK(descriptors == 4);  // ls has the folder open as its fourth
  CHECK(blocked == 0);
  // Signals 32 and 33 are the C library's own.
  CHECK((ignored_there & 0x7fff'ffffU) == 0);
}

TEST_CASE("one command that hangs does not hold up another") {
  const CommandFixture commands;
  bool hung_is_over = false;
  commands.runner->start({.words = {"sleep", "100"}},
                         [&](const Result<CommandOutcome>&) { hung_is_over = true; });
  const auto begin = commands.clock.steady_now();
  CHECK(commands.run_shell("echo quick")->output == "quick\n");
  CHECK(commands.clock.steady_now() - begin < seconds{10});
  CHECK_FALSE(hung_is_over);
}

TEST_CASE("a callback may start the next command") {
  const CommandFixture commands;
  std::vector<int> codes;
  commands.runner->start({.words = {"btcw-no-such"}}, [&](const Result<CommandOutcome>& first) {
    codes.push_back(first.has_value() ? 0 : -1);
    commands.runner->start({.words = {"btcw-no-such"}}, [&](const Result<CommandOutcome>&) {
      commands.runner->start({.words = {"sh", "-c", "exit 7"}},
                             [&](const Result<CommandOutcome>& last) {
                               codes.push_back(last.has_value() ? last->exit_code : -1);
                             });
    });
  });
  commands.finish_all();
  CHECK(codes == std::vector<int>{-1, 7});
}
