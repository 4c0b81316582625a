#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/config/config_value.h"
#include "btcw/config/secret_source.h"
#include "btcw/config/small_file.h"

namespace btcw {

/// A file or a variable that settings come from.
struct SettingSource {
  std::string name;                   ///< the file's path, the variable's name
  std::filesystem::path folder = {};  ///< where its relative paths start; empty: the working folder
  Privacy privacy = Privacy::kept;
  std::size_t layer = 0;  ///< the number of the file; all variables together are the last layer
};

/// Something wrong at a place in a source.
struct SettingFault {
  std::size_t source;
  TextPosition at;
  std::string message;
};

/// One `[exchange.NAME]` or one `[[alert]]`.
struct TableInstance {
  std::string family;      ///< "exchange.*", "alert[]"
  std::string name = {};   ///< of a named table
  std::size_t index = 0;   ///< of a list's table
  std::size_t source = 0;  ///< where it was seen first
  TextPosition at = {};
};

/// A known key with the value that one source gives it, not yet judged.
struct Setting {
  std::size_t key;                      ///< the row of config_keys()
  std::optional<std::size_t> instance;  ///< the number of its TableInstance
  SecretForm form;                      ///< of a secret; else literal
  ConfigValue value;
  std::size_t source;
  TextPosition at;  ///< of the value
};

/// All that was found in the sources, in their order.
struct CollectedSettings {
  std::vector<SettingSource> sources = {};
  std::vector<TableInstance> instances = {};
  std::vector<Setting> settings = {};
  std::vector<SettingFault> faults = {};
};

}  // namespace btcw
