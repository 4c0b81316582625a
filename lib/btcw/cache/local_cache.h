#pragma once

#include <filesystem>
#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

/// The cache in one file that any number of processes share.
///
/// Readers take no lock, never wait and never see half an entry; a writer that is killed at any
/// moment leaves the file usable. Writers take turns; one waits for its turn a fifth of a second at
/// most. An object follows the file's name: a file that was removed or replaced is not written to
/// any more. Entries that are older than `options.keep` are dropped at the start and now and then.
///
/// A file that is damaged is replaced by an empty one, with one warning to `log`; so is one of
/// another format version, but only when a cache is opened. A file for fewer tickers than
/// `options.max_entries` is enlarged. The folder is made (0700), the file is 0600 and its space is
/// allocated beforehand: a full disk is an error and never a signal. One thread uses an object.
///
/// Errors: unavailable (the folder or file cannot be made, locked or mapped: the system's reason);
/// invalid_input (the name leads to a symbolic link, to something else than a file, or to another
/// user's); rejected (the folder belongs to another user).
Result<std::unique_ptr<PriceCache>> open_local_cache(const std::filesystem::path& file,
                                                     const CacheOptions& options,
                                                     const Clock& clock, Log& log);

/// As open_local_cache, for a short-lived reader: nothing is made or changed, put() and
/// remove_older() are unavailable.
/// Errors: not_found when there is no file, or none that can be used; the rest as above.
Result<std::unique_ptr<PriceCache>> open_local_cache_for_reading(const std::filesystem::path& file,
                                                                 const Clock& clock, Log& log);

}  // namespace btcw
