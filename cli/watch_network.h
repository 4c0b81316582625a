#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/market/market.h"
#include "btcw/net/http.h"
#include "btcw/net/http_options.h"
#include "btcw/net/web_sockets.h"
#include "btcw/online/online.h"
#include "btcw/store/request_budget.h"
#include "btcw/watch/fetch_job.h"
#include "btcw/watch/stream_source.h"

namespace btcw::cli {

/// The market of `watch`, asked on a thread of its own, and what it stands on.
class WatchNetwork {
 public:
  struct Options {
    HttpOptions http;
    MarketOptions market;
    std::filesystem::path budget_file;  ///< in which all commands count their requests
  };
  /// Errors: those of load_online() and make_fetch_thread().
  static Result<WatchNetwork> open(Options options, const Clock& clock, Log& log);

  [[nodiscard]] FetchJob& job() { return *job_; }

  /// What streams stand on; both are opened with the first call. Errors: unavailable when the
  /// system refuses a thread or a descriptor.
  struct StreamPorts {
    WebSockets& sockets;
    HttpTransport& http;
  };
  Result<StreamPorts> open_streams(const Clock& clock, Log& log);
  /// The exchanges that can be streamed from with these options. One that is asked at another host
  /// than its own is streamed from only where that is told, too.
  [[nodiscard]] std::vector<StreamedExchange> streamed_exchanges() const;

  /// Whether it was opened with exactly these. A market knows which limits are in force: it is kept
  /// as long as it can be.
  [[nodiscard]] bool serves(const HttpOptions& http, const MarketOptions& market) const;

 private:
  WatchNetwork(Options options, const Online& online)
      : options_{std::move(options)}, online_{&online} {}

  Options options_;
  const Online* online_;
  // In the order in which they stand on one another.
  std::unique_ptr<HttpTransport> http_;
  std::unique_ptr<RequestBudget> budget_;
  std::unique_ptr<Market> rest_;
  std::unique_ptr<Market> market_;
  std::unique_ptr<FetchJob> job_;
  std::unique_ptr<HttpTransport> stream_http_;
  std::unique_ptr<WebSockets> sockets_;
};

/// One that is opened in place of another, with what streams stand on where there are any.
struct OtherNetwork {
  WatchNetwork network;
  std::optional<WatchNetwork::StreamPorts> streams = std::nullopt;
};

/// Another copy, secrets included.
HttpOptions clone(const HttpOptions& options);

}  // namespace btcw::cli
