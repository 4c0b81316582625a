#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "btcw/base/environment.h"
#include "btcw/config/settings.h"

namespace btcw {

/// Finds what the texts of files and the BTCW__SECTION__KEY variables set. Files first, in order,
/// then the variables. Every fault is noted, none ends it.
class SettingCollector {
 public:
  /// Notes that a whole source cannot be used.
  void add_fault(std::string source_name, std::string message);

  /// `text` is TOML, or a fault.
  void add_file(std::string name, std::string_view text, std::filesystem::path folder,
                Privacy privacy);

  /// Names in any case: BTCW__CACHE__TTL is cache.ttl. The name of a named table is taken in the
  /// case in which a file has it, else in lower case.
  void add_variables(const Environment& environment);

  [[nodiscard]] CollectedSettings take() && { return std::move(collected_); }

 private:
  struct Table;  // a table on the way through a document

  void add_members(const Table& table, ConfigValue& value);
  void add_member(const Table& table, ConfigValue& member);
  void add_table(const Table& table, ConfigValue& member);
  void add_named(const Table& table, ConfigValue& member);
  void add_list(const Table& table, ConfigValue& member);
  void add_unknown(const Table& table, const ConfigValue& member);
  void add_setting(Setting setting);
  void add_variable(std::string_view name, std::string_view text);
  std::size_t instance_named(std::string_view family, const ConfigValue& member);

  void fault(TextPosition at, std::string message);
  [[nodiscard]] SettingSource& source() { return collected_.sources.back(); }
  [[nodiscard]] std::size_t source_number() const { return collected_.sources.size() - 1; }

  enum class Reading { file, variable };

  CollectedSettings collected_;
  Reading reading_ = Reading::file;
  std::size_t layers_ = 0;
};

}  // namespace btcw
