// The one file that includes toml++.
#include "btcw/config/toml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "btcw/base/secret.h"
#include "btcw/config/toml_depth.h"

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace btcw {
namespace {

TextPosition position(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

std::string spell(const toml::date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string spell(const toml::time& time) {
  std::string text = fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
  if (time.nanosecond != 0) text += fmt::format(".{:09}", time.nanosecond);
  return text;
}

std::string spell(const toml::date_time& moment) {
  std::string text = spell(moment.date) + "T" + spell(moment.time);
  if (!moment.offset) return text;
  const int minutes = moment.offset->minutes;
  const int size = minutes < 0 ? -minutes : minutes;
  return text + fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

void convert_into(toml::node& node, ConfigValue& value);

void convert_parts(toml::array& array, ConfigValue& value) {
  value.kind = ConfigValue::Kind::list;
  value.parts.reserve(array.size());
  for (toml::node& item : array) convert_into(item, value.parts.emplace_back());
}

void convert_parts(toml::table& table, ConfigValue& value) {
  value.kind = ConfigValue::Kind::table;
  value.parts.reserve(table.size());
  for (auto&& [key, member] : table) {
    ConfigValue& part = value.parts.emplace_back();
    part.name = key.str();
    part.name_at = position(key.source());
    convert_into(member, part);
  }
}

void convert_into(toml::node& node, ConfigValue& value) {
  value.at = position(node.source());
  if (toml::table* table = node.as_table()) return convert_parts(*table, value);
  if (toml::array* array = node.as_array()) return convert_parts(*array, value);
  if (auto* text = node.as_string()) {
    value.kind = ConfigValue::Kind::text;
    value.text = text->get();
    // It may be a secret.
    wipe(text->get().data(), text->get().size());
  } else if (const auto* integer = node.as_integer()) {
    value.kind = ConfigValue::Kind::integer;
    value.integer = integer->get();
  } else if (const auto* real = node.as_floating_point()) {
    value.kind = ConfigValue::Kind::real;
    value.text = fmt::format("{}", real->get());
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = ConfigValue::Kind::boolean;
    value.boolean = boolean->get();
  } else {
    value.kind = ConfigValue::Kind::moment;
    if (const auto* date = node.as_date()) value.text = spell(date->get());
    if (const auto* time = node.as_time()) value.text = spell(time->get());
    if (const auto* moment = node.as_date_time()) value.text = spell(moment->get());
  }
}

// toml++ quotes what it could not read as a number or a word ("'4711abc' is not …"): that may be a
// secret whose quotes were forgotten.
std::string without_quotations(std::string_view description) {
  constexpr std::size_t kLongestShown = 4;  // one character, or one escape of toml++'s
  std::string out;
  while (!description.empty()) {
    const std::size_t open = description.find('\'');
    out += description.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = description.find('\'', open + 1 + (open + 1 < description.size()));
    if (close == std::string_view::npos) break;
    const std::string_view inner = description.substr(open + 1, close - open - 1);
    out +=
        inner.size() <= kLongestShown ? fmt::format("'{}'", inner) : std::string{"what it holds"};
    description.remove_prefix(close + 1);
  }
  return out;
}

std::string explain(std::string_view description) {
  constexpr std::string_view kPrefix = "Error while parsing ";
  if (description.substr(0, kPrefix.size()) == kPrefix) description.remove_prefix(kPrefix.size());
  return "not TOML: " + without_quotations(description);
}

}  // namespace

ParsedToml parse_toml(std::string_view text) {
  if (auto problem = find_too_deep(text)) return {.problem = std::move(problem)};
  toml::parse_result result = toml::parse(text);
  if (!result) {
    const toml::parse_error& error = result.error();
    return {.problem = TomlProblem{position(error.source()), explain(error.description())}};
  }
  ParsedToml parsed;
  convert_into(result.table(), parsed.root);
  return parsed;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(byte));
    } else {
      out += c;
    }
  }
  return out += '"';
}

}  // namespace btcw
