#pragma once

#include <filesystem>
#include <memory>

#include "btcw/drain/delivery_log.h"

namespace btcw {

/// open_delivery_log() from within the module; `clock` outlives the log.
///
/// Tables, times in milliseconds since 1970: delivery (one row an attempt), send (what counts
/// against the caps, for a day), block (a Retry-After in force).
Result<std::unique_ptr<DeliveryLog>> open_sqlite_delivery_log(const std::filesystem::path& file,
                                                              const Clock& clock);

}  // namespace btcw
