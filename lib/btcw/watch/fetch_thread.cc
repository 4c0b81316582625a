#include "btcw/watch/fetch_thread.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "btcw/base/blocked_signals.h"
#include "btcw/base/wake_event.h"

namespace btcw {
namespace {

class FetchThread final : public FetchJob {
 public:
  FetchThread(Market& market, WakeEvent cancel, WakeEvent done)
      : market_{market}, cancel_{std::move(cancel)}, done_{std::move(done)} {}
  FetchThread(const FetchThread&) = delete;
  FetchThread& operator=(const FetchThread&) = delete;
  ~FetchThread() override {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    cancel_.set();
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> launch() {
    const BlockedSignals blocked;
    try {
      thread_ = std::thread{[this] { work(); }};
    } catch (const std::system_error& error) {
      return Error{Errc::unavailable, std::string{"cannot start a thread: "} + error.what()};
    }
    return {};
  }

  void start(std::vector<SymbolRequest> requests, std::vector<ExchangeName> order) override {
    {
      const std::lock_guard lock{mutex_};
      task_ = Task{std::move(requests), std::move(order)};
    }
    changed_.notify_one();
  }

  [[nodiscard]] int fd() const override { return done_.fd(); }

  std::optional<std::vector<Fetched>> take() override {
    const std::lock_guard lock{mutex_};
    if (!answers_) return std::nullopt;
    done_.clear();
    return std::exchange(answers_, std::nullopt);
  }

 private:
  struct Task {
    std::vector<SymbolRequest> requests;
    std::vector<ExchangeName> order;
  };

  void work() {
    const std::array wake_fds{cancel_.fd()};
    for (;;) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return ended_ || task_; });
      if (ended_) return;
      const Task task = *std::exchange(task_, std::nullopt);
      lock.unlock();
      auto answers = market_.fetch(task.requests, {.order = task.order, .wake_fds = wake_fds});
      lock.lock();
      answers_ = std::move(answers);
      done_.set();
    }
  }

  Market& market_;
  WakeEvent cancel_;
  WakeEvent done_;
  std::mutex mutex_;  ///< guards the four below
  std::condition_variable changed_;
  std::optional<Task> task_;
  std::optional<std::vector<Fetched>> answers_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<FetchJob>> make_fetch_thread(Market& market) {
  auto cancel = WakeEvent::make();
  if (!cancel) return std::move(cancel).error();
  auto done = WakeEvent::make();
  if (!done) return std::move(done).error();
  auto job = std::make_unique<FetchThread>(market, *std::move(cancel), *std::move(done));
  auto launched = job->launch();
  if (!launched) return std::move(launched).error();
  return std::unique_ptr<FetchJob>{std::move(job)};
}

}  // namespace btcw
