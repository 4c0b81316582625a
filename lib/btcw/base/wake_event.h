#pragma once

#include "btcw/base/result.h"

namespace btcw {

/// A descriptor that can be read from set() until clear(): wakes whoever waits for it. set() and
/// clear() may be called from any thread.
class WakeEvent {
 public:
  /// Errors: unavailable when the process has no descriptor left.
  static Result<WakeEvent> make();
  WakeEvent(WakeEvent&& other) noexcept;
  WakeEvent& operator=(WakeEvent&& other) noexcept;
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;
  ~WakeEvent();

  [[nodiscard]] int fd() const { return fd_; }
  void set();
  void clear();

 private:
  explicit WakeEvent(int fd) : fd_{fd} {}

  int fd_;
};

}  // namespace btcw
