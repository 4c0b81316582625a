#pragma once

#include <memory>

#include "btcw/store/open_file.h"

namespace btcw {

/// Closes files in a thread of its own.
///
/// The last close of a removed file gives its blocks back, which on some disks waits for the
/// device; whoever removed it need not wait too. Nothing depends on when it happens. The thread
/// begins with the first file and gets no signal. One thread uses an object.
class BackgroundClose {
 public:
  BackgroundClose();
  BackgroundClose(const BackgroundClose&) = delete;
  BackgroundClose& operator=(const BackgroundClose&) = delete;
  /// Closes what is left.
  ~BackgroundClose();

  /// At once, in the caller, while too many wait or no thread can be had.
  void close(OpenFile file);

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace btcw
