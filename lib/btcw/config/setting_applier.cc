#include "btcw/config/setting_applier.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "btcw/config/key_lookup.h"
#include "btcw/config/key_text.h"
#include "btcw/config/secret_command.h"
#include "btcw/config/toml_text.h"
#include "btcw/process/command_words.h"

namespace btcw {
namespace {

constexpr std::string_view kChannels = "channel.*";

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

std::string_view section_of(std::string_view path) { return path.substr(0, path.find('.')); }

}  // namespace

LoadedConfig SettingApplier::apply(SecretFetching fetching) {
  LoadedConfig loaded{.config = default_config()};
  // In the order of the keys, for some are read with the help of others; within a key the layers
  // keep theirs.
  std::stable_sort(collected_.settings.begin(), collected_.settings.end(),
                   [](const Setting& a, const Setting& b) { return a.key < b.key; });
  for (std::size_t number = 0; number < collected_.settings.size(); ++number) {
    apply_setting(number, loaded.config);
  }
  loaded.config.market.connect_timeout = loaded.config.http.connect_timeout;
  loaded.config.market.timeout = loaded.config.http.timeout;
  check_required();
  if (fetching != SecretFetching::none) fetch_secrets(fetching, loaded);
  if (collected_.faults.empty()) check_rules(loaded.config);
  if (collected_.faults.empty()) check_lists(loaded.config);
  warn_of_open_files(loaded);
  write_faults(loaded);
  return loaded;
}

void SettingApplier::apply_setting(std::size_t number, Config& config) {
  Setting& setting = collected_.settings[number];
  const ConfigKey& key = config_keys()[setting.key];
  if (key.is_secret()) return hold_secret(number);
  const ReadingContext context{environment_, collected_.sources[setting.source].folder};
  assign(key, place_of(setting), setting.value, context, config,
         [&](TextPosition at, const std::string& message) { fault(setting, at, message); });
}

void SettingApplier::hold_secret(std::size_t number) {
  Setting& setting = collected_.settings[number];
  if (setting.value.kind != ConfigValue::Kind::text) {
    return fault(setting, setting.at, "expected a text, not " + describe_kind(setting.value));
  }
  SecretSource source{.form = setting.form};
  if (setting.form == SecretForm::literal) {
    source.literal = Secret{std::move(setting.value.text)};
  } else {
    source.reference = std::move(setting.value.text);
    if (source.reference.empty()) return fault(setting, setting.at, "is empty");
  }
  if (setting.form == SecretForm::file) {
    const auto path =
        read_path(source.reference, {environment_, collected_.sources[setting.source].folder});
    if (!path) return fault(setting, setting.at, path.error().message);
    source.reference = path->string();
  }
  if (setting.form == SecretForm::command) {
    const auto words = split_command(source.reference);
    if (!words) return fault(setting, setting.at, words.error().message);
  }
  held_.push_back({number, std::move(source)});
}

bool SettingApplier::is_wanted(const Setting& setting, SecretFetching fetching,
                               const Config& config) const {
  const std::string_view path = config_keys()[setting.key].path;
  const bool is_redis = section_of(path) == "redis";
  if (is_redis && !config.deployment.uses_redis()) return false;
  if (path.starts_with("redis.durable_") && !config.deployment.uses_durable_redis()) return false;
  if (fetching == SecretFetching::redis_only) return is_redis;
  if (family_of(path) != kChannels) return true;
  if (fetching == SecretFetching::all_but_channels) return false;
  const auto channel = config.channels.find(place_of(setting).instance);
  return channel == config.channels.end() || channel->second.enabled;
}

void SettingApplier::fetch_secrets(SecretFetching fetching, LoadedConfig& loaded) {
  for (const HeldSecret& secret : held_) {
    const Setting& setting = collected_.settings[secret.setting];
    if (held(setting.key, setting.instance) != &secret) continue;  // a later layer has another
    if (!is_wanted(setting, fetching, loaded.config)) continue;
    auto fetched = fetch_secret(secret.source, environment_);
    if (!fetched) {
      note_missing_secret(setting, fetched.error().message, fetching, loaded.config);
      continue;
    }
    const auto& key = std::get<SecretKey>(config_keys()[setting.key].type);
    if (fetched->warning) {
      if (key.exposure != nullptr) key.exposure(loaded.config) = *fetched->warning;
      loaded.warnings.push_back({where(setting.source, setting.at),
                                 fmt::format("{}: {}", path_of(setting), *fetched->warning)});
    }
    const bool is_public = key.is_public != nullptr && key.is_public(fetched->secret.reveal());
    if (!fetched->secret.empty() && !is_public) loaded.secrets.push_back(fetched->secret.clone());
    key.set(loaded.config, place_of(setting), std::move(fetched->secret));
  }
}

void SettingApplier::note_missing_secret(const Setting& setting, std::string_view why,
                                         SecretFetching fetching, Config& config) {
  const auto channel = config.channels.find(place_of(setting).instance);
  const bool is_channel =
      family_of(config_keys()[setting.key].path) == kChannels && channel != config.channels.end();
  if (fetching != SecretFetching::deliveries || !is_channel) {
    return fault(setting, setting.at, why);
  }
  channel->second.fault = fmt::format("{}: {}", path_of(setting), why);
}

void SettingApplier::check_required() {
  const std::span<const ConfigKey> keys = config_keys();
  for (std::size_t key = 0; key < keys.size(); ++key) {
    if (keys[key].need != Need::required) continue;
    for (std::size_t number = 0; number < collected_.instances.size(); ++number) {
      const TableInstance& instance = collected_.instances[number];
      if (instance.family != family_of(keys[key].path) || in_force(key, number)) continue;
      collected_.faults.push_back(
          {instance.source, instance.at,
           fmt::format("{} is missing",
                       concrete_path(keys[key].path, instance.name, instance.index))});
    }
  }
}

void SettingApplier::check_rules(const Config& config) {
  for (const ConfigRule& rule : config_rules()) {
    auto message = rule.find_fault(config);
    if (!message) continue;
    const Setting* setting = last_of(rule.key);
    if (setting == nullptr) setting = last_of(rule.other);
    const std::size_t source = setting ? setting->source : collected_.sources.size();
    collected_.faults.push_back(
        {source, setting ? setting->at : TextPosition{}, *std::move(message)});
  }
}

void SettingApplier::check_lists(const Config& config) {
  for (const ListRule& rule : list_rules()) {
    for (ListFault& fault : rule.find_faults(config)) list_fault(rule, std::move(fault));
  }
}

void SettingApplier::list_fault(const ListRule& rule, ListFault fault) {
  const std::string path = fmt::format("{}.{}", rule.family, fault.key);
  for (std::size_t number = 0; number < collected_.instances.size(); ++number) {
    const TableInstance& table = collected_.instances[number];
    if (table.family != rule.family || table.index != fault.index) continue;
    const std::span<const ConfigKey> keys = config_keys();
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const ConfigKey& one) { return one.path == path; });
    const Setting* const setting =
        key == keys.end() ? nullptr
                          : in_force(static_cast<std::size_t>(key - keys.begin()), number);
    const std::string where = concrete_path(path, {}, fault.index);
    collected_.faults.push_back({setting ? setting->source : table.source,
                                 setting ? setting->at : table.at,
                                 fmt::format("{}: {}", where, fault.message)});
  }
}

