#pragma once

#include <utility>

#include "btcw/store/files.h"

namespace btcw {

/// An open descriptor that is closed when this goes. Move-only; `files` outlives it.
class OpenFile {
 public:
  OpenFile() = default;
  /// Takes over what Files::open_at returned, a failure too.
  OpenFile(Files& files, int fd) : files_{&files}, fd_{fd} {}
  OpenFile(OpenFile&& other) noexcept : files_{other.files_}, fd_{std::exchange(other.fd_, -1)} {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    if (this != &other) {
      close();
      files_ = other.files_;
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { close(); }

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  /// The descriptor, or the negated errno why there is none.
  [[nodiscard]] int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) files_->close(fd_);
    fd_ = -1;
  }

 private:
  Files* files_ = nullptr;
  int fd_ = -1;
};

}  // namespace btcw
