#include "btcw/process/command_words.h"

#include <algorithm>
#include <optional>

namespace btcw {
namespace {

Error wrong(const char* what) { return {Errc::invalid_input, what}; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The words so far and the one being read.
struct Words {
  std::vector<std::string> done = {};
  std::optional<std::string> current = std::nullopt;

  void add(char c) {
    if (!current) current.emplace();
    *current += c;
  }
  void end() {
    if (current) done.push_back(*std::move(current));
    current.reset();
  }
};

// Reads a quoted part that starts at `at`; returns where it ends, npos when it does not.
std::size_t read_quoted(std::string_view command, std::size_t at, Words& words) {
  const char quote = command[at];
  if (!words.current) words.current.emplace();
  for (++at; at < command.size() && command[at] != quote; ++at) {
    const char next = at + 1 < command.size() ? command[at + 1] : '\0';
    if (quote == '"' && command[at] == '\\' && (next == '"' || next == '\\')) ++at;
    words.add(command[at]);
  }
  return at < command.size() ? at + 1 : std::string_view::npos;
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
  if (command.find('\0') != std::string_view::npos) return wrong("a command cannot hold a NUL");
  Words words;
  for (std::size_t at = 0; at < command.size();) {
    const char c = command[at];
    if (is_space(c)) {
      words.end();
      ++at;
    } else if (c == '\'' || c == '"') {
      at = read_quoted(command, at, words);
      if (at == std::string_view::npos) return wrong("a quote in the command is not closed");
    } else if (c == '\\') {
      if (at + 1 == command.size()) return wrong("the command ends with a backslash");
      words.add(command[at + 1]);
      at += 2;
    } else {
      words.add(c);
      ++at;
    }
  }
  words.end();
  if (words.done.empty() || words.done.front().empty()) return wrong("the command is empty");
  return std::move(words.done);
}

std::string join_command(std::span<const std::string> words) {
  std::string command;
  for (const std::string& word : words) {
    if (!command.empty()) command += ' ';
    const bool is_plain = !word.empty() && std::none_of(word.begin(), word.end(), [](char c) {
      return is_space(c) || c == '\'' || c == '"' || c == '\\';
    });
    if (is_plain) {
      command += word;
      continue;
    }
    command += '"';
    for (const char c : word) {
      if (c == '"' || c == '\\') command += '\\';
      command += c;
    }
    command += '"';
  }
  return command;
}

}  // namespace btcw
