#pragma once

#include <filesystem>
#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

/// The cache in one memory-mapped file that any number of processes share.
///
/// Readers take no lock and never see half an entry; a writer that is killed at any moment leaves
/// it usable. A file that is damaged or of another format version is replaced, with one warning to
/// `log`. The folder is made (0700), the file is 0600. One thread uses an object. Errors:
/// unavailable (the folder or file cannot be made or mapped), invalid_input (the file belongs to
/// another user).
Result<std::unique_ptr<PriceCache>> open_local_cache(const std::filesystem::path& file,
                                                     const CacheOptions& options,
                                                     const Clock& clock, Log& log);

/// As open_local_cache, for a short-lived reader: nothing is created.
/// Errors: not_found when there is no file; the rest as above.
Result<std::unique_ptr<PriceCache>> open_local_cache_for_reading(const std::filesystem::path& file,
                                                                 const Clock& clock, Log& log);

}  // namespace btcw
