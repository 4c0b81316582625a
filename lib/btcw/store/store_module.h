#pragma once

#include <string>
#include <string_view>

#include "btcw/base/module_file.h"
#include "btcw/base/result.h"

namespace btcw {

/// What libbtcw-store has under `entry`: a function that returns a table of functions, whose first
/// member is the module's version.
/// Errors: unavailable (not found, or not of this version).
template <typename Module>
Result<const Module*> load_store_module(const char* entry) {
  auto address = load_module("libbtcw-store.so", entry);
  if (!address) return std::move(address).error().within("store module");
  using Entry = const Module* (*)() noexcept;
  const Module* const module = reinterpret_cast<Entry>(*address)();
  if (std::string_view{module->version} == BTCW_VERSION) return module;
  return Error{Errc::unavailable, "store module: libbtcw-store.so is of version " +
                                      std::string{module->version} + ", not " BTCW_VERSION};
}

}  // namespace btcw
