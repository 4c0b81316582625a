// The manual page and the completions say what --help says, for every command there is.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/run_btcw.h"

namespace {

using btcw::test::Sandbox;

using Words = std::set<std::string>;
/// The long options of each command, those of its own subcommands among them; "" has the common
/// ones.
using Options = std::map<std::string, Words>;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream{text};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> lines_of_file(const std::string& name) {
  std::ifstream stream{BTCW_SOURCE_DIR "/cli/" + name};
  REQUIRE(stream);
  std::ostringstream text;
  text << stream.rdbuf();
  return lines_of(text.str());
}

void add_matches(const std::string& text, const std::regex& pattern, Words& words) {
  for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at) {
    words.insert((*at)[1]);
  }
}

/// What one --help lists.
struct Help {
  std::vector<std::string> commands;
  Words options;
};

Help read_help(const Sandbox& sandbox, std::vector<std::string> path) {
  path.emplace_back("--help");
  const std::string text = sandbox.run(path).out;
  Help help;
  std::string section;
  std::smatch match;
  for (const std::string& line : lines_of(text)) {
    if (std::regex_match(line, match, std::regex{"([A-Z][a-z ]*):"})) section = match[1];
    if (section == "Commands" && std::regex_search(line, match, std::regex{"^  ([a-z-]+)  "})) {
      help.commands.push_back(match[1]);
    }
    const bool own = section == "Options" || section == "Arguments";
    if (own && std::regex_search(line, match, std::regex{"^  (?:-., |    )--([a-z-]+)"})) {
      help.options.insert(match[1]);
    }
  }
  return help;
}

void add_help(const Sandbox& sandbox, const std::vector<std::string>& path, Options& options) {
  const Help help = read_help(sandbox, path);
  Words& words = options[path.empty() ? "" : path.front()];
  words.insert(help.options.begin(), help.options.end());
  if (!path.empty()) words.erase("help");
  for (const std::string& command : help.commands) {
    auto longer = path;
    longer.push_back(command);
    add_help(sandbox, longer, options);
  }
}

Options options_in_help() {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  Options options;
  add_help(sandbox, {}, options);
  return options;
}

/// A manual page's sections are ".Ss btcw price" and ".Ss btcw token issue".
Options options_in_manual() {
  Options options;
  std::string command;
  bool in_command = false;
  std::smatch match;
  for (const std::string& line : lines_of_file("man/btcw.1")) {
    if (line.starts_with(".Ss ") || line.starts_with(".Sh ")) {
      in_command = line == ".Ss Common options";
      command = "";
      if (std::regex_match(line, match, std::regex{R"(\.Ss btcw ([a-z-]+).*)"})) {
        command = match[1];
        in_command = true;
      }
      if (in_command) options[command];
    }
    if (in_command && line.starts_with(".It ")) {
      add_matches(line, std::regex{"Fl -([a-z-]+)"}, options[command]);
    }
  }
  return options;
}

Options options_in_bash() {
  Options options;
  std::smatch match;
  for (const std::string& line : lines_of_file("completions/btcw.bash")) {
    if (!std::regex_match(line, match, std::regex{R"( +'?([a-z-]*)[a-z -]*'?\) echo '(.*)' ;;)"}))
      continue;
    add_matches(match[2], std::regex{"--([a-z-]+)"}, options[match[1]]);
  }
  return options;
}

Options options_in_zsh() {
  Options options;
  std::string command;
  bool inside = false;
  std::smatch match;
  for (const std::string& line : lines_of_file("completions/_btcw")) {
    if (line == "common=(") {
      command = "";
      inside = true;
    } else if (std::regex_match(line, match,
                                std::regex{R"(_btcw_([a-z-]+)(?:_[a-z-]+)?\(\) \{)"})) {
      command = match[1];
      inside = true;
    } else if (line == ")" || line == "}") {
      inside = false;
    }
    if (!inside) continue;
    options[command];
    // The option itself stands before its '['; what stands in "( )" is what it excludes.
    add_matches(line, std::regex{R"(--([a-z-]+)\}?'?\[)"}, options[command]);
  }
  return options;
}

Options options_in_fish() {
  Options options;
  std::smatch match;
  for (const std::string& line : lines_of_file("completions/btcw.fish")) {
    if (!line.starts_with("complete ")) continue;
    std::string command;
    if (std::regex_search(line, match, std::regex{"__fish_seen_subcommand_from ([a-z-]+)"})) {
      command = match[1];
    }
    if (std::regex_search(line, match, std::regex{" -l ([a-z-]+)"}))
      options[command].insert(match[1]);
  }
  return options;
}

std::string shown(const Options& options) {
  std::string text;
  for (const auto& [command, words] : options) {
    text += command + ":";
    for (const std::string& word : words) text += " --" + word;
    text += "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("the manual page has the options of --help and no others") {
  CHECK(shown(options_in_manual()) == shown(options_in_help()));
}

TEST_CASE("the completions have the options of --help and no others") {
  const std::string help = shown(options_in_help());
  CHECK(shown(options_in_bash()) == help);
  CHECK(shown(options_in_zsh()) == help);
  CHECK(shown(options_in_fish()) == help);
}

TEST_CASE("the completions are read by their shells") {
  for (const std::string command :
       {"bash -n " BTCW_SOURCE_DIR "/cli/completions/btcw.bash",
        "! command -v zsh >/dev/null || zsh -n " BTCW_SOURCE_DIR "/cli/completions/_btcw",
        "! command -v fish >/dev/null || fish -n " BTCW_SOURCE_DIR "/cli/completions/btcw.fish",
        "! command -v mandoc >/dev/null || mandoc -Tlint -Wwarning " BTCW_SOURCE_DIR
        "/cli/man/btcw.1"}) {
    CAPTURE(command);
    // NOLINTNEXTLINE(cert-env33-c): fixed text
    CHECK(std::system(command.c_str()) == 0);
  }
}
