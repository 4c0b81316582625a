#pragma once

#include <filesystem>

#include "btcw/market/market.h"
#include "btcw/net/http_options.h"
#include "btcw/watch/past_asker.h"
#include "session.h"
#include "watch_stage.h"

namespace btcw::cli {

/// Asks exchanges for the past that the alerts of a stage miss: as they are asked for prices, but
/// on a connection and a thread of its own, which go when all is answered.
class ExchangePast {
 public:
  /// All is borrowed.
  ExchangePast(WatchStage& stage, Session& session);

  /// From now on they are asked as `config` has it.
  void configure(const Config& config);
  [[nodiscard]] TickObserver& observer() { return asker_; }

 private:
  Result<std::unique_ptr<CandleJob>> open();

  WatchStage& stage_;
  Session& session_;
  HttpOptions http_;
  MarketOptions market_;
  std::filesystem::path budget_file_;
  PastAsker asker_;
};

}  // namespace btcw::cli
