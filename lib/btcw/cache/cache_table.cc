#include "btcw/cache/cache_table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "btcw/cache/cache_file.h"

namespace btcw::cache_file {
namespace {

constexpr std::size_t kSlotsPerAllocation = 128;

// Places in a copy, in words.
constexpr std::size_t kVersionAt = offsetof(Copy, version) / 8;
constexpr std::size_t kKindAt = offsetof(Copy, kind) / 8;
constexpr std::size_t kRecordAt = offsetof(Copy, record) / 8;
constexpr std::size_t kCheckAt = offsetof(Copy, check) / 8;

}  // namespace

Result<CacheTable> CacheTable::map(int fd, const Layout& layout, std::size_t max_entries) {
  const std::size_t bytes = layout.file_bytes();
  void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return system_error("map", errno);
  Mapping words{static_cast<std::uint64_t*>(address), Unmap{bytes}};
  return CacheTable{fd, layout, max_entries, std::move(words)};
}

CacheTable::CacheTable(int fd, const Layout& layout, std::size_t max_entries, Mapping mapping)
    : fd_{fd},
      layout_{layout},
      limit_{std::clamp<std::size_t>(max_entries, 1, layout.max_entries)},
      words_{std::move(mapping)} {}

void CacheTable::Unmap::operator()(std::uint64_t* words) const { ::munmap(words, bytes); }

Result<void> CacheTable::begin() {
  const HeaderStart header = layout_.header_start();
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (load(i) != header[i]) return Error{Errc::bad_data, "has a damaged header"};
  }
  const std::uint64_t structure = load(structure_word);
  const std::uint64_t allocated = load(allocated_word);
  if (structure_ == structure && allocated_ == allocated) return {};
  if (allocated > layout_.slot_count) return Error{Errc::bad_data, "has an absurd size"};
  auto space = ensure_space(allocated);
  if (!space) return space;
  allocated_ = allocated;
  structure_ = structure;
  count_slots();
  return {};
}

// What the header calls allocated may be a hole, after damage; to write there on a full disk would
// raise SIGBUS.
Result<void> CacheTable::ensure_space(std::size_t allocated) const {
  constexpr std::size_t kBlock = 512;  // the unit of st_blocks, whatever the file system
  const std::size_t bytes = layout_.slot_offset(allocated);
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return system_error("stat", errno);
  if (static_cast<std::size_t>(status.st_blocks) * kBlock >= bytes) return {};
  const int error = ::posix_fallocate(fd_, 0, static_cast<off_t>(bytes));
  if (error != 0) return system_error("allocate", error);
  return {};
}

void CacheTable::count_slots() {
  std::vector<bool> is_taken(allocated_);
  tickers_ = 0;
  for (std::size_t bucket = 0; bucket < layout_.bucket_count; ++bucket) {
    for (std::size_t i = 0; i < kCellsPerBucket; ++i) {
      const std::uint64_t cell = load(cell_word(bucket, i));
      if (cell == 0) continue;
      const bool leads_astray =
          !Cell::is_used(cell) || Cell::slot(cell) >= allocated_ || is_taken[Cell::slot(cell)];
      if (leads_astray) {
        set_cell(bucket, i, 0);
        continue;
      }
      is_taken[Cell::slot(cell)] = true;
      if (!Cell::is_any(cell)) ++tickers_;
    }
  }
  free_.clear();
  for (std::size_t slot = allocated_; slot-- > 0;) {
    if (!is_taken[slot]) free_.push_back(static_cast<std::uint32_t>(slot));
  }
  is_counted_ = true;
}

std::optional<Copy> CacheTable::whole_copy(std::uint32_t slot) const {
  const std::uint64_t published = load(slot_word(slot));
  const std::size_t from = copy_word(slot, published);
  Copy copy;
  copy.version = load(from + kVersionAt);
  copy.kind = load(from + kKindAt);
  for (std::size_t i = 0; i < Record::kWords; ++i)
    copy.record.words[i] = load(from + kRecordAt + i);
  copy.check = load(from + kCheckAt);
  if (!copy.is_whole(published)) return std::nullopt;
  return copy;
}

