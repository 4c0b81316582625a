#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "btcw/base/result.h"
#include "btcw/base/thread_start.h"
#include "btcw/base/wake_event.h"

namespace btcw {

/// One task at a time on a thread of its own, beside the loop of its owner. All signals are blocked
/// there. The destructor gives up what is under way and waits for the thread. One thread uses an
/// object.
template <typename Task, typename Answer>
class BackgroundJob {
 public:
  /// Runs on the thread; to be given up when one of `wake_fds` can be read.
  using Work = std::function<Answer(const Task& task, std::span<const int> wake_fds)>;

  /// Errors: unavailable when the system refuses a thread or a descriptor.
  static Result<std::unique_ptr<BackgroundJob>> make(Work work) {
    auto cancel = WakeEvent::make();
    if (!cancel) return std::move(cancel).error();
    auto done = WakeEvent::make();
    if (!done) return std::move(done).error();
    // Not make_unique: the constructor is private.
    std::unique_ptr<BackgroundJob> job{
        new BackgroundJob{std::move(work), *std::move(cancel), *std::move(done)}};
    auto launched = job->launch();
    if (!launched) return std::move(launched).error();
    return job;
  }
  BackgroundJob(const BackgroundJob&) = delete;
  BackgroundJob& operator=(const BackgroundJob&) = delete;
  ~BackgroundJob() {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    cancel_.set();
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  /// Precondition: none is under way.
  void start(Task task) {
    {
      const std::lock_guard lock{mutex_};
      task_ = std::move(task);
    }
    changed_.notify_one();
  }

  /// Can be read when take() has the answer.
  [[nodiscard]] int fd() const { return done_.fd(); }

  /// The answer, once; nullopt while the task is under way.
  std::optional<Answer> take() {
    const std::lock_guard lock{mutex_};
    if (!answer_) return std::nullopt;
    done_.clear();
    return std::exchange(answer_, std::nullopt);
  }

 private:
  BackgroundJob(Work work, WakeEvent cancel, WakeEvent done)
      : work_{std::move(work)}, cancel_{std::move(cancel)}, done_{std::move(done)} {}

  Result<void> launch() {
    return start_thread(thread_, [this] { run(); });
  }

  void run() {
    const std::array wake_fds{cancel_.fd()};
    for (;;) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return ended_ || task_; });
      if (ended_) return;
      const Task task = *std::exchange(task_, std::nullopt);
      lock.unlock();
      Answer answer = work_(task, wake_fds);
      lock.lock();
      answer_ = std::move(answer);
      done_.set();
    }
  }

  Work work_;
  WakeEvent cancel_;
  WakeEvent done_;
  std::mutex mutex_;  ///< guards the four below
  std::condition_variable changed_;
  std::optional<Task> task_;
  std::optional<Answer> answer_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace btcw
