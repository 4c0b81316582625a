#include "btcw/cache/cache_reader.h"

#include <unistd.h>

#include <algorithm>
#include <array>

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

std::optional<Copy> whole_copy(const Slot& slot) {
  const Copy& copy = slot.current();
  if (!copy.is_whole(slot.published)) return std::nullopt;
  return copy;
}

/// A cell that is used, and where it stands.
struct Lead {
  std::uint32_t slot;
  std::size_t bucket;
  std::uint64_t cell;
};

/// Reads neighbouring slots with one call.
class SlotBlock {
 public:
  SlotBlock(int fd, const Layout& layout) : fd_{fd}, layout_{layout} {}

  /// As far as it is whole at the first look.
  std::optional<Copy> copy(std::uint32_t slot) {
    if (slot < first_ || slot - first_ >= count_) read_from(slot);
    return slot - first_ < count_ ? whole_copy(slots_[slot - first_]) : std::nullopt;
  }

 private:
  void read_from(std::uint32_t slot) {
    const auto offset = static_cast<off_t>(layout_.slot_offset(slot));
    const ssize_t bytes = ::pread(fd_, slots_.data(), sizeof slots_, offset);
    first_ = slot;
    count_ = bytes < 0 ? 0 : static_cast<std::size_t>(bytes) / sizeof(Slot);
  }

  int fd_;
  Layout layout_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::array<Slot, 64> slots_;
};

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
    if (const auto copy = whole_copy(read)) return copy;
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
  std::vector<Bucket> index(layout_.bucket_count);
  const std::size_t bytes = index.size() * sizeof(Bucket);
  const auto offset = static_cast<off_t>(layout_.bucket_offset(0));
  if (::pread(fd_, index.data(), bytes, offset) != static_cast<ssize_t>(bytes)) return;
  std::vector<Lead> leads;
  for (std::size_t bucket = 0; bucket < index.size(); ++bucket) {
    for (const std::uint64_t cell : index[bucket]) {
      if (Cell::is_used(cell)) leads.push_back({Cell::slot(cell), bucket, cell});
    }
  }
  std::sort(leads.begin(), leads.end(),
            [](const Lead& a, const Lead& b) { return a.slot < b.slot; });
  SlotBlock block{fd_, layout_};
  for (const Lead& lead : leads) {
    std::optional<Copy> copy = block.copy(lead.slot);
    if (!copy) copy = read_slot(lead.slot);
    if (!copy) continue;
    const std::uint64_t hash = copy->key().hash();
    // Else the slot has got another entry meanwhile, which its own cell leads to.
    if (!Cell::may_be(lead.cell, hash) || layout_.bucket_of(hash) != lead.bucket) continue;
    visit(static_cast<KeyKind>(copy->kind), copy->record);
  }
}

}  // namespace btcw::cache_file
