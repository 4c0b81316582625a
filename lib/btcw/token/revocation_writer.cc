// What changes the revocation file, always under its lock.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "btcw/token/claim_checks.h"
#include "btcw/token/revocation_lines.h"
#include "btcw/token/revocation_list.h"

namespace btcw::token {
namespace {

// The appended records are read one by one at every look-up: not more than this, or a 64th of the
// sorted ones.
constexpr std::size_t kFewBytes = 32768;

bool too_many_appended(const Layout& layout) {
  return layout.size - layout.sorted_end > std::max(kFewBytes, layout.sorted_end / 64);
}

Result<void> check(std::span<const Revocation> revocations) {
  for (const Revocation& revocation : revocations) {
    if (revocation.jti.empty()) return Error{Errc::invalid_input, "an empty jti"};
    if (revocation.jti.size() > kMaxJtiBytes) {
      return Error{Errc::invalid_input,
                   "a jti of more than " + std::to_string(kMaxJtiBytes) + " bytes"};
    }
  }
  return {};
}

// Where the last whole line ends: what a writer left that died within a record is cut off there.
Result<std::size_t> end_of_lines(const FileHandle& file, std::size_t size) {
  std::size_t end = size;
  while (end > kFileHeaderBytes) {
    const std::size_t from = end - std::min(end - kFileHeaderBytes, kMaxRecordBytes);
    const auto text = file.read(from, end - from);
    if (!text) return text.error();
    const std::size_t last = text->rfind('\n');
    if (last != std::string::npos) return from + last + 1;
    end = from;
  }
  return kFileHeaderBytes;
}

bool is_over(const Revocation& revocation, UtcTime now) {
  return revocation.until && *revocation.until + Expectations::kMostLeeway < now;
}

}  // namespace

// Who waited for the lock while another put a new file in place has locked the old one.
Result<FileHandle> RevocationList::open_locked(int flags) const {
  while (true) {
    auto file = FileHandle::open(file_, O_RDWR | flags, 0600);
    if (!file) return file;
    const auto locked = file->lock();
    if (!locked) return locked.error();
    const auto mine = file->status();
    if (!mine) return mine.error();
    struct stat there {};
    if (::stat(file_.c_str(), &there) == 0 && there.st_ino == mine->st_ino &&
        there.st_dev == mine->st_dev) {
      return file;
    }
  }
}

Result<void> RevocationList::add(std::span<const Revocation> revocations) {
  auto checked = check(revocations);
  if (!checked || revocations.empty()) return checked;
  const auto file = open_locked(O_CREAT);
  if (!file) return in_file(file.error());
  auto layout = read_layout(*file);
  if (!layout) return in_file(layout.error());
  const bool is_new = layout->size == 0;
  auto end = is_new ? Result<std::size_t>{std::size_t{0}} : end_of_lines(*file, layout->size);
  if (!end) return in_file(end.error());
  if (is_new) layout->sorted_end = kFileHeaderBytes;
  std::string text = is_new ? file_header(0) : std::string{};
  for (const Revocation& revocation : revocations) append_record(revocation, text);
  auto written = file->truncate(*end);
  if (written) written = file->write(*end, text);
  if (written) written = file->sync();
  if (written && is_new) written = sync_folder(file_.parent_path());
  if (!written) {
    // Half of it must not look like damage to the next one.
    static_cast<void>(file->truncate(*end));
    return in_file(written.error());
  }
  layout->size = *end + text.size();
  if (!too_many_appended(*layout)) return {};
  // They are safe already; that the file could not be put in order is no failure.
  static_cast<void>(rewrite(*file, revocations.back().revoked_at, Damage::is_an_error));
  return {};
}

Result<std::size_t> RevocationList::prune(UtcTime now) {
  const auto file = open_locked(0);
  if (!file && file.error().code == Errc::not_found) return std::size_t{0};
  if (!file) return in_file(file.error());
  const auto counts = rewrite(*file, now, Damage::is_an_error);
  if (!counts) return in_file(counts.error());
  return counts->pruned;
}

Result<std::size_t> RevocationList::repair(UtcTime now) {
  const auto file = open_locked(0);
  if (!file && file.error().code == Errc::not_found) return std::size_t{0};
  if (!file) return in_file(file.error());
  const auto counts = rewrite(*file, now, Damage::is_counted);
  if (!counts) return in_file(counts.error());
  return counts->damaged;
}

Result<RevocationList::Counts> RevocationList::rewrite(const FileHandle& locked, UtcTime now,
                                                       Damage damage) const {
  auto records = read_all(locked, damage);
  if (!records) return records.error();
  auto& kept = records->revocations;
  const std::size_t before = kept.size();
  std::erase_if(kept, [now](const Revocation& revocation) { return is_over(revocation, now); });
  std::string lines;
  for (const Revocation& revocation : kept) append_record(revocation, lines);
  const auto fresh_name = file_.string() + ".new";
  const auto fresh = FileHandle::open(fresh_name, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (!fresh) return fresh.error();
  // Nobody appends to the new file before its name is safe.
  auto done = fresh->lock();
  if (done) done = fresh->write(0, file_header(lines.size()) + lines);
  if (done) done = fresh->sync();
  if (!done) return done.error();
  if (::rename(fresh_name.c_str(), file_.c_str()) != 0) {
    return Error{Errc::unavailable, "cannot put the new file in place"};
  }
  done = sync_folder(file_.parent_path());
  if (!done) return done.error();
  return Counts{.pruned = before - kept.size(), .damaged = records->damaged};
}

}  // namespace btcw::token
