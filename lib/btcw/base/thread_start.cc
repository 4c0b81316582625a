#include "btcw/base/thread_start.h"

#include <pthread.h>
#include <signal.h>

#include <string>
#include <system_error>
#include <utility>

namespace btcw {
namespace {

/// Blocks all signals while it lives: a thread made meanwhile never gets one.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

Result<void> start_thread(std::thread& thread, std::function<void()> work) {
  const BlockedSignals blocked;
  try {
    thread = std::thread{std::move(work)};
  } catch (const std::system_error& error) {
    return Error{Errc::unavailable, std::string{"cannot start a thread: "} + error.what()};
  }
  return {};
}

}  // namespace btcw
