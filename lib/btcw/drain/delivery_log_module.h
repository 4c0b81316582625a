#pragma once

#include "btcw/drain/delivery_log.h"

namespace btcw {

/// What libbtcw-store hands to open_delivery_log(). The version comes first and keeps its place.
struct DeliveryLogModule {
  const char* version;
  Result<std::unique_ptr<DeliveryLog>> (*open)(const std::filesystem::path& file,
                                               const Clock& clock);
};

}  // namespace btcw

/// The entry point of the module for the delivery log. The table lives as long as the process.
extern "C" const btcw::DeliveryLogModule* btcw_delivery_log_module() noexcept;
