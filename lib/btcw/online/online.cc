#include "btcw/online/online.h"

#include <string>
#include <string_view>

#include "btcw/base/module_file.h"
#include "btcw/online/module.h"

namespace btcw {
namespace {

Result<const Online*> load() {
  auto entry = load_module("libbtcw-net.so", "btcw_online_v1");
  if (!entry) return std::move(entry).error().within("network module");
  const Online* const online = reinterpret_cast<decltype(&btcw_online_v1)>(*entry)();
  if (std::string_view{online->version} != BTCW_VERSION) {
    return Error{Errc::unavailable, "network module: libbtcw-net.so is of version " +
                                        std::string{online->version} + ", not " BTCW_VERSION};
  }
  return online;
}

}  // namespace

Result<const Online*> load_online() {
  static const Result<const Online*> kLoaded = load();
  return kLoaded;
}

}  // namespace btcw
