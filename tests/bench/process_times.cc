// process_times RUNS COMMAND...: times whole processes in turn (A B C A B C …), so that a drift of
// the machine meets all of them alike, and prints each one's minimum, median and 90th percentile
// with the ratio of its median to the first one's. A command is split at spaces; it gets no shell,
// its stdin and stdout are /dev/null.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

struct Command {
  std::string text;
  std::vector<std::string> words;
  std::vector<double> times = {};
  int failures = 0;
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Runs it once; false when it cannot be started or ends with another code than 0.
bool run(Command& command, posix_spawn_file_actions_t& actions, char** environment) {
  std::vector<char*> argv;
  for (auto& word : command.words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto start = Clock::now();
  pid_t child = 0;
  if (posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environment) != 0) return false;
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
  }
  command.times.push_back(Milliseconds{Clock::now() - start}.count());
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

int main(int argc, char** argv, char** environment) {
  const int runs = argc > 2 ? std::atoi(argv[1]) : 0;
  if (runs < 1) {
    fmt::print(stderr, "usage: process_times RUNS COMMAND...\n");
    return 2;
  }
  std::vector<Command> commands;
  for (int i = 2; i < argc; ++i) commands.push_back({.text = argv[i], .words = split(argv[i])});
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int i = 0; i < runs; ++i) {
    for (auto& command : commands) command.failures += run(command, actions, environment) ? 0 : 1;
  }
  posix_spawn_file_actions_destroy(&actions);
  double first = 0;
  fmt::print("{:>8} {:>8} {:>8} {:>6}  command ({} runs, ms)\n", "min", "median", "p90", "ratio",
             runs);
  for (auto& command : commands) {
    if (command.times.empty()) {
      fmt::print("cannot be started: {}\n", command.text);
      return 1;
    }
    std::sort(command.times.begin(), command.times.end());
    const auto at = [&](double part) {
      return command
          .times[static_cast<std::size_t>(part * static_cast<double>(command.times.size() - 1))];
    };
    if (first == 0) first = at(0.5);
    fmt::print("{:8.3f} {:8.3f} {:8.3f} {:6.2f}  {}{}\n", at(0), at(0.5), at(0.9), at(0.5) / first,
               command.text,
               command.failures > 0 ? fmt::format("  [{} failed]", command.failures) : "");
  }
  return 0;
}
