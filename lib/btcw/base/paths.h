#pragma once

#include <filesystem>
#include <optional>

#include "btcw/base/environment.h"
#include "btcw/base/result.h"

namespace btcw {

/// Where things lie, by the XDG base directory specification. A relative value of an XDG variable
/// counts as unset.
///
/// Nothing is created here. `home` is $HOME, else the home folder of the user's passwd entry.
struct Paths {
  std::filesystem::path config_file;  ///< $XDG_CONFIG_HOME/btcw/config.toml
  std::filesystem::path state_dir;    ///< $XDG_STATE_HOME/btcw: the store, the queue, locks
  std::filesystem::path cache_dir;    ///< $XDG_RUNTIME_DIR/btcw, else $XDG_CACHE_HOME/btcw
};
/// Errors: invalid_input when there is no home folder and a variable is needed that is not set.
Result<Paths> find_paths(const Environment& environment);

/// Makes `folder` and its parents, the ones it makes with mode 0700.
/// Errors: unavailable with the system's reason; rejected when it exists and belongs to another
/// user.
Result<void> make_private_folder(const std::filesystem::path& folder);

}  // namespace btcw
