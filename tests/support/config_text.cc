#include "support/config_text.h"

#include <utility>

#include "btcw/config/setting_applier.h"
#include "btcw/config/setting_collector.h"

namespace btcw::test {

LoadedConfig load_texts(const std::vector<std::string_view>& texts,
                        const Environment& environment) {
  SettingCollector collector;
  int number = 0;
  for (const std::string_view text : texts) {
    collector.add_file(std::to_string(++number) + ".toml", text, "/etc/btcw", Privacy::kept);
  }
  collector.add_variables(environment);
  SettingApplier applier{std::move(collector).take(), environment};
  LoadedConfig loaded = applier.apply(SecretFetching::all);
  loaded.origins = applier.origins(loaded.config);
  return loaded;
}

std::vector<std::string> lines_of(const std::vector<ConfigProblem>& problems) {
  std::vector<std::string> lines;
  for (const ConfigProblem& problem : problems) {
    lines.push_back(problem.where + ": " + problem.message);
  }
  return lines;
}

}  // namespace btcw::test
