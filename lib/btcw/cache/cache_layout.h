#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "btcw/cache/cache_record.h"

/// What the shared cache file looks like.
///
///     header    256 bytes: what the file is, and two words that change (HeaderWord)
///     index     buckets of 16 cells; a key lies in the bucket that its hash names, nowhere else
///     slots     of 384 bytes each, from a page boundary on; two copies of an entry in each
///
/// The file has its full length from the start; the slots' space is allocated a block at a time,
/// so that a cache of few symbols takes little, and none is written where the disk could be full.
///
/// Writers take turns by flock(2) on the file. Readers take no lock. They rely on this:
///
/// - A slot's `published` names its version; version n lies in copy n % 2. A writer fills the
///   other copy and then publishes n + 1. Each word is stored with release, so whoever sees a word
///   of version n + 2 sees n + 1 published, and knows to read again.
/// - A copy carries its version and a checksum over all of it. What does not fit is not shown.
/// - A slot is published before a cell leads to it, and a cell goes before its slot is used again.
/// - A writer that dies leaves one copy half written that no one looks at, or a slot that no cell
///   leads to. The next writer sees by `structure`, which goes up before each change of a cell,
///   that it has to look which slots are free.
namespace btcw::cache_file {

constexpr std::uint64_t kMagic = 0x0A31'6370'7763'7462U;  // "btcwpc1\n" on little-endian machines
constexpr std::uint64_t kFormatVersion = 1;

/// Places in the header, in words.
enum HeaderWord : std::size_t {
  magic_word = 0,
  version_word = 1,
  entries_word = 2,    ///< Layout::max_entries: all sizes follow from it
  check_word = 3,      ///< of the three above
  structure_word = 8,  ///< goes up before a cell changes; under the lock
  allocated_word = 9,  ///< slots that have space on the disk; under the lock
  header_words = 32
};

constexpr std::size_t kHeaderBytes = header_words * 8;
constexpr std::size_t kPage = 4096;

/// The words of a header that never change.
using HeaderStart = std::array<std::uint64_t, check_word + 1>;

constexpr std::uint64_t header_check(const HeaderStart& header) {
  return stir(stir(header[magic_word], header[version_word]), header[entries_word]);
}

/// One version of an entry.
struct Copy {
  std::uint64_t version;
  std::uint64_t kind;
  Record record;
  std::uint64_t check;

  static std::uint64_t check_of(std::uint64_t version, std::uint64_t kind,
                                std::uint64_t record_digest) {
    return stir(stir(record_digest, version), kind);
  }
  /// Whether it is all of the version that a slot has published.
  [[nodiscard]] bool is_whole(std::uint64_t published) const;
  [[nodiscard]] Key key() const { return Key::of(static_cast<KeyKind>(kind), record); }
};

struct Slot {
  std::uint64_t published;  // a version under its seal
  Copy even;
  std::array<std::uint64_t, 2> unused;  // lets each copy lie in three cache lines
  Copy odd;
  std::uint64_t unused_end;

  /// What a writer stores to publish a version. Without the seal in the upper half, one flipped bit
  /// would bring the version before it back to light.
  static constexpr std::uint64_t sealed(std::uint32_t version) {
    return (stir(kMagic, version) & ~std::uint64_t{UINT32_MAX}) | version;
  }
  /// What stands there once no cell leads to the slot.
  static constexpr std::uint64_t unsealed(std::uint64_t published) {
    return published & UINT32_MAX;
  }
  static constexpr std::uint32_t version(std::uint64_t published) {
    return static_cast<std::uint32_t>(published);
  }

  [[nodiscard]] const Copy& current() const { return published % 2 == 0 ? even : odd; }
};

inline bool Copy::is_whole(std::uint64_t published) const {
  return version == Slot::version(published) &&
         published == Slot::sealed(Slot::version(published)) &&
         check == check_of(version, kind, digest(record)) &&
         (kind == static_cast<std::uint64_t>(KeyKind::any) ||
          kind == static_cast<std::uint64_t>(KeyKind::exchange));
}

constexpr std::size_t kCopyWords = sizeof(Copy) / 8;
constexpr std::size_t kSlotBytes = sizeof(Slot);
/// Where the copies begin in a slot, in words.
constexpr std::array<std::size_t, 2> kCopyAt{offsetof(Slot, even) / 8, offsetof(Slot, odd) / 8};
static_assert(kCopyWords == Record::kWords + 3 && kSlotBytes == 384);

constexpr std::size_t kCellsPerBucket = 16;
constexpr std::size_t kBucketBytes = kCellsPerBucket * 8;
using Bucket = std::array<std::uint64_t, kCellsPerBucket>;

/// 0: free. Else the upper half of the key's hash (its top bit: the kind is any) over 1 + the slot.
struct Cell {
  static constexpr std::uint64_t of(std::uint64_t hash, std::uint32_t slot) {
    return (hash & 0xFFFF'FFFF'0000'0000U) | (std::uint64_t{slot} + 1);
  }
  static constexpr bool is_used(std::uint64_t cell) {
    return static_cast<std::uint32_t>(cell) != 0;
  }
  static constexpr bool may_be(std::uint64_t cell, std::uint64_t hash) {
    return is_used(cell) && (cell ^ hash) >> 32U == 0;
  }
  /// Precondition: is_used(cell).
  static constexpr std::uint32_t slot(std::uint64_t cell) {
    return static_cast<std::uint32_t>(cell) - 1;
  }
  static constexpr bool is_any(std::uint64_t cell) { return cell >> 63U != 0; }
};

/// All sizes, from the number of tickers that are kept.
struct Layout {
  static constexpr std::size_t kMostEntries = 1'000'000;

  std::size_t max_entries;
  std::size_t bucket_count;
  std::size_t slot_count;  ///< two keys an entry

  /// `max_entries` beyond 1 to kMostEntries counts as the nearest of them.
  static constexpr Layout of(std::size_t max_entries) {
    if (max_entries < 1) max_entries = 1;
    if (max_entries > kMostEntries) max_entries = kMostEntries;
    Layout layout{.max_entries = max_entries, .bucket_count = 1, .slot_count = 2 * max_entries};
    // At most four keys a bucket on average: that one of them overflows is as good as impossible.
    while (layout.bucket_count * 4 < layout.slot_count) layout.bucket_count *= 2;
    return layout;
  }

  [[nodiscard]] constexpr std::size_t bucket_of(std::uint64_t hash) const {
    return static_cast<std::size_t>(hash) & (bucket_count - 1);
  }
  [[nodiscard]] constexpr std::size_t bucket_offset(std::size_t bucket) const {
    return kHeaderBytes + bucket * kBucketBytes;
  }
  [[nodiscard]] constexpr std::size_t slots_offset() const {
    return (bucket_offset(bucket_count) + kPage - 1) / kPage * kPage;
  }
  [[nodiscard]] constexpr std::size_t slot_offset(std::size_t slot) const {
    return slots_offset() + slot * kSlotBytes;
  }
  [[nodiscard]] constexpr std::size_t file_bytes() const { return slot_offset(slot_count); }

  [[nodiscard]] HeaderStart header_start() const {
    HeaderStart header{kMagic, kFormatVersion, max_entries, 0};
    header[check_word] = header_check(header);
    return header;
  }
};

}  // namespace btcw::cache_file
