#include "btcw/drain/delivery_log.h"

#include <array>
#include <utility>

#include "btcw/base/module_file.h"
#include "btcw/drain/delivery_log_module.h"

namespace btcw {
namespace {

constexpr std::array kResults{DeliveryResult::delivered, DeliveryResult::transient,
                              DeliveryResult::rate_limited, DeliveryResult::permanent,
                              DeliveryResult::ambiguous};

Result<const DeliveryLogModule*> load() {
  auto entry = load_module("libbtcw-store.so", "btcw_delivery_log_module");
  if (!entry) return std::move(entry).error().within("store module");
  const auto* const module = reinterpret_cast<decltype(&btcw_delivery_log_module)>(*entry)();
  if (std::string_view{module->version} != BTCW_VERSION) {
    return Error{Errc::unavailable, "store module: libbtcw-store.so is of version " +
                                        std::string{module->version} + ", not " BTCW_VERSION};
  }
  return module;
}

}  // namespace

std::string_view to_string(DeliveryResult result) {
  switch (result) {
    case DeliveryResult::delivered:
      return "delivered";
    case DeliveryResult::transient:
      return "transient";
    case DeliveryResult::rate_limited:
      return "rate_limited";
    case DeliveryResult::permanent:
      return "permanent";
    case DeliveryResult::ambiguous:
      return "ambiguous";
  }
  return {};
}

std::optional<DeliveryResult> find_delivery_result(std::string_view name) {
  for (const DeliveryResult result : kResults) {
    if (to_string(result) == name) return result;
  }
  return std::nullopt;
}

Result<std::unique_ptr<DeliveryLog>> open_delivery_log(const std::filesystem::path& file,
                                                       const Clock& clock) {
  static const Result<const DeliveryLogModule*> kLoaded = load();
  if (!kLoaded) return kLoaded.error();
  return (*kLoaded)->open(file, clock).within("delivery log");
}

}  // namespace btcw
