#pragma once

#include <filesystem>
#include <memory>

#include "btcw/base/result.h"
#include "btcw/market/market.h"
#include "btcw/net/http.h"
#include "btcw/price/median_market.h"
#include "btcw/store/request_budget.h"
#include "session.h"

namespace btcw::cli {

/// The real market and what it stands on, opened when it is first needed: until then neither the
/// network module is mapped nor a secret fetched.
class OnlineMarket {
 public:
  explicit OnlineMarket(Session& session) : session_{session} {}

  /// The same one at every call.
  /// Errors: those of load_config() and of load_online().
  Result<Market*> open();

 private:
  Session& session_;
  std::unique_ptr<HttpTransport> http_ = nullptr;
  std::unique_ptr<RequestBudget> budget_ = nullptr;
  std::unique_ptr<Market> rest_ = nullptr;
  std::unique_ptr<MedianMarket> market_ = nullptr;
};

/// The file in which all commands count their requests.
std::filesystem::path request_budget_file(const Config& config);

}  // namespace btcw::cli
