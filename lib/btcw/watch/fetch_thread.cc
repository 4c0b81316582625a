#include "btcw/watch/fetch_thread.h"

#include <utility>

#include "btcw/watch/background_job.h"

namespace btcw {
namespace {

struct Task {
  std::vector<SymbolRequest> requests;
  std::vector<ExchangeName> order;
};
using Job = BackgroundJob<Task, std::vector<Fetched>>;

class FetchThread final : public FetchJob {
 public:
  explicit FetchThread(std::unique_ptr<Job> job) : job_{std::move(job)} {}

  void start(std::vector<SymbolRequest> requests, std::vector<ExchangeName> order) override {
    job_->start({std::move(requests), std::move(order)});
  }
  [[nodiscard]] int fd() const override { return job_->fd(); }
  std::optional<std::vector<Fetched>> take() override { return job_->take(); }

 private:
  std::unique_ptr<Job> job_;
};

}  // namespace

Result<std::unique_ptr<FetchJob>> make_fetch_thread(Market& market) {
  auto job = Job::make([&market](const Task& task, std::span<const int> wake_fds) {
    return market.fetch(task.requests, {.order = task.order, .wake_fds = wake_fds});
  });
  if (!job) return std::move(job).error();
  return std::unique_ptr<FetchJob>{std::make_unique<FetchThread>(*std::move(job))};
}

}  // namespace btcw
