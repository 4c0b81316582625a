#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/market/exchange_record.h"
#include "btcw/market/market.h"
#include "btcw/net/http.h"

namespace btcw {

/// The exchanges that can be asked, by name.
using ExchangeRecords = std::map<ExchangeName, ExchangeRecord>;

/// What one fetch works with. All borrowed.
struct FetchTools {
  const MarketOptions& options;
  ExchangeRecords& records;
  HttpTransport& http;
  const Clock& clock;
  Log& log;
};

/// One call of Market::fetch: who is asked for what, what came of it, who is asked next.
class RestFetch {
 public:
  RestFetch(FetchTools tools, std::span<const SymbolRequest> requests, const FetchOptions& options);
  std::vector<Fetched> run();

 private:
  /// What became of one exchange that a request was passed to.
  struct Attempt {
    ExchangeName exchange;
    Error error;
  };
  /// One request on its way through the exchanges.
  struct Quest {
    SymbolRequest request;
    std::vector<ExchangeName> candidates;  ///< not asked yet, the next one last
    std::vector<Attempt> failed = {};
    std::optional<ExchangeName> asking = std::nullopt;
    std::optional<Ticker> found = std::nullopt;
  };
  /// One symbol that one exchange is asked for, perhaps in several parts.
  struct Job {
    std::vector<std::size_t> quests = {};
    int open_parts = 0;
    std::optional<TickerUpdate> price = std::nullopt;  ///< part 0
    std::optional<TickerUpdate> extra = std::nullopt;  ///< all further parts
    UtcTime received = {};
    std::optional<Result<Ticker>> outcome = std::nullopt;
  };
  struct Call {
    ExchangeName exchange;
    RestCall rest;
  };
  struct Answer {
    Call call;
    Result<HttpResponse> response;
  };
  using JobKey = std::pair<ExchangeName, Symbol>;

  [[nodiscard]] std::vector<ExchangeName> candidates_of(const SymbolRequest& request) const;
  /// Names the next exchange of a quest that has no objection; false when there is none left.
  void pass_on(std::size_t quest);
  /// Turns what pass_on() chose into calls: one batch an exchange.
  void form_calls();
  /// Starts what the budgets allow. Returns when more may be started.
  SteadyTime start_calls();
  /// Whether all that a call could tell is decided already.
  [[nodiscard]] bool is_pointless(const Call& call) const;
  void start(Call call);
  [[nodiscard]] milliseconds timeout_of(const Call& call) const;
  void wait(SteadyTime until);
  void take_answers();
  void take(const Call& call, Result<RestAnswer> answer, UtcTime received);
  void ask_in_halves(const Call& call);
  void fail_call(const Call& call, const Error& error);
  /// As fail_call(), but the exchange itself has refused nothing.
  void drop_call(const Call& call, const Error& error);
  /// Whether it is too long to wait until then for a call to be paid, because other processes use
  /// the budget up.
  [[nodiscard]] bool is_too_late(const ExchangeName& exchange, SteadyTime later) const;
  void finish_part(const Call& call, const Symbol& symbol, Result<TickerUpdate> update,
                   UtcTime received);
  void finish_job(const JobKey& key, Job& job, Result<Ticker> outcome);
  void report_failure(ExchangeRecord& record, const Error& error);
  [[nodiscard]] bool all_settled() const;
  [[nodiscard]] bool has_stopped() const;
  void stop();
  /// The attempt whose code becomes the request's: the last one, but a limit only where nothing
  /// else stood in the way, and an unknown symbol only where no exchange answered anything else.
  static const Attempt& telling(const std::vector<Attempt>& attempts);
  [[nodiscard]] Fetched conclude(Quest& quest) const;

  FetchTools tools_;
  const FetchOptions& options_;
  std::vector<Quest> quests_;
  std::map<JobKey, Job> jobs_;
  std::map<ExchangeName, std::vector<Symbol>> wanted_;
  std::map<ExchangeName, std::deque<RestCall>> waiting_;
  /// Exchanges that failed as a whole during this fetch: what is waiting for them is not sent.
  std::map<ExchangeName, Error> down_;
  std::vector<Answer> answers_;
  SteadyTime begun_;
  std::map<ExchangeName, SteadyTime> last_paid_;
  std::size_t under_way_ = 0;
};

}  // namespace btcw
