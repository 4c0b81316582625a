#include "btcw/store/background_close.h"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "btcw/base/thread_start.h"

namespace btcw {
namespace {
constexpr std::size_t kMostWaiting = 64;
}

class BackgroundClose::Thread {
 public:
  Thread() { waiting_.reserve(kMostWaiting); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> launch() {
    return start_thread(thread_, [this] { work(); });
  }

  void add(OpenFile file) {
    bool first = false;
    {
      const std::lock_guard lock{mutex_};
      if (waiting_.size() >= kMostWaiting) return;  // `file` closes here
      first = waiting_.empty();
      waiting_.push_back(std::move(file));
    }
    if (first) changed_.notify_one();
  }

 private:
  void work() {
    std::vector<OpenFile> closing;
    closing.reserve(kMostWaiting);
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      closing.swap(waiting_);
      lock.unlock();
      closing.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<OpenFile> waiting_;
  bool ended_ = false;
  std::thread thread_;  // last: it uses the rest
};

BackgroundClose::BackgroundClose() = default;
BackgroundClose::~BackgroundClose() = default;

void BackgroundClose::close(OpenFile file) {
  if (!thread_) {
    auto thread = std::make_unique<Thread>();
    if (!thread->launch()) return;  // no thread to be had: `file` closes here
    thread_ = std::move(thread);
  }
  thread_->add(std::move(file));
}

}  // namespace btcw
