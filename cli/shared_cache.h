#pragma once

#include <filesystem>
#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/cache/price_cache.h"
#include "btcw/config/config.h"

namespace btcw::cli {

/// The file of the local cache, the same for every command.
std::filesystem::path shared_cache_file(const Config& config);

/// The local cache as a short command uses it: nothing is created before there is something to put
/// in. One thread uses an object.
class SharedCache final : public PriceCache {
 public:
  SharedCache(const Config& config, const Clock& clock, Log& log);

  Result<void> put(std::span<const CacheEntry> entries) override;
  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest> requests) override;
  Result<std::vector<Ticker>> list() override;
  Result<std::size_t> remove_older(UtcTime before) override;

 private:
  /// The cache, opened for reading at least; nullptr when there is no file yet.
  Result<PriceCache*> opened_for_reading();
  Result<PriceCache*> opened_for_writing();

  std::filesystem::path file_;
  CacheOptions options_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<PriceCache> reader_ = nullptr;
  std::unique_ptr<PriceCache> writer_ = nullptr;
};

}  // namespace btcw::cli
