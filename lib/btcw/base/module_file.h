#pragma once

#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// Loads one of btcw's own modules, "libbtcw-crypto.so", and returns the address of its function
/// `entry`; the module stays for the life of the process.
///
/// It is looked for beside the executable or library that this code is part of, and where `cmake
/// --install` puts it relative to that; never along a search path that the environment decides.
/// Errors: unavailable with the loader's reason.
Result<void*> load_module(std::string_view file_name, const char* entry);

}  // namespace btcw
