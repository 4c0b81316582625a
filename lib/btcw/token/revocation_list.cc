// What readers do; revocation_writer.cc has what changes the file.
#include "btcw/token/revocation_list.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "btcw/token/revocation_lines.h"

namespace btcw::token {
namespace {

constexpr std::size_t kLookupsBeforeLoading = 8;
constexpr std::size_t kWindow = 2 * kMaxRecordBytes;

// The sorted part, searched where it lies.
class SortedPart {
 public:
  SortedPart(const FileHandle& file, std::size_t end) : file_{file}, end_{end} {}

  Result<bool> contains(std::string_view jti) const {
    const std::uint64_t wanted = order_of(jti);
    std::size_t low = kFileHeaderBytes;
    std::size_t high = end_;
    // Every line that is looked at has its checksum made sure of, and the way to where the wanted
    // one is leads past it: a damaged one is found on the way and never passed over.
    while (high - low > kWindow) {
      const std::size_t middle = low + (high - low) / 2;
      const auto window = file_.read(middle, std::min(kWindow, high - middle));
      if (!window) return window.error();
      const std::size_t start = window->find('\n') + 1;
      const std::size_t end = start == 0 ? std::string::npos : window->find('\n', start);
      if (start == 0) return damaged();
      if (end == std::string::npos) break;
      const auto order = read_order(std::string_view{*window}.substr(start, end - start));
      if (!order) return order.error();
      if (*order < wanted) {
        low = middle + end + 1;
      } else {
        high = middle + start;
      }
    }
    return scan(low, std::min(high + kMaxRecordBytes, end_), wanted, jti);
  }

 private:
  static Error damaged() { return Error{Errc::bad_data, "a damaged record"}; }

  Result<bool> scan(std::size_t from, std::size_t to, std::uint64_t wanted,
                    std::string_view jti) const {
    const auto text = file_.read(from, to - from);
    if (!text) return text.error();
    Lines lines{*text};
    while (const auto line = lines.next()) {
      const auto order = read_order(*line);
      if (!order) return order.error();
      if (*order > wanted) return false;
      if (*order != wanted) continue;
      const auto record = read_record(*line);
      if (!record) return record.error();
      if (record->jti == jti) return true;
    }
    // The sorted part ends with the end of a line.
    if (to == end_ && lines.rest() != 0) return damaged();
    return false;
  }

  const FileHandle& file_;
  std::size_t end_;
};

Result<bool> tail_contains(const FileHandle& file, std::size_t from, std::size_t to,
                           std::string_view jti) {
  const auto text = file.read(from, to - from);
  if (!text) return text.error();
  Lines lines{*text};
  while (const auto line = lines.next()) {
    const auto record = read_record(*line);
    if (!record) return record.error();
    if (record->jti == jti) return true;
  }
  return false;
}

}  // namespace

Error RevocationList::in_file(const Error& error) const {
  if (error.code != Errc::bad_data) return Error{error}.within("the revocation file");
  return Error{error}.within("the revocation file " + file_.string());
}

Result<bool> RevocationList::contains(std::string_view jti) {
  if (++lookups_ <= kLookupsBeforeLoading) {
    auto found = search(jti);
    // A writer that mends the end of the file was seen at work, or it is damaged: look again.
    if (!found && found.error().code == Errc::bad_data) found = search(jti);
    if (!found) return in_file(found.error());
    return *found;
  }
  auto fresh = refresh();
  if (!fresh && fresh.error().code == Errc::bad_data) fresh = refresh();
  if (!fresh) return in_file(fresh.error());
  return known_.find(jti) != known_.end();
}

Result<bool> RevocationList::search(std::string_view jti) const {
  const auto file = FileHandle::open(file_, O_RDONLY);
  if (!file && file.error().code == Errc::not_found) return false;
  if (!file) return file.error();
  const auto layout = read_layout(*file);
  if (!layout) return layout.error();
  // A writer that died before its first record leaves an empty file: nothing was revoked in it.
  if (layout->size == 0) return false;
  const auto recent = tail_contains(*file, layout->sorted_end, layout->size, jti);
  if (!recent || *recent) return recent;
  return SortedPart{*file, layout->sorted_end}.contains(jti);
}

void RevocationList::forget() {
  known_.clear();
  known_bytes_ = 0;
  known_file_.reset();
}

Result<bool> RevocationList::reopen() {
  forget();
  auto file = FileHandle::open(file_, O_RDONLY);
  if (!file && file.error().code == Errc::not_found) return false;
  if (!file) return file.error();
  known_file_.emplace(*std::move(file));
  return true;
}

Result<void> RevocationList::refresh() {
  struct stat there {};
  const bool is_there = ::stat(file_.c_str(), &there) == 0;
  if (known_file_ && is_there) {
    const auto known = known_file_->status();
    if (!known) return known.error();
    // The number of a file that is held open is given to no other one.
    const bool same = there.st_ino == known->st_ino && there.st_dev == known->st_dev;
    const auto size = static_cast<std::size_t>(there.st_size);
    if (same && size == known_bytes_) return {};
    if (same && size > known_bytes_) return read_on();
  }
  const auto opened = reopen();
  if (!opened) return opened.error();
  if (!*opened) return {};
  return read_on();
}

Result<void> RevocationList::read_on() {
  if (known_bytes_ == 0) {
    const auto layout = read_layout(*known_file_);
    if (!layout) return layout.error();
    if (layout->size == 0) return {};
    known_bytes_ = kFileHeaderBytes;
  }
  const auto status = known_file_->status();
  if (!status) return status.error();
  const auto size = static_cast<std::size_t>(status->st_size);
  const auto text = known_file_->read(known_bytes_, size - std::min(size, known_bytes_));
  if (!text) return text.error();
  Lines lines{*text};
  while (const auto line = lines.next()) {
    auto record = read_record(*line);
    if (!record) return record.error();
    known_bytes_ += line->size() + 1;
    known_.insert(std::move(record->jti));
  }
  return {};
}

Result<std::vector<Revocation>> RevocationList::list() const {
  std::vector<Revocation> revocations;
  const auto file = FileHandle::open(file_, O_RDONLY);
  if (!file && file.error().code == Errc::not_found) return revocations;
  if (!file) return in_file(file.error());
  auto records = read_all(*file, Damage::is_an_error);
  if (!records) return in_file(records.error());
  return std::move(records->revocations);
}

}  // namespace btcw::token
