#include "btcw/token/file_handle.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace btcw::token {
namespace {

Error failure_of(std::string_view what, const std::string& name, int reason) {
  const Errc code = reason == ENOENT ? Errc::not_found : Errc::unavailable;
  return Error{code, "cannot " + std::string{what} + " " + name + ": " +
                         std::error_code{reason, std::generic_category()}.message()};
}

}  // namespace

Result<FileHandle> FileHandle::open(const std::filesystem::path& path, int flags, unsigned mode) {
  for (;;) {
    FileDescriptor file{::open(path.c_str(), flags | O_CLOEXEC, mode)};
    if (file) return FileHandle{std::move(file), path.string()};
    if (errno != EINTR) return failure_of("open", path.string(), errno);
  }
}

Error FileHandle::failure(std::string_view what) const { return failure_of(what, name_, errno); }

Result<struct stat> FileHandle::status() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failure("look at");
  return status;
}

Result<std::string> FileHandle::read(std::size_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(file_.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Result<void> FileHandle::write(std::size_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t put =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failure("write");
    offset += static_cast<std::size_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> FileHandle::truncate(std::size_t size) const {
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) return failure("shorten");
  return {};
}

Result<void> FileHandle::sync() const {
  if (::fdatasync(file_.get()) != 0) return failure("sync");
  return {};
}

Result<void> FileHandle::lock() const {
  while (::flock(file_.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return failure("lock");
  }
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const auto handle = FileHandle::open(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  if (!handle) return handle.error();
  return handle->sync();
}

}  // namespace btcw::token
