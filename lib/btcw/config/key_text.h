#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "btcw/base/environment.h"
#include "btcw/base/function_ref.h"
#include "btcw/base/result.h"
#include "btcw/config/config_value.h"
#include "btcw/config/key.h"

namespace btcw {

/// What reading a value may need beyond the value.
struct ReadingContext {
  const Environment& environment;
  std::filesystem::path folder;  ///< where relative paths start; empty: the working folder
};

/// Where a fault of a value is told: one call a fault.
using FaultSink = FunctionRef<void(TextPosition at, std::string message)>;

/// Sets what `key` stands for in `config`. `value` is used up. A fault leaves the member as it was,
/// or, of a list, holding the items that were right. Precondition: the key is not a secret.
void assign(const ConfigKey& key, const KeyPlace& place, ConfigValue& value,
            const ReadingContext& context, Config& config, FaultSink fault);

/// What is in force for `key`, as TOML that assign() reads back. Precondition: not a secret.
std::string to_toml(const ConfigKey& key, const KeyPlace& place, const Config& config);

/// `text` as a path: "~/" is $HOME, a relative one starts at the context's folder.
/// Errors: invalid_input for "~user", a NUL, and "~/" where $HOME is not set.
Result<std::filesystem::path> read_path(std::string_view text, const ReadingContext& context);

}  // namespace btcw
