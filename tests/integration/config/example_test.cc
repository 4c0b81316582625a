// config.example.toml is the documentation of the configuration, and what 'config init' writes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "btcw/config/key_lookup.h"
#include "btcw/config/keys.h"
#include "support/config_text.h"

using btcw::config_keys;
using btcw::ConfigKey;
using btcw::ConfigOrigin;
using btcw::Environment;
using btcw::family_of;
using btcw::LoadedConfig;
using btcw::test::lines_of;
using btcw::test::load_texts;

namespace {

std::string example() {
  std::ifstream file{BTCW_SOURCE_DIR "/config.example.toml"};
  std::ostringstream text;
  text << file.rdbuf();
  REQUIRE(text.str().size() > 100);
  return text.str();
}

// A '#' that a key or a table follows at once switches it off; prose has a space there.
std::string with_all_switched_on(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool line_starts = at == 0 || text[at - 1] == '\n';
    const bool switches = line_starts && text[at] == '#' && at + 1 < text.size() &&
                          text[at + 1] != ' ' && text[at + 1] != '\n';
    if (!switches) out += text[at];
  }
  return out;
}

// "exchange.*.rest_url" of "exchange.binance.rest_url", "alert[].when" of "alert[0].when"; the key
// itself of any form of a secret.
std::string path_in_table(const ConfigOrigin& origin) {
  std::string path = origin.key;
  for (const std::string family : {"exchange.", "channel."}) {
    if (path.starts_with(family)) path = family + "*" + path.substr(path.rfind('.'));
  }
  // "schedule[3].cron" is a key of every [[schedule]].
  if (const auto list = path.find('['); list != std::string::npos) {
    path.replace(list, path.find(']') - list + 1, "[]");
  }
  const auto found = btcw::find_key(path);
  return found ? std::string{config_keys()[found->row].path} : path;
}

Environment home() { return Environment{{{"HOME", "/home/me"}}}; }

}  // namespace

TEST_CASE("config.example.toml is right, and what it sets are the defaults") {
  const LoadedConfig defaults = load_texts({}, home());
  const LoadedConfig loaded = load_texts({example()}, home());

  CHECK(lines_of(loaded.errors).empty());
  CHECK(lines_of(loaded.warnings).empty());
  REQUIRE(loaded.origins.size() == defaults.origins.size());
  for (std::size_t i = 0; i < loaded.origins.size(); ++i) {
    CAPTURE(loaded.origins[i].key);
    CHECK(loaded.origins[i].value == defaults.origins[i].value);
  }
}

TEST_CASE("config.example.toml has every key, in the order of the table of keys") {
  const std::string text = with_all_switched_on(example());
  // The secrets are not where it says; all else is right.
  const LoadedConfig loaded = load_texts({text}, home());
  for (const std::string& line : lines_of(loaded.errors)) {
    CHECK_THAT(line, Catch::Contains("No such file") || Catch::Contains("there is no variable"));
  }

  std::set<std::string> set;
  for (const ConfigOrigin& origin : loaded.origins) {
    if (origin.origin != "default") set.insert(path_in_table(origin));
  }
  std::size_t last = 0;
  std::string_view last_table;
  for (const ConfigKey& key : config_keys()) {
    CAPTURE(key.path);
    CHECK(set.count(std::string{key.path}) == 1);
    const std::string_view table = key.path.substr(0, key.path.find_first_of(".["));
    if (table == last_table || table == key.path) continue;
    const bool is_list = key.path.substr(table.size()).starts_with("[]");
    const std::size_t at = text.find((is_list ? "\n[[" : "\n[") + std::string{table});
    REQUIRE(at != std::string::npos);
    CHECK(at > last);
    last = at;
    last_table = table;
  }
}

TEST_CASE("config.example.toml's lines are short enough to read") {
  std::istringstream lines{example()};
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 105);
    CHECK(line.find('\t') == std::string::npos);
  }
}