// nullopt: the cell leads nowhere, or to what is damaged or belongs elsewhere.
std::optional<Copy> CacheTable::copy_behind(std::size_t bucket, std::uint64_t cell) const {
  if (Cell::slot(cell) >= allocated_) return std::nullopt;
  auto copy = whole_copy(Cell::slot(cell));
  if (!copy) return std::nullopt;
  const std::uint64_t hash = copy->key().hash();
  if (!Cell::may_be(cell, hash) || layout_.bucket_of(hash) != bucket) return std::nullopt;
  return copy;
}

bool CacheTable::holds(std::uint32_t slot, const Key& key) const {
  if (slot >= allocated_) return false;
  const std::size_t from = copy_word(slot, load(slot_word(slot)));
  if (load(from + kKindAt) != static_cast<std::uint64_t>(key.kind)) return false;
  const std::size_t first = key.kind == KeyKind::any ? Record::kSymbol : Record::kExchange;
  for (std::size_t i = first; i < key.words.size(); ++i) {
    if (load(from + kRecordAt + i) != key.words[i]) return false;
  }
  return true;
}

bool CacheTable::refuses(std::uint32_t slot, const Offer& offer) const {
  const std::size_t from = copy_word(slot, load(slot_word(slot)));
  const auto held = static_cast<std::int64_t>(load(from + kRecordAt + Record::kReceived));
  if (may_replace(from_unix_ms(held), offer.record.received(), offer.now)) return false;
  return whole_copy(slot).has_value();
}

void CacheTable::publish(std::uint32_t slot, const Offer& offer) {
  const std::uint32_t version = Slot::version(load(slot_word(slot))) + 1;
  const auto kind = static_cast<std::uint64_t>(offer.kind);
  const std::size_t to = copy_word(slot, version);
  store(to + kVersionAt, version);
  store(to + kKindAt, kind);
  for (std::size_t i = 0; i < Record::kWords; ++i) store(to + kRecordAt + i, offer.record.words[i]);
  store(to + kCheckAt, Copy::check_of(version, kind, offer.digest));
  store(slot_word(slot), Slot::sealed(version));
}

Result<void> CacheTable::put(const Record& record, CacheScope scope, UtcTime now) {
  Offer offer{KeyKind::exchange, record, digest(record), now};
  auto done = put(offer);
  if (!done || scope == CacheScope::exchange) return done;
  offer.kind = KeyKind::any;
  return put(offer);
}

Result<void> CacheTable::put_under(KeyKind kind, const Record& record, UtcTime now) {
  return put(Offer{kind, record, digest(record), now});
}

Result<void> CacheTable::put(const Offer& offer) {
  const Key key = Key::of(offer.kind, offer.record);
  const std::uint64_t hash = key.hash();
  const std::size_t first = cell_word(layout_.bucket_of(hash), 0);
  for (std::size_t i = 0; i < kCellsPerBucket; ++i) {
    const std::uint64_t cell = load(first + i);
    if (!Cell::may_be(cell, hash) || !holds(Cell::slot(cell), key)) continue;
    if (!refuses(Cell::slot(cell), offer)) publish(Cell::slot(cell), offer);
    return {};
  }
  return insert(offer, hash);
}

Result<void> CacheTable::insert(const Offer& offer, std::uint64_t hash) {
  if (offer.kind == KeyKind::exchange && tickers_ >= limit_) make_room(offer.now);
  const std::size_t bucket = layout_.bucket_of(hash);
  const std::size_t cell = free_cell(bucket, offer.now);
  auto slot = free_slot(offer.now);
  if (!slot) return std::move(slot).error();
  publish(*slot, offer);
  set_cell(bucket, cell, Cell::of(hash, *slot));
  if (offer.kind == KeyKind::exchange) ++tickers_;
  return {};
}

void CacheTable::set_cell(std::size_t bucket, std::size_t cell, std::uint64_t value) {
  // First, so that whoever takes over from a writer that died between the two looks at the cells.
  structure_ = load(structure_word) + 1;
  store(structure_word, *structure_);
  store(cell_word(bucket, cell), value);
}

void CacheTable::remove(std::size_t bucket, std::size_t cell) {
  const std::uint64_t value = load(cell_word(bucket, cell));
  const bool is_any = Cell::is_any(value);
  const bool is_sound = copy_behind(bucket, value).has_value() && (is_any || tickers_ > 0);
  set_cell(bucket, cell, 0);
  if (!is_sound) {
    // The slot may be that of another cell.
    is_counted_ = false;
    return;
  }
  if (!is_any) --tickers_;
  const std::uint32_t slot = Cell::slot(value);
  store(slot_word(slot), Slot::unsealed(load(slot_word(slot))));
  free_.push_back(slot);
}

