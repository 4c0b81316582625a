#include "btcw/config/key_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/config/keys.h"

namespace btcw {
namespace {

std::optional<std::size_t> row_of(std::string_view path) {
  const std::span<const ConfigKey> keys = config_keys();
  for (std::size_t row = 0; row < keys.size(); ++row) {
    if (keys[row].path == path) return row;
  }
  return std::nullopt;
}

bool starts_with(std::string_view text, std::string_view start, std::string_view more) {
  return text.size() >= start.size() + more.size() && text.substr(0, start.size()) == start &&
         text.substr(start.size(), more.size()) == more;
}

bool any_key_starts_with(std::string_view start, std::string_view more) {
  const std::span<const ConfigKey> keys = config_keys();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const ConfigKey& key) { return starts_with(key.path, start, more); });
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string nearest_of(std::string_view wanted, const std::vector<std::string>& known) {
  constexpr std::size_t kLongestKey = 80;
  if (wanted.size() > kLongestKey) return {};
  const std::vector<std::string_view> views{known.begin(), known.end()};
  const std::vector<std::string> near = nearest(wanted, views, 1);
  return near.empty() ? std::string{} : near.front();
}

}  // namespace

std::optional<FoundKey> find_key(std::string_view pattern) {
  if (const auto row = row_of(pattern)) return FoundKey{.row = *row};
  for (const SecretForm form : kSecretForms) {
    const std::string_view end = suffix(form);
    if (end.empty() || pattern.size() <= end.size()) continue;
    if (pattern.substr(pattern.size() - end.size()) != end) continue;
    const auto row = row_of(pattern.substr(0, pattern.size() - end.size()));
    if (row && config_keys()[*row].is_secret()) return FoundKey{.row = *row, .form = form};
  }
  return std::nullopt;
}

TableKind table_kind(std::string_view pattern) {
  if (any_key_starts_with(pattern, "[].")) return TableKind::list;
  if (!any_key_starts_with(pattern, ".")) return TableKind::none;
  const bool named = pattern.size() >= 2 && pattern.substr(pattern.size() - 2) == ".*";
  return named ? TableKind::named : TableKind::plain;
}

std::string join_path(std::string_view table, std::string_view name) {
  std::string path{table};
  if (!path.empty()) path += '.';
  return path.append(name);
}

std::string_view family_of(std::string_view key_path) {
  if (const auto star = key_path.find(".*."); star != std::string_view::npos) {
    return key_path.substr(0, star + 2);
  }
  if (const auto list = key_path.find("[]."); list != std::string_view::npos) {
    return key_path.substr(0, list + 2);
  }
  return {};
}

std::string concrete_path(std::string_view key_path, std::string_view instance, std::size_t index) {
  const std::string_view family = family_of(key_path);
  if (family.empty()) return std::string{key_path};
  const std::string_view rest = key_path.substr(family.size());
  if (family.back() == '*') {
    return fmt::format("{}{}{}", family.substr(0, family.size() - 1), instance, rest);
  }
  return fmt::format("{}[{}]{}", family.substr(0, family.size() - 2), index, rest);
}

std::string nearest_key(std::string_view wanted, std::string_view instance) {
  std::string text = lower(wanted);
  std::vector<std::string> known;
  for (const ConfigKey& key : config_keys()) {
    const std::string_view family = family_of(key.path);
    if (!family.empty() && family.back() == '*' && instance.empty()) continue;
    std::string path{key.path};
    if (const auto list = path.find("[]."); list != std::string::npos) path.erase(list, 2);
    if (!family.empty() && family.back() == '*') path = concrete_path(key.path, instance, 0);
    for (const SecretForm form : kSecretForms) {
      if (form == SecretForm::literal || key.is_secret()) {
        known.push_back(path + std::string{suffix(form)});
      }
    }
  }
  // A key in capitals.
  if (std::find(known.begin(), known.end(), text) != known.end()) return text;
  // A key that only stands in the wrong table, or in none.
  for (const std::string& path : known) {
    if (last_part(path) == last_part(text) && path != text) return path;
  }
  return nearest_of(text, known);
}

std::string nearest_table(std::string_view wanted) {
  std::vector<std::string> known;
  for (const ConfigKey& key : config_keys()) {
    const std::size_t end = key.path.find_first_of(".[");
    if (end == std::string_view::npos) continue;
    std::string table{key.path.substr(0, end)};
    if (std::find(known.begin(), known.end(), table) == known.end()) {
      known.push_back(std::move(table));
    }
  }
  return nearest_of(lower(wanted), known);
}

}  // namespace btcw
