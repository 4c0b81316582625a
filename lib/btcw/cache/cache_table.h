#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "btcw/base/function_ref.h"
#include "btcw/base/result.h"
#include "btcw/cache/cache_layout.h"
#include "btcw/cache/price_cache.h"

namespace btcw::cache_file {

/// The entries of a mapped cache file, for a writer.
///
/// Precondition of all that changes or begins: the caller holds the file's lock, and the file has
/// the length that its layout says.
class CacheTable {
 public:
  /// Maps the file. `fd` outlives the table. At most `max_entries` tickers are kept, or as many as
  /// the layout has room for.
  /// Errors: unavailable (with the system's reason).
  static Result<CacheTable> map(int fd, const Layout& layout, std::size_t max_entries);

  /// Takes in what other writers changed. To be called each time the lock was acquired.
  /// Errors: bad_data when the file is damaged so that it has to be replaced; unavailable (with the
  /// system's reason).
  Result<void> begin();

  /// Keeps the record where may_replace() allows it: for its exchange and, with scope any, for any.
  /// Errors: unavailable: the disk is full, a new entry has no place.
  Result<void> put(const Record& record, CacheScope scope, UtcTime now);
  /// The same for one key of the two.
  Result<void> put_under(KeyKind kind, const Record& record, UtcTime now);

  struct Removed {
    std::size_t tickers = 0;  ///< of kind exchange
    std::size_t damaged = 0;  ///< entries of any kind that nobody could have read
  };
  /// Removes the entries that were received at such a time, and the damaged ones.
  Removed remove_if(FunctionRef<bool(UtcTime received)> is_to_go);

 private:
  struct Unmap {
    std::size_t bytes = 0;
    void operator()(std::uint64_t* words) const;
  };
  using Mapping = std::unique_ptr<std::uint64_t[], Unmap>;
  /// What is to be put under one key.
  struct Offer {
    KeyKind kind;
    const Record& record;
    std::uint64_t digest;
    UtcTime now;
  };
  struct Used {
    std::size_t bucket;
    std::size_t cell;
    UtcTime received;
    bool is_any;
  };

  CacheTable(int fd, const Layout& layout, std::size_t max_entries, Mapping mapping);

  [[nodiscard]] std::uint64_t load(std::size_t word) const {
    return std::atomic_ref{words_[word]}.load(std::memory_order_acquire);
  }
  void store(std::size_t word, std::uint64_t value) {
    std::atomic_ref{words_[word]}.store(value, std::memory_order_release);
  }
  [[nodiscard]] std::size_t cell_word(std::size_t bucket, std::size_t cell) const {
    return layout_.bucket_offset(bucket) / 8 + cell;
  }
  [[nodiscard]] std::size_t slot_word(std::uint32_t slot) const {
    return layout_.slot_offset(slot) / 8;
  }
  [[nodiscard]] std::size_t copy_word(std::uint32_t slot, std::uint64_t version) const {
    return slot_word(slot) + kCopyAt[version % 2];
  }
  [[nodiscard]] std::optional<Copy> whole_copy(std::uint32_t slot) const;
  [[nodiscard]] std::optional<Copy> copy_behind(std::size_t bucket, std::uint64_t cell) const;
  [[nodiscard]] bool holds(std::uint32_t slot, const Key& key) const;
  [[nodiscard]] bool refuses(std::uint32_t slot, const Offer& offer) const;

  void publish(std::uint32_t slot, const Offer& offer);
  Result<void> put(const Offer& offer);
  Result<void> insert(const Offer& offer, std::uint64_t hash);
  void set_cell(std::size_t bucket, std::size_t cell, std::uint64_t value);
  void remove(std::size_t bucket, std::size_t cell);
  Result<std::uint32_t> free_slot(UtcTime now);
  Result<void> allocate_slots();
  Result<void> ensure_space(std::size_t allocated) const;
  void make_room(UtcTime now);
  std::size_t free_cell(std::size_t bucket, UtcTime now);
  [[nodiscard]] UtcTime age_mark(std::size_t bucket, std::uint64_t cell, UtcTime now) const;
  void count_slots();
  [[nodiscard]] std::vector<Used> by_age(UtcTime now) const;

  int fd_;
  Layout layout_;
  std::size_t limit_;
  Mapping words_;

  // What is known of the file as of `structure_`.
  std::optional<std::uint64_t> structure_;
  std::size_t allocated_ = 0;
  std::size_t tickers_ = 0;
  std::vector<std::uint32_t> free_;
  bool is_counted_ = false;  // tickers_ and free_ are right
};

}  // namespace btcw::cache_file