Result<std::uint32_t> CacheTable::free_slot(UtcTime now) {
  if (free_.empty() && allocated_ < layout_.slot_count) {
    auto allocated = allocate_slots();
    if (!allocated) return std::move(allocated).error();
  }
  if (free_.empty()) make_room(now);
  if (free_.empty()) return Error{Errc::unavailable, "is full"};
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  return slot;
}

Result<void> CacheTable::allocate_slots() {
  const std::size_t more = std::min(kSlotsPerAllocation, layout_.slot_count - allocated_);
  const auto offset = static_cast<off_t>(layout_.slot_offset(allocated_));
  const auto bytes = static_cast<off_t>(more * kSlotBytes);
  const int error = ::posix_fallocate(fd_, offset, bytes);
  if (error != 0) return system_error("allocate", error);
  for (std::size_t slot = allocated_ + more; slot-- > allocated_;) {
    free_.push_back(static_cast<std::uint32_t>(slot));
  }
  allocated_ += more;
  store(allocated_word, allocated_);
  return {};
}

std::size_t CacheTable::free_cell(std::size_t bucket, UtcTime now) {
  for (std::size_t i = 0; i < kCellsPerBucket; ++i) {
    if (!Cell::is_used(load(cell_word(bucket, i)))) return i;
  }
  std::size_t oldest = 0;
  UtcTime oldest_time = UtcTime::max();
  for (std::size_t i = 0; i < kCellsPerBucket; ++i) {
    const UtcTime time = age_mark(bucket, load(cell_word(bucket, i)), now);
    if (time >= oldest_time) continue;
    oldest = i;
    oldest_time = time;
  }
  remove(bucket, oldest);
  if (!is_counted_) count_slots();
  return oldest;
}

// When it was received, for the order of eviction: what is damaged, or was received with a wrong
// clock, goes first.
UtcTime CacheTable::age_mark(std::size_t bucket, std::uint64_t cell, UtcTime now) const {
  const auto copy = copy_behind(bucket, cell);
  if (!copy || may_replace(copy->record.received(), UtcTime::min(), now)) return UtcTime::min();
  return copy->record.received();
}

// Makes some room at once, for it takes a look at every entry.
void CacheTable::make_room(UtcTime now) {
  const std::size_t spare = std::max<std::size_t>(1, limit_ / 16);
  for (const Used& used : by_age(now)) {
    const std::size_t slots_left = free_.size() + layout_.slot_count - allocated_;
    if (tickers_ + spare <= limit_ && slots_left >= spare) break;
    remove(used.bucket, used.cell);
  }
  if (!is_counted_) count_slots();
}

std::vector<CacheTable::Used> CacheTable::by_age(UtcTime now) const {
  std::vector<Used> all;
  all.reserve(allocated_ - free_.size());
  for (std::size_t bucket = 0; bucket < layout_.bucket_count; ++bucket) {
    for (std::size_t i = 0; i < kCellsPerBucket; ++i) {
      const std::uint64_t cell = load(cell_word(bucket, i));
      if (!Cell::is_used(cell)) continue;
      all.push_back({bucket, i, age_mark(bucket, cell, now), Cell::is_any(cell)});
    }
  }
  std::sort(all.begin(), all.end(), [](const Used& a, const Used& b) {
    return a.received != b.received ? a.received < b.received : a.is_any > b.is_any;
  });
  return all;
}

CacheTable::Removed CacheTable::remove_if(FunctionRef<bool(UtcTime)> is_to_go) {
  Removed removed;
  for (std::size_t bucket = 0; bucket < layout_.bucket_count; ++bucket) {
    for (std::size_t i = 0; i < kCellsPerBucket; ++i) {
      const std::uint64_t cell = load(cell_word(bucket, i));
      if (!Cell::is_used(cell)) continue;
      const auto copy = copy_behind(bucket, cell);
      if (copy && !is_to_go(copy->record.received())) continue;
      if (!copy) ++removed.damaged;
      if (copy && !Cell::is_any(cell)) ++removed.tickers;
      remove(bucket, i);
    }
  }
  if (!is_counted_) count_slots();
  return removed;
}

}  // namespace btcw::cache_file
