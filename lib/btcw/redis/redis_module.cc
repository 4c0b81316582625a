#include "btcw/redis/redis_module.h"

#include <string>
#include <string_view>

#include "btcw/base/module_file.h"

namespace btcw {
namespace {

Result<const RedisModule*> load() {
  auto entry = load_module("libbtcw-redis.so", "btcw_redis_module");
  if (!entry) return std::move(entry).error().within("Redis module");
  const RedisModule* const module = reinterpret_cast<decltype(&btcw_redis_module)>(*entry)();
  if (std::string_view{module->version} != BTCW_VERSION) {
    return Error{Errc::unavailable, "Redis module: libbtcw-redis.so is of version " +
                                        std::string{module->version} + ", not " BTCW_VERSION};
  }
  return module;
}

}  // namespace

Result<const RedisModule*> load_redis() {
  static const Result<const RedisModule*> kLoaded = load();
  return kLoaded;
}

}  // namespace btcw