void SettingApplier::warn_of_open_files(LoadedConfig& loaded) const {
  for (const HeldSecret& secret : held_) {
    const Setting& setting = collected_.settings[secret.setting];
    const SettingSource& source = collected_.sources[setting.source];
    if (source.privacy != Privacy::broken || !is_hidden(secret)) continue;
    loaded.warnings.push_back(
        {where(setting.source, setting.at),
         fmt::format("{} stands in a file that can be read by others: chmod 600 {}",
                     path_of(setting), source.name)});
  }
}

void SettingApplier::write_faults(LoadedConfig& loaded) {
  std::stable_sort(collected_.faults.begin(), collected_.faults.end(),
                   [](const SettingFault& a, const SettingFault& b) {
                     return std::tie(a.source, a.at) < std::tie(b.source, b.at);
                   });
  for (SettingFault& each : collected_.faults) {
    loaded.errors.push_back({where(each.source, each.at), std::move(each.message)});
  }
}

std::vector<ConfigOrigin> SettingApplier::origins(const Config& config) const {
  const std::span<const ConfigKey> keys = config_keys();
  std::vector<ConfigOrigin> all;
  for (std::size_t key = 0; key < keys.size();) {
    const std::string_view family = family_of(keys[key].path);
    if (family.empty()) {
      all.push_back(origin(key++, std::nullopt, config));
      continue;
    }
    std::size_t end = key;
    while (end < keys.size() && family_of(keys[end].path) == family) ++end;
    for (std::size_t number = 0; number < collected_.instances.size(); ++number) {
      if (collected_.instances[number].family != family) continue;
      for (std::size_t row = key; row < end; ++row) all.push_back(origin(row, number, config));
    }
    key = end;
  }
  return all;
}

