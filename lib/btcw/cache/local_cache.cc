#include "btcw/cache/local_cache.h"

#include <algorithm>
#include <string>
#include <utility>

#include "btcw/cache/cache_file.h"
#include "btcw/cache/cache_file_maker.h"
#include "btcw/cache/cache_reader.h"
#include "btcw/cache/cache_table.h"

namespace btcw {
namespace {

using cache_file::Access;
using cache_file::CacheFile;
using cache_file::CacheFileMaker;
using cache_file::CacheReader;
using cache_file::CacheTable;
using cache_file::FileLock;
using cache_file::FileState;
using cache_file::KeyKind;
using cache_file::Occasion;
using cache_file::Record;

constexpr milliseconds kLockPatience{200};
constexpr milliseconds kShortestCleaning = seconds{1};
constexpr milliseconds kLongestCleaning = std::chrono::minutes{10};

std::vector<std::optional<Ticker>> answers(const CacheFile& file,
                                           std::span<const SymbolRequest> requests) {
  const CacheReader reader{file.fd(), file.layout()};
  std::vector<std::optional<Ticker>> found;
  found.reserve(requests.size());
  for (const SymbolRequest& request : requests) found.push_back(reader.find(request));
  return found;
}

std::vector<Ticker> tickers(const CacheFile& file) {
  std::vector<Ticker> all;
  CacheReader{file.fd(), file.layout()}.for_each([&](KeyKind kind, const Record& record) {
    if (kind != KeyKind::exchange) return;
    if (auto ticker = decode(record)) all.push_back(*ticker);
  });
  return all;
}

/// What both kinds of cache do: read, from the file that has the name now.
class ReadableCache : public PriceCache {
 public:
  ReadableCache(std::filesystem::path path, Access access)
      : path_{std::move(path)}, access_{access} {}

  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest> requests) override {
    auto present = follow_name();
    if (!present) return std::move(present).error();
    if (!*present) return std::vector<std::optional<Ticker>>(requests.size());
    return answers(*file_, requests);
  }

  Result<std::vector<Ticker>> list() override {
    auto present = follow_name();
    if (!present) return std::move(present).error();
    if (!*present) return std::vector<Ticker>{};
    return tickers(*file_);
  }

 protected:
  [[nodiscard]] Error located(Error error) const {
    return std::move(error).within("cache file " + path_.native());
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::optional<CacheFile>& file() { return file_; }

  /// Called before file() closes.
  virtual void before_close() {}

  void close() {
    before_close();
    file_.reset();
  }

 private:
  /// Whether there is a usable file.
  Result<bool> follow_name() {
    if (file_ && file_->is_named(path_)) return true;
    close();
    auto opened = CacheFile::open(path_, access_);
    if (!opened && opened.error().code == Errc::not_found) return false;
    if (!opened) return located(std::move(opened).error());
    if (opened->state() != FileState::usable) return false;
    file_ = std::move(*opened);
    return true;
  }

  std::filesystem::path path_;
  Access access_;
  std::optional<CacheFile> file_;
};

class ReadOnlyCache final : public ReadableCache {
 public:
  explicit ReadOnlyCache(std::filesystem::path path)
      : ReadableCache{std::move(path), Access::read} {}

  Result<void> open(Log& log) {
    auto opened = CacheFile::open(path(), Access::read);
    if (!opened) return located(std::move(opened).error());
    if (opened->state() != FileState::usable) {
      log.debug("the cache file is not usable",
                {{"file", path().native()}, {"why", opened->flaw()}});
      return located({Errc::not_found, std::string{opened->flaw()}});
    }
    file() = std::move(*opened);
    return {};
  }

  Result<void> put(std::span<const CacheEntry>) override { return read_only(); }
  Result<std::size_t> remove_older(UtcTime) override { return read_only(); }

 private:
  [[nodiscard]] Error read_only() const {
    return located({Errc::unavailable, "is open for reading only"});
  }
};

class LocalCache final : public ReadableCache {
 public:
  LocalCache(std::filesystem::path path, const CacheOptions& options, const Clock& clock, Log& log)
      : ReadableCache{std::move(path), Access::read_write},
        options_{options},
        clock_{clock},
        log_{log},
        maker_{this->path(), options.max_entries, clock, log} {}

