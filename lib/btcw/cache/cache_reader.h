#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "btcw/base/function_ref.h"
#include "btcw/cache/cache_layout.h"

namespace btcw::cache_file {

/// Looks entries up in an open file, without a lock.
///
/// It reads with pread(2) instead of through a mapping: a file that somebody cuts short then reads
/// short, where touching a mapping of it ends the process with SIGBUS; and a few calls cost less
/// than a mapping's page faults.
class CacheReader {
 public:
  CacheReader(int fd, const Layout& layout) : fd_{fd}, layout_{layout} {}

  /// nullopt: there is no such entry, or it is damaged.
  [[nodiscard]] std::optional<Ticker> find(const SymbolRequest& request) const;

  /// Calls `visit` with every whole entry. One that changes meanwhile is passed as it was or as it
  /// becomes.
  void for_each(FunctionRef<void(KeyKind, const Record&)> visit) const;

 private:
  [[nodiscard]] bool read_bucket(std::size_t bucket, Bucket& out) const;
  [[nodiscard]] std::optional<Copy> read_slot(std::uint32_t slot) const;

  int fd_;
  Layout layout_;
};

}  // namespace btcw::cache_file
