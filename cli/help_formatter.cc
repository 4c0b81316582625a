#include "help_formatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

namespace btcw::cli {
namespace {

constexpr std::size_t kWidestName = 30;
constexpr std::size_t kWidth = 100;

struct Line {
  std::string name;
  std::string help;
};

struct Section {
  std::string title;
  std::vector<Line> lines;
};

std::string option_name(const CLI::Option& option) {
  std::string name;
  for (const std::string& letter : option.get_snames()) name += "-" + letter + ", ";
  if (name.empty()) name = "    ";
  for (const std::string& word : option.get_lnames()) name += "--" + word + ", ";
  name.resize(name.size() - 2);
  if (const std::string text = option.get_type_name(); !text.empty()) name += " " + text;
  return name;
}

std::vector<Line> option_lines(const CLI::App& app) {
  std::vector<Line> lines;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->nonpositional() || option->get_group().empty()) continue;
    lines.push_back({option_name(*option), option->get_description()});
  }
  return lines;
}

std::vector<Line> argument_lines(const CLI::App& app) {
  std::vector<Line> lines;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional() || option->nonpositional()) continue;
    lines.push_back({option->get_name(true), option->get_description()});
  }
  return lines;
}

std::vector<Line> command_lines(const CLI::App& app) {
  std::vector<Line> lines;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    lines.push_back({command->get_name(), command->get_description()});
  }
  return lines;
}

std::string usage(const CLI::App& app) {
  std::string path = app.get_name();
  for (const CLI::App* parent = app.get_parent(); parent != nullptr;
       parent = parent->get_parent()) {
    path = parent->get_name() + " " + path;
  }
  path += " [OPTION]...";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional() || option->nonpositional()) continue;
    const bool several = option->get_items_expected_max() > 1;
    path += option->get_required() ? " " : " [";
    path += option->get_name(true);
    if (!option->get_required()) path += "]";
    if (several) path += "...";
  }
  if (!command_lines(app).empty()) path += " COMMAND";
  return path;
}

/// Breaks `text` at spaces so that no line is longer than what is left of the width.
void append_wrapped(std::string_view text, std::size_t indent, std::string& out) {
  const std::size_t room = kWidth - indent;
  while (text.size() > room) {
    std::size_t cut = text.rfind(' ', room);
    if (cut == std::string_view::npos || cut == 0) cut = room;
    fmt::format_to(std::back_inserter(out), "{}\n{:{}}", text.substr(0, cut), "", indent);
    text.remove_prefix(std::min(text.size(), text[cut] == ' ' ? cut + 1 : cut));
  }
  out.append(text).append("\n");
}

void append_section(const Section& section, std::size_t column, std::string& out) {
  if (section.lines.empty()) return;
  out.append("\n").append(section.title).append(":\n");
  for (const Line& line : section.lines) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}", line.name, column);
    // A name that does not fit has its explanation on the next line.
    if (line.name.size() > column) fmt::format_to(std::back_inserter(out), "\n  {:{}}", "", column);
    out += "  ";
    append_wrapped(line.help, column + 4, out);
  }
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string /*name*/,
                                     CLI::AppFormatMode /*mode*/) const {
  std::vector<Section> sections;
  sections.push_back({"Arguments", argument_lines(*app)});
  sections.push_back({"Commands", command_lines(*app)});
  sections.push_back({"Options", option_lines(*app)});
  const CLI::App* root = app;
  while (root->get_parent() != nullptr) root = root->get_parent();
  if (root != app) {
    std::vector<Line> common = option_lines(*root);
    std::erase_if(common, [](const Line& line) { return line.name == "-h, --help"; });
    sections.push_back({"Common options", std::move(common)});
  }

  std::size_t column = 0;
  for (const Section& section : sections) {
    for (const Line& line : section.lines) {
      if (line.name.size() <= kWidestName) column = std::max(column, line.name.size());
    }
  }
  std::string out = fmt::format("Usage: {}\n\n", usage(*app));
  append_wrapped(app->get_description(), 0, out);
  for (const Section& section : sections) append_section(section, column, out);
  if (const std::string footer = app->get_footer(); !footer.empty()) {
    out.append("\n").append(footer).append("\n");
  }
  return out;
}

}  // namespace btcw::cli
