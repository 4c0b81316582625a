#pragma once

#include <utility>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/result.h"

namespace btcw {

/// A descriptor that can be read from set() until clear(): wakes whoever waits for it. set() and
/// clear() may be called from any thread.
class WakeEvent {
 public:
  /// Errors: unavailable when the process has no descriptor left.
  static Result<WakeEvent> make();

  [[nodiscard]] int fd() const { return event_.get(); }
  void set();
  void clear();

 private:
  explicit WakeEvent(FileDescriptor event) : event_{std::move(event)} {}

  FileDescriptor event_;
};

}  // namespace btcw
