#include "exchange_past.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "btcw/online/online.h"
#include "btcw/store/request_budget.h"
#include "online_market.h"
#include "watch_network.h"

namespace btcw::cli {
namespace {

/// A thread that asks, and what it stands on.
class CandleNetwork final : public CandleJob {
 public:
  struct Parts {
    std::unique_ptr<HttpTransport> http;
    std::unique_ptr<RequestBudget> budget;
    std::unique_ptr<CandleMarket> market;
    std::unique_ptr<CandleJob> job;
  };
  explicit CandleNetwork(Parts parts) : parts_{std::move(parts)} {}
  CandleNetwork(const CandleNetwork&) = delete;
  CandleNetwork& operator=(const CandleNetwork&) = delete;
  ~CandleNetwork() override { parts_.job.reset(); }

  void start(CandleRequest request) override { parts_.job->start(request); }
  [[nodiscard]] int fd() const override { return parts_.job->fd(); }
  std::optional<Result<std::vector<Candle>>> take() override { return parts_.job->take(); }

 private:
  Parts parts_;
};

}  // namespace

ExchangePast::ExchangePast(WatchStage& stage, Session& session)
    : stage_{stage},
      session_{session},
      asker_{{.desk = [this] { return stage_.rule_desk(); },
              .open = [this] { return open(); },
              .clock = session.clock,
              .log = stage.log()}} {}

void ExchangePast::configure(const Config& config) {
  http_ = clone(config.http);
  market_ = config.market;
  budget_file_ = request_budget_file(config);
}

Result<std::unique_ptr<CandleJob>> ExchangePast::open() {
  const auto online = load_online();
  if (!online) return online.error();
  const Clock& clock = session_.clock;
  CandleNetwork::Parts parts;
  parts.http = (*online)->make_http(clone(http_), clock, stage_.log());
  parts.budget = std::make_unique<SharedBudget>(budget_file_, clock, stage_.log());
  parts.market =
      (*online)->make_candle_market(market_, *parts.budget, *parts.http, clock, stage_.log());
  auto job = make_candle_thread(*parts.market);
  if (!job) return std::move(job).error();
  parts.job = *std::move(job);
  return std::unique_ptr<CandleJob>{std::make_unique<CandleNetwork>(std::move(parts))};
}

}  // namespace btcw::cli
