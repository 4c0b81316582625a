#include "btcw/config/variable_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/config/toml_text.h"

namespace btcw {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::string_view kPrefix = "BTCW__";

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Error expected(std::string_view what, std::string_view text) {
  return {Errc::invalid_input, fmt::format("expected {}, not {}", what, btcw::quoted(text))};
}

ConfigValue text_value(std::string_view text) {
  return {.kind = Kind::text, .text = std::string{text}};
}

Result<ConfigValue> read_flag(std::string_view text) {
  const std::string word = lower(trimmed(text));
  for (const std::string_view yes : {"true", "yes", "on", "1"}) {
    if (word == yes) return ConfigValue{.kind = Kind::boolean, .boolean = true};
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (word == no) return ConfigValue{.kind = Kind::boolean, .boolean = false};
  }
  return expected("true or false", text);
}

Result<ConfigValue> read_integer(std::string_view text) {
  const std::string_view digits = trimmed(text);
  ConfigValue value{.kind = Kind::integer};
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value.integer);
  if (error != std::errc{} || stop != end) return expected("a whole number", text);
  return value;
}

// A position within a variable's text says nothing in a message about the variable.
void forget_positions(ConfigValue& value) {
  value.at = {};
  for (ConfigValue& part : value.parts) forget_positions(part);
}

Result<ConfigValue> read_list(std::string_view text) {
  const std::string_view list = trimmed(text);
  if (!list.empty() && list.front() == '[') {
    ParsedToml parsed = parse_toml(fmt::format("list = {}", list));
    if (parsed.problem) return Error{Errc::invalid_input, parsed.problem->message};
    if (parsed.root.parts.size() != 1) return expected("one list", text);
    ConfigValue value = std::move(parsed.root.parts.front());
    forget_positions(value);
    return value;
  }
  ConfigValue value{.kind = Kind::list};
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    value.parts.push_back(text_value(trimmed(rest.substr(0, comma))));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return value;
}

}  // namespace

bool is_config_variable(std::string_view name) {
  return name.size() >= kPrefix.size() &&
         std::equal(kPrefix.begin(), kPrefix.end(), name.begin(),
                    [](char prefix, char c) { return prefix == to_upper(c); });
}

std::string variable_path(std::string_view variable_name) {
  std::string path;
  std::string_view rest = variable_name.substr(kPrefix.size());
  while (!rest.empty()) {
    const bool between_levels = rest.substr(0, 2) == "__";
    path += between_levels ? '.' : to_lower(rest.front());
    rest.remove_prefix(between_levels ? 2 : 1);
  }
  return path;
}

std::string variable_name(std::string_view path) {
  if (path.empty()) return {};
  std::string name{kPrefix};
  for (const char c : path) {
    if (c == '.') {
      name += "__";
    } else {
      name += to_upper(c);
    }
  }
  return name;
}

ConfigValue nested_value(std::string_view name, std::string_view text) {
  const std::string path = variable_path(name);
  ConfigValue root{.kind = Kind::table};
  ConfigValue* table = &root;
  std::string_view rest = path;
  // What is deeper is no key; the dots that stay in the last name make it an unknown one.
  constexpr int kMostTables = 8;
  for (int depth = 0; depth < kMostTables; ++depth) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) break;
    table->parts.push_back({.kind = Kind::table, .name = std::string{rest.substr(0, dot)}});
    table = &table->parts.back();
    rest.remove_prefix(dot + 1);
  }
  table->parts.push_back(
      {.kind = Kind::text, .name = std::string{rest}, .text = std::string{text}});
  return root;
}

Result<ConfigValue> value_of_variable(const ConfigKey& key, std::string_view text) {
  if (std::holds_alternative<FlagKey>(key.type)) return read_flag(text);
  if (std::holds_alternative<IntegerKey>(key.type)) return read_integer(text);
  const bool is_list = std::holds_alternative<TextListKey>(key.type) ||
                       std::holds_alternative<SymbolListKey>(key.type) ||
                       std::holds_alternative<ExchangeListKey>(key.type);
  if (is_list) return read_list(text);
  return text_value(text);
}

}  // namespace btcw