ConfigOrigin SettingApplier::origin(std::size_t key, std::optional<std::size_t> instance,
                                    const Config& config) const {
  const ConfigKey& row = config_keys()[key];
  const TableInstance nothing{};
  const TableInstance& table = instance ? collected_.instances[*instance] : nothing;
  ConfigOrigin origin{.key = concrete_path(row.path, table.name, table.index), .origin = "default"};
  if (const Setting* setting = in_force(key, instance)) {
    const SettingSource& source = collected_.sources[setting->source];
    origin.origin =
        setting->at.line == 0 ? source.name : fmt::format("{}:{}", source.name, setting->at.line);
  }
  if (!row.is_secret()) {
    const KeyPlace place{table.name, table.index, last_part(row.path)};
    origin.value = to_toml(row, place, config);
    const auto* const scalar = std::get_if<ScalarKey>(&row.type);
    origin.masked = scalar != nullptr && scalar->shown == Shown::masked &&
                    !scalar->member.get(config, place).empty();
    if (origin.masked) origin.value = toml_string("********");
    return origin;
  }
  const HeldSecret* secret = held(key, instance);
  origin.masked = secret && is_hidden(*secret);
  const std::string_view literal = secret ? secret->source.literal.reveal() : "";
  origin.value = toml_string(origin.masked ? "********" : literal);
  if (secret && secret->source.form != SecretForm::literal) {
    origin.key += suffix(secret->source.form);
    origin.value = toml_string(secret->source.reference);
  }
  return origin;
}

bool SettingApplier::is_hidden(const HeldSecret& secret) const {
  const std::string_view literal = secret.source.literal.reveal();
  if (literal.empty()) return false;
  const auto& key =
      std::get<SecretKey>(config_keys()[collected_.settings[secret.setting].key].type);
  return key.is_public == nullptr || !key.is_public(literal);
}

const Setting* SettingApplier::last_of(std::string_view key_path) const {
  const auto& settings = collected_.settings;
  const auto last = std::find_if(settings.rbegin(), settings.rend(), [&](const Setting& one) {
    return config_keys()[one.key].path == key_path;
  });
  return last == settings.rend() ? nullptr : &*last;
}

const Setting* SettingApplier::in_force(std::size_t key,
                                        std::optional<std::size_t> instance) const {
  const auto& settings = collected_.settings;
  const auto last = std::find_if(settings.rbegin(), settings.rend(), [&](const Setting& one) {
    return one.key == key && one.instance == instance;
  });
  return last == settings.rend() ? nullptr : &*last;
}

const SettingApplier::HeldSecret* SettingApplier::held(std::size_t key,
                                                       std::optional<std::size_t> instance) const {
  const auto last = std::find_if(held_.rbegin(), held_.rend(), [&](const HeldSecret& one) {
    const Setting& setting = collected_.settings[one.setting];
    return setting.key == key && setting.instance == instance;
  });
  return last == held_.rend() ? nullptr : &*last;
}

void SettingApplier::fault(const Setting& setting, TextPosition at, std::string_view message) {
  collected_.faults.push_back(
      {setting.source, at, fmt::format("{}: {}", path_of(setting), message)});
}

KeyPlace SettingApplier::place_of(const Setting& setting) const {
  const std::string_view key = last_part(config_keys()[setting.key].path);
  if (!setting.instance) return {.key = key};
  const TableInstance& instance = collected_.instances[*setting.instance];
  return {instance.name, instance.index, key};
}

std::string SettingApplier::path_of(const Setting& setting) const {
  const KeyPlace place = place_of(setting);
  return concrete_path(config_keys()[setting.key].path, place.instance, place.index) +
         std::string{suffix(setting.form)};
}

std::string SettingApplier::where(std::size_t source, TextPosition at) const {
  if (source >= collected_.sources.size()) return "configuration";
  const std::string& name = collected_.sources[source].name;
  return at.line == 0 ? name : fmt::format("{}:{}:{}", name, at.line, at.column);
}

}  // namespace btcw