  Result<void> open() {
    auto attached = attach(Occasion::start);
    if (!attached) return located(std::move(attached).error());
    // Cleaning can wait; to start must not.
    const auto lock = FileLock::acquire(file()->fd(), clock_, milliseconds{0});
    if (lock && file()->is_named(path()) && table_->begin()) clean();
    return {};
  }

  Result<void> put(std::span<const CacheEntry> entries) override {
    if (entries.empty()) return {};
    const auto lock = lock_current();
    if (!lock) return located(Error{lock.error()});
    if (clock_.steady_now() >= next_cleaning_) clean();
    const UtcTime now = clock_.now();
    Result<void> all;
    for (const CacheEntry& entry : entries) {
      if (!is_cacheable(entry.ticker)) continue;
      auto one = table_->put(cache_file::encode(entry.ticker), entry.scope, now);
      if (!one && all) all = located(std::move(one).error());
    }
    return all;
  }

  Result<std::size_t> remove_older(UtcTime before) override {
    const auto lock = lock_current();
    if (!lock) return located(Error{lock.error()});
    return remove_if([&](UtcTime received) { return received < before; });
  }

 private:
  void before_close() override { table_.reset(); }

  Result<void> attach(Occasion occasion) {
    close();
    auto obtained = maker_.obtain(occasion);
    if (!obtained) return std::move(obtained).error();
    auto mapped = CacheTable::map(obtained->fd(), obtained->layout(), options_.max_entries);
    if (!mapped) return std::move(mapped).error();
    file() = std::move(*obtained);
    table_ = std::move(*mapped);
    return {};
  }

  /// Locks the file that has the name now, with table_ ready for it.
  Result<FileLock> lock_current() {
    constexpr int kReplacements = 4;
    for (int i = 0; i < kReplacements; ++i) {
      if (!table_) {
        auto attached = attach(Occasion::running);
        if (!attached) return std::move(attached).error();
      }
      auto lock = FileLock::acquire(file()->fd(), clock_, kLockPatience);
      if (!lock) return lock;
      // It may have been replaced while we waited, or have been damaged.
      if (file()->is_named(path())) {
        auto begun = table_->begin();
        if (begun) return lock;
        if (begun.error().code != Errc::bad_data) return std::move(begun).error();
      }
      lock->release();
      close();
    }
    return Error{Errc::unavailable, "is replaced again and again"};
  }

  void clean() {
    next_cleaning_ =
        clock_.steady_now() + std::clamp(options_.keep / 8, kShortestCleaning, kLongestCleaning);
    const UtcTime now = clock_.now();
    // What was received that far in the future was so with a clock that was wrong.
    remove_if([&](UtcTime received) {
      return received < now - options_.keep || received > now + options_.keep;
    });
  }

  std::size_t remove_if(FunctionRef<bool(UtcTime)> is_to_go) {
    const CacheTable::Removed removed = table_->remove_if(is_to_go);
    if (removed.damaged > 0) {
      log_.warning("damaged entries of the cache file were removed",
                   {{"file", path().native()}, {"entries", std::to_string(removed.damaged)}});
    }
    return removed.tickers;
  }

  CacheOptions options_;
  const Clock& clock_;
  Log& log_;
  CacheFileMaker maker_;
  std::optional<CacheTable> table_;
  SteadyTime next_cleaning_{};
};

}  // namespace

Result<std::unique_ptr<PriceCache>> open_local_cache(const std::filesystem::path& file,
                                                     const CacheOptions& options,
                                                     const Clock& clock, Log& log) {
  auto cache = std::make_unique<LocalCache>(file, options, clock, log);
  auto opened = cache->open();
  if (!opened) return std::move(opened).error();
  return std::unique_ptr<PriceCache>{std::move(cache)};
}

Result<std::unique_ptr<PriceCache>> open_local_cache_for_reading(const std::filesystem::path& file,
                                                                 const Clock& /*clock*/, Log& log) {
  auto cache = std::make_unique<ReadOnlyCache>(file);
  auto opened = cache->open(log);
  if (!opened) return std::move(opened).error();
  return std::unique_ptr<PriceCache>{std::move(cache)};
}

}  // namespace btcw
