// Any text as a configuration file, and its lines as variables. Nothing is fetched. What is
// accepted can be written as TOML and is accepted again with the same meaning.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "btcw/config/setting_applier.h"
#include "btcw/config/setting_collector.h"

namespace {

using namespace btcw;

LoadedConfig load(std::string_view text, const Environment& environment) {
  SettingCollector collector;
  collector.add_file("fuzz.toml", text, "/etc/btcw", Privacy::broken);
  collector.add_variables(environment);
  SettingApplier applier{std::move(collector).take(), environment};
  LoadedConfig loaded = applier.apply(SecretFetching::none);
  loaded.origins = applier.origins(loaded.config);
  return loaded;
}

// "BTCW__X=y" lines after a line "---" are variables.
Environment variables_of(std::string_view text) {
  std::map<std::string, std::string, std::less<>> variables{{"HOME", "/home/me"}};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t equals = std::min(line.find('='), line.size());
    variables[std::string{line.substr(0, equals)}] = line.substr(std::min(equals + 1, line.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return Environment{std::move(variables)};
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  constexpr std::string_view kBreak = "\n---\n";
  const std::size_t at = std::min(input.find(kBreak), input.size());
  const Environment environment =
      variables_of(input.substr(std::min(at + kBreak.size(), input.size())));

  const LoadedConfig first = load(input.substr(0, at), environment);
  for (const ConfigProblem& problem : first.errors) {
    require(!problem.where.empty() && !problem.message.empty());
  }
  if (!first.errors.empty()) return 0;

  std::string text;
  for (const ConfigOrigin& origin : first.origins) {
    if (!origin.masked) text += origin.key + " = " + origin.value + "\n";
  }
  const LoadedConfig second = load(text, Environment{});
  require(second.errors.empty());
  require(second.origins.size() == first.origins.size());
  for (std::size_t i = 0; i < first.origins.size(); ++i) {
    require(first.origins[i].masked || first.origins[i].value == second.origins[i].value);
  }
  return 0;
}
