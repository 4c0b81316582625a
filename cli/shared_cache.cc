#include "shared_cache.h"

#include <utility>

#include "btcw/cache/local_cache.h"

namespace btcw::cli {

std::filesystem::path shared_cache_file(const Config& config) {
  return config.general.cache_dir / "prices";
}

SharedCache::SharedCache(const Config& config, const Clock& clock, Log& log)
    : file_{shared_cache_file(config)}, options_{config.cache}, clock_{clock}, log_{log} {}

Result<PriceCache*> SharedCache::opened_for_reading() {
  if (writer_) return writer_.get();
  if (reader_) return reader_.get();
  auto opened = open_local_cache_for_reading(file_, clock_, log_);
  if (!opened) {
    if (opened.error().code == Errc::not_found) return static_cast<PriceCache*>(nullptr);
    return std::move(opened).error();
  }
  reader_ = *std::move(opened);
  return reader_.get();
}

Result<PriceCache*> SharedCache::opened_for_writing() {
  if (writer_) return writer_.get();
  auto opened = open_local_cache(file_, options_, clock_, log_);
  if (!opened) return std::move(opened).error();
  writer_ = *std::move(opened);
  return writer_.get();
}

Result<void> SharedCache::put(std::span<const CacheEntry> entries) {
  const auto cache = opened_for_writing();
  if (!cache) return cache.error();
  return (*cache)->put(entries);
}

Result<std::vector<std::optional<Ticker>>> SharedCache::get(
    std::span<const SymbolRequest> requests) {
  const auto cache = opened_for_reading();
  if (!cache) return cache.error();
  if (*cache == nullptr) return std::vector<std::optional<Ticker>>(requests.size());
  return (*cache)->get(requests);
}

Result<std::vector<Ticker>> SharedCache::list() {
  const auto cache = opened_for_reading();
  if (!cache) return cache.error();
  if (*cache == nullptr) return std::vector<Ticker>{};
  return (*cache)->list();
}

Result<std::size_t> SharedCache::remove_older(UtcTime before) {
  const auto cache = opened_for_writing();
  if (!cache) return cache.error();
  return (*cache)->remove_older(before);
}

}  // namespace btcw::cli
