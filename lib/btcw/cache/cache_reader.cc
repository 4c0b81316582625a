#include "btcw/cache/cache_reader.h"

#include <unistd.h>

#include <algorithm>

namespace btcw::cache_file {
namespace {

// A writer that overtakes a reader this often in a row changes nothing else.
constexpr int kAttempts = 1000;
// As often the same version has to read badly before it counts as damaged.
constexpr int kSuspicions = 3;

template <typename T>
bool read_at(int fd, std::size_t offset, T& out) {
  return ::pread(fd, &out, sizeof out, static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(sizeof out);
}

}  // namespace

bool CacheReader::read_bucket(std::size_t bucket, Bucket& out) const {
  return read_at(fd_, layout_.bucket_offset(bucket), out);
}

std::optional<Copy> CacheReader::read_slot(std::uint32_t slot) const {
  if (slot >= layout_.slot_count) return std::nullopt;
  Slot read;
  std::uint64_t suspect = 0;
  int suspicions = 0;
  for (int attempt = 0; attempt < kAttempts && suspicions < kSuspicions; ++attempt) {
    if (!read_at(fd_, layout_.slot_offset(slot), read)) return std::nullopt;
    const Copy& copy = read.current();
    if (copy.version == read.published && copy.is_whole()) return copy;
    // Torn by a writer that was two versions on, or damaged: then no newer version appears.
    suspicions = read.published == suspect ? suspicions + 1 : 1;
    suspect = read.published;
  }
  return std::nullopt;
}

std::optional<Ticker> CacheReader::find(const SymbolRequest& request) const {
  const Key key = Key::of(request);
  const std::uint64_t hash = key.hash();
  Bucket before{};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Bucket bucket;
    if (!read_bucket(layout_.bucket_of(hash), bucket)) return std::nullopt;
    bool led_astray = false;
    for (const std::uint64_t cell : bucket) {
      if (!Cell::may_be(cell, hash)) continue;
      const auto copy = read_slot(Cell::slot(cell));
      if (copy && copy->key() == key) return decode(copy->record);
      led_astray = true;
    }
    // A slot may have got another entry between the two reads. If so, its cell has changed.
    if (!led_astray || (attempt > 0 && bucket == before)) return std::nullopt;
    before = bucket;
  }
  return std::nullopt;
}

void CacheReader::for_each(FunctionRef<void(KeyKind, const Record&)> visit) const {
  std::array<Bucket, 32> buckets;
  for (std::size_t first = 0; first < layout_.bucket_count; first += buckets.size()) {
    const std::size_t count = std::min(buckets.size(), layout_.bucket_count - first);
    const std::size_t bytes = count * sizeof(Bucket);
    const auto offset = static_cast<off_t>(layout_.bucket_offset(first));
    if (::pread(fd_, buckets.data(), bytes, offset) != static_cast<ssize_t>(bytes)) return;
    for (std::size_t i = 0; i < count; ++i) {
      for (const std::uint64_t cell : buckets[i]) visit_cell(first + i, cell, visit);
    }
  }
}

void CacheReader::visit_cell(std::size_t bucket, std::uint64_t cell,
                             FunctionRef<void(KeyKind, const Record&)> visit) const {
  if (!Cell::is_used(cell)) return;
  const auto copy = read_slot(Cell::slot(cell));
  if (!copy) return;
  const std::uint64_t hash = copy->key().hash();
  // Else the slot has got another entry meanwhile, which its own cell leads to.
  if (!Cell::may_be(cell, hash) || layout_.bucket_of(hash) != bucket) return;
  visit(static_cast<KeyKind>(copy->kind), copy->record);
}

}  // namespace btcw::cache_file
