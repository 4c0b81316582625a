#include "btcw/config/setting_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/base/secret.h"
#include "btcw/config/key_lookup.h"
#include "btcw/config/keys.h"
#include "btcw/config/toml_text.h"
#include "btcw/config/variable_text.h"

namespace btcw {
namespace {

bool is_bare(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

struct SettingCollector::Table {
  std::string pattern = {};  ///< as it stands in the table of keys: "exchange.*"
  std::string path = {};     ///< as it stands in the source: "exchange.binance"
  std::optional<std::size_t> instance = std::nullopt;
};

void SettingCollector::fault(TextPosition at, std::string message) {
  collected_.faults.push_back({source_number(), at, std::move(message)});
}

void SettingCollector::add_fault(std::string source_name, std::string message) {
  collected_.sources.push_back({.name = std::move(source_name), .layer = layers_++});
  fault({}, std::move(message));
}

void SettingCollector::add_file(std::string name, std::string_view text,
                                std::filesystem::path folder, Privacy privacy) {
  collected_.sources.push_back({.name = std::move(name),
                                .folder = std::move(folder),
                                .privacy = privacy,
                                .layer = layers_++});
  ParsedToml parsed = parse_toml(text);
  if (parsed.problem) return fault(parsed.problem->at, std::move(parsed.problem->message));
  add_members({}, parsed.root);
}

void SettingCollector::add_members(const Table& table, ConfigValue& value) {
  for (ConfigValue& member : value.parts) add_member(table, member);
}

void SettingCollector::add_member(const Table& table, ConfigValue& member) {
  // A name that was quoted in the file could hold a '.' and pass for a path.
  if (!is_bare(member.name)) return add_unknown(table, member);
  const std::string pattern = join_path(table.pattern, member.name);
  if (const auto found = find_key(pattern)) {
    const TextPosition at = member.at;
    return add_setting(
        {found->row, table.instance, found->form, std::move(member), source_number(), at});
  }
  switch (table_kind(pattern)) {
    case TableKind::plain:
      return add_table({pattern, join_path(table.path, member.name), table.instance}, member);
    case TableKind::list:
      return add_list({pattern, join_path(table.path, member.name), table.instance}, member);
    case TableKind::named:
    case TableKind::none:
      break;
  }
  if (table_kind(join_path(table.pattern, "*")) == TableKind::named) {
    return add_named({join_path(table.pattern, "*"), join_path(table.path, member.name)}, member);
  }
  add_unknown(table, member);
}

void SettingCollector::add_table(const Table& table, ConfigValue& member) {
  if (member.kind == ConfigValue::Kind::table) return add_members(table, member);
  fault(member.at, fmt::format("{}: expected a table ([{}]), not {}", table.path, table.path,
                               describe_kind(member)));
}

void SettingCollector::add_named(const Table& table, ConfigValue& member) {
  if (member.kind != ConfigValue::Kind::table) return add_table(table, member);
  const std::string_view family = table.pattern;
  for (const NamedTable& named : named_tables()) {
    if (named.path != family.substr(0, family.size() - 2)) continue;
    const Result<void> checked = named.check_name(member.name);
    if (!checked) {
      return fault(member.name_at, fmt::format("[{}]: {}", table.path, checked.error().message));
    }
  }
  add_members({table.pattern, table.path, instance_named(family, member)}, member);
}

void SettingCollector::add_list(const Table& table, ConfigValue& member) {
  if (reading_ == Reading::variable) {
    return fault({}, fmt::format("{} is a list of tables and stands in a file only", table.path));
  }
  if (member.kind != ConfigValue::Kind::list) {
    return fault(member.at, fmt::format("{}: expected tables ([[{}]]), not {}", table.path,
                                        table.path, describe_kind(member)));
  }
  const std::string family = table.pattern + "[]";
  auto& instances = collected_.instances;
  // Lists of several files add up.
  auto index = static_cast<std::size_t>(
      std::count_if(instances.begin(), instances.end(),
                    [&](const TableInstance& one) { return one.family == family; }));
  for (ConfigValue& item : member.parts) {
    if (item.kind != ConfigValue::Kind::table) {
      fault(item.at, fmt::format("{}: expected a table, not {}", table.path, describe_kind(item)));
      continue;
    }
    instances.push_back(
        {.family = family, .index = index, .source = source_number(), .at = item.at});
    add_members({family, fmt::format("{}[{}]", table.path, index), instances.size() - 1}, item);
    ++index;
  }
}

std::size_t SettingCollector::instance_named(std::string_view family, const ConfigValue& member) {
  auto& instances = collected_.instances;
  for (std::size_t number = 0; number < instances.size(); ++number) {
    const TableInstance& one = instances[number];
    const bool same_name = reading_ == Reading::variable
                               ? equal_ignoring_case(one.name, member.name)
                               : one.name == member.name;
    if (one.family == family && same_name) return number;
  }
  instances.push_back({.family = std::string{family},
                       .name = member.name,
                       .source = source_number(),
                       .at = member.name_at});
  return instances.size() - 1;
}

void SettingCollector::add_unknown(const Table& table, const ConfigValue& member) {
  const std::string path =
      join_path(table.path, is_bare(member.name) ? member.name : btcw::quoted(member.name));
  const bool is_table = member.kind == ConfigValue::Kind::table && table.path.empty();
  const std::string_view instance =
      table.instance ? std::string_view{collected_.instances[*table.instance].name} : "";
  std::string message;
  std::string near;
  // Looking for the nearest key is dear, and a file of nothing but unknown keys needs no advice.
  constexpr std::size_t kMostAdvice = 50;
  const bool advise = collected_.faults.size() < kMostAdvice;
  if (reading_ == Reading::variable) {
    message = "no key of that name";
    if (advise) near = variable_name(nearest_key(variable_path(source().name), instance));
  } else if (is_table) {
    message = fmt::format("unknown table [{}]", path);
    if (advise) near = nearest_table(path);
    if (!near.empty()) near = fmt::format("[{}]", near);
  } else {
    message = fmt::format("unknown key '{}'", path);
    if (advise) near = nearest_key(path, instance);
    if (!near.empty()) near = fmt::format("'{}'", near);
  }
  if (!near.empty()) message += fmt::format(": did you mean {}?", near);
  fault(member.name_at, std::move(message));
}

void SettingCollector::add_setting(Setting setting) {
  const ConfigKey& key = config_keys()[setting.key];
  // In one file TOML itself sees to it, but for the forms of a secret.
  const bool may_be_there = key.is_secret() || reading_ == Reading::variable;
  for (const Setting& other : collected_.settings) {
    if (!may_be_there) break;
    if (other.key != setting.key || other.instance != setting.instance) continue;
    if (collected_.sources[other.source].layer != source().layer) continue;
    const std::string& first = collected_.sources[other.source].name;
    if (reading_ == Reading::variable) return fault({}, fmt::format("{} sets it too", first));
    return fault(setting.at, fmt::format("{}{}: there is {}{} in this file already", key.path,
                                         suffix(setting.form), key.path, suffix(other.form)));
  }
  if (reading_ == Reading::variable && !key.is_secret()) {
    auto value = value_of_variable(key, setting.value.text);
    if (!value) return fault({}, value.error().message);
    setting.value = *std::move(value);
  }
  collected_.settings.push_back(std::move(setting));
}

void SettingCollector::add_variables(const Environment& environment) {
  reading_ = Reading::variable;
  for (const auto& [name, text] : environment.all()) {
    if (is_config_variable(name)) add_variable(name, text);
  }
}

void SettingCollector::add_variable(std::string_view name, std::string_view text) {
  collected_.sources.push_back({.name = std::string{name}, .layer = layers_});
  ConfigValue root = nested_value(name, text);
  add_members({}, root);
}

}  // namespace btcw
