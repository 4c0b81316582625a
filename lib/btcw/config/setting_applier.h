#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/environment.h"
#include "btcw/config/config.h"
#include "btcw/config/config_rules.h"
#include "btcw/config/key.h"
#include "btcw/config/keys.h"
#include "btcw/config/secret_source.h"
#include "btcw/config/settings.h"

namespace btcw {

/// Judges what was collected and makes a Config of it: per key the last layer that sets it wins,
/// but what is wrong in an earlier one is told too. `config` of the result is usable when there are
/// no errors. The folders are as they stand in the sources, maybe empty. Origins stay empty.
class SettingApplier {
 public:
  SettingApplier(CollectedSettings collected, const Environment& environment)
      : collected_{std::move(collected)}, environment_{environment} {}

  LoadedConfig apply(SecretFetching fetching);

  /// Where each key's value comes from, after apply().
  [[nodiscard]] std::vector<ConfigOrigin> origins(const Config& config) const;

 private:
  struct HeldSecret {
    std::size_t setting;
    SecretSource source;
  };

  void apply_setting(std::size_t number, Config& config);
  void hold_secret(std::size_t number);
  [[nodiscard]] bool is_wanted(const Setting& setting, SecretFetching fetching,
                               const Config& config) const;
  void fetch_secrets(SecretFetching fetching, LoadedConfig& loaded);
  void note_missing_secret(const Setting& setting, std::string_view why, SecretFetching fetching,
                           Config& config);
  void check_required();
  void check_rules(const Config& config);
  void check_lists(const Config& config);
  void list_fault(const ListRule& rule, ListFault fault);
  void warn_of_open_files(LoadedConfig& loaded) const;
  void write_faults(LoadedConfig& loaded);

  void fault(const Setting& setting, TextPosition at, std::string_view message);
  [[nodiscard]] KeyPlace place_of(const Setting& setting) const;
  [[nodiscard]] std::string path_of(const Setting& setting) const;
  [[nodiscard]] std::string where(std::size_t source, TextPosition at) const;
  [[nodiscard]] const HeldSecret* held(std::size_t key, std::optional<std::size_t> instance) const;
  [[nodiscard]] const Setting* in_force(std::size_t key, std::optional<std::size_t> instance) const;
  /// Whether it stands in clear in a source, and must not be seen.
  [[nodiscard]] bool is_hidden(const HeldSecret& secret) const;
  [[nodiscard]] const Setting* last_of(std::string_view key_path) const;
  [[nodiscard]] ConfigOrigin origin(std::size_t key, std::optional<std::size_t> instance,
                                    const Config& config) const;

  CollectedSettings collected_;
  const Environment& environment_;
  std::vector<HeldSecret> held_;
};

}  // namespace btcw
