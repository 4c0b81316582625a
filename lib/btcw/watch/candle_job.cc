#include "btcw/watch/candle_job.h"

#include <utility>

#include "btcw/watch/background_job.h"

namespace btcw {
namespace {

using Job = BackgroundJob<CandleRequest, Result<std::vector<Candle>>>;

class CandleThread final : public CandleJob {
 public:
  explicit CandleThread(std::unique_ptr<Job> job) : job_{std::move(job)} {}

  void start(CandleRequest request) override { job_->start(request); }
  [[nodiscard]] int fd() const override { return job_->fd(); }
  std::optional<Result<std::vector<Candle>>> take() override { return job_->take(); }

 private:
  std::unique_ptr<Job> job_;
};

}  // namespace

Result<std::unique_ptr<CandleJob>> make_candle_thread(CandleMarket& market) {
  auto job = Job::make([&market](const CandleRequest& request, std::span<const int> wake_fds) {
    return market.fetch(request, wake_fds);
  });
  if (!job) return std::move(job).error();
  return std::unique_ptr<CandleJob>{std::make_unique<CandleThread>(*std::move(job))};
}

}  // namespace btcw
