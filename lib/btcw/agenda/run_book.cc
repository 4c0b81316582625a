#include "btcw/agenda/run_book.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "btcw/store/open_file.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} * 1024 * 1024;
constexpr mode_t kPrivate = 0600;

Result<void> write_all(Files& files, int fd, std::string_view text, const std::string& name) {
  while (!text.empty()) {
    const ssize_t written = files.write(fd, text.data(), text.size());
    if (written < 0) return file_error(name, "cannot write", written);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<RunRecords> RunBook::load() const {
  const OpenFile file{files_, files_.open_at(AT_FDCWD, file_.c_str(), O_RDONLY | O_CLOEXEC, 0)};
  if (file.fd() == -ENOENT) return RunRecords{};
  if (!file.is_open()) return file_error(file_.string(), "cannot open", file.fd());
  std::string text;
  std::array<char, std::size_t{16} * 1024> piece{};
  for (;;) {
    const ssize_t count = files_.read(file.fd(), piece.data(), piece.size());
    if (count < 0) return file_error(file_.string(), "cannot read", count);
    if (count == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes) return Error{Errc::bad_data, file_.string() + ": too long"};
  }
  return read_run_records(text).within(file_.string());
}

Result<void> RunBook::save(const RunRecords& records) const {
  std::error_code ignored;  // opening tells
  std::filesystem::create_directories(file_.parent_path(), ignored);
  const std::string beside = file_.string() + ".new";
  {
    const OpenFile file{files_, files_.open_at(AT_FDCWD, beside.c_str(),
                                               O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kPrivate)};
    if (!file.is_open()) return file_error(beside, "cannot open", file.fd());
    auto written = write_all(files_, file.fd(), to_text(records), beside);
    if (!written) return written;
  }
  const int renamed = files_.rename_at(AT_FDCWD, beside.c_str(), AT_FDCWD, file_.c_str(), 0);
  if (renamed < 0) return file_error(file_.string(), "cannot replace", renamed);
  return {};
}

}  // namespace btcw
