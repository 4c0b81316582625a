#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is not in <csignal>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/store/files.h"

namespace btcw::test {

/// The real system calls, some of which fail when told to, write short, or end the process.
///
/// Calls are counted from 1 on; close() is neither counted nor failed, and list() is one call. One
/// thread uses it.
class FaultyFiles final : public Files {
 public:
  enum class Kind {
    open,
    read,
    write,
    fdatasync,
    fsync,
    syncfs,
    rename,
    unlink,
    mkdir,
    flock,
    stat,
    list
  };

  /// What happens to the calls that `matches` tells by kind and number.
  struct Fault {
    std::function<bool(Kind, std::size_t number)> matches;
    int failure = 0;              ///< errno; 0: none
    bool kills_before = false;    ///< kill -9 of this process instead of the call
    bool kills_after = false;     ///< kill -9 once the call is done
    std::size_t writes_most = 0;  ///< bytes that a write takes; 0: all
  };

  void set(Fault fault) { fault_ = std::move(fault); }
  void fail_call(std::size_t number, int failure) {
    set({.matches = [number](Kind, std::size_t at) { return at == number; }, .failure = failure});
  }
  void fail_kind(Kind kind, int failure) {
    set({.matches = [kind](Kind called, std::size_t) { return called == kind; },
         .failure = failure});
  }
  void kill_before(std::size_t number) {
    set({.matches = [number](Kind, std::size_t at) { return at == number; }, .kills_before = true});
  }
  void kill_after(std::size_t number) {
    set({.matches = [number](Kind, std::size_t at) { return at == number; }, .kills_after = true});
  }
  /// No faults from now on; the calls are counted from 1 again.
  void heal() {
    fault_.reset();
    calls_.clear();
  }

  [[nodiscard]] std::size_t count() const { return calls_.size(); }
  [[nodiscard]] std::size_t count(Kind kind) const {
    return static_cast<std::size_t>(std::count(calls_.begin(), calls_.end(), kind));
  }
  /// The kinds of all calls, in their order.
  [[nodiscard]] const std::vector<Kind>& calls() const { return calls_; }

  int open_at(int folder, const char* path, int flags, mode_t mode) override {
    return call(Kind::open, [&] { return real_.open_at(folder, path, flags, mode); });
  }
  int close(int fd) override { return real_.close(fd); }
  ssize_t read(int fd, void* buffer, std::size_t size) override {
    return call(Kind::read, [&] { return real_.read(fd, buffer, size); });
  }
  ssize_t write(int fd, const void* data, std::size_t size) override {
    return call(Kind::write, [&] {
      const bool is_short = current_ != nullptr && current_->writes_most > 0;
      return real_.write(fd, data, is_short ? std::min(size, current_->writes_most) : size);
    });
  }
  int fdatasync(int fd) override {
    return call(Kind::fdatasync, [&] { return real_.fdatasync(fd); });
  }
  int fsync(int fd) override {
    return call(Kind::fsync, [&] { return real_.fsync(fd); });
  }
  int syncfs(int fd) override {
    return call(Kind::syncfs, [&] { return real_.syncfs(fd); });
  }
  int rename_at(int from_folder, const char* from, int to_folder, const char* to,
                unsigned flags) override {
    return call(Kind::rename,
                [&] { return real_.rename_at(from_folder, from, to_folder, to, flags); });
  }
  int unlink_at(int folder, const char* path, int flags) override {
    return call(Kind::unlink, [&] { return real_.unlink_at(folder, path, flags); });
  }
  int mkdir_at(int folder, const char* path, mode_t mode) override {
    return call(Kind::mkdir, [&] { return real_.mkdir_at(folder, path, mode); });
  }
  int flock(int fd, int operation) override {
    return call(Kind::flock, [&] { return real_.flock(fd, operation); });
  }
  int stat_at(int folder, const char* path, struct stat& out, int flags) override {
    return call(Kind::stat, [&] { return real_.stat_at(folder, path, out, flags); });
  }
  int fstat(int fd, struct stat& out) override {
    return call(Kind::stat, [&] { return real_.fstat(fd, out); });
  }
  int list(int folder, FunctionRef<void(std::string_view name)> each) override {
    return call(Kind::list, [&] { return real_.list(folder, each); });
  }

 private:
  template <typename Call>
  auto call(Kind kind, Call real) -> decltype(real()) {
    calls_.push_back(kind);
    current_ = fault_ && fault_->matches(kind, calls_.size()) ? &*fault_ : nullptr;
    if (current_ != nullptr && current_->kills_before) ::kill(::getpid(), SIGKILL);
    if (current_ != nullptr && current_->failure != 0) {
      return static_cast<decltype(real())>(-current_->failure);
    }
    const auto result = real();
    if (current_ != nullptr && current_->kills_after) ::kill(::getpid(), SIGKILL);
    return result;
  }

  PosixFiles real_;
  std::optional<Fault> fault_;
  const Fault* current_ = nullptr;  ///< of the call that is being made
  std::vector<Kind> calls_;
};

}  // namespace btcw::test
