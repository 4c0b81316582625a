#pragma once

#include <map>
#include <optional>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/market/exchange.h"
#include "btcw/market/market.h"

namespace btcw {

/// What is remembered of one exchange from one fetch to the next: limits in force, symbols it does
/// not know, the calls it may still be sent.
class ExchangeRecord {
 public:
  ExchangeRecord(const Exchange& exchange, ExchangeName name, const ExchangeOptions& options,
                 const Clock& clock);

  [[nodiscard]] const Exchange& exchange() const { return exchange_; }
  [[nodiscard]] ExchangeName name() const { return name_; }
  [[nodiscard]] bool enabled() const { return enabled_; }
  /// The URL of a call: the configured host or the exchange's own, and the target.
  [[nodiscard]] std::string url(const RestCall& call) const;

  /// The limit that is in force: rate_limited, with its end.
  [[nodiscard]] std::optional<Error> limit() const;
  /// Why it is no use to ask for that symbol now: a limit, or not_found within the last hour.
  [[nodiscard]] std::optional<Error> objection(const Symbol& symbol) const;

  void remember_limit(const Error& limited);
  void remember_unknown(const Symbol& symbol, const Error& unknown);

  /// When the next call may be sent. Moments in the past mean now.
  [[nodiscard]] SteadyTime next_call() const;
  /// One call is being sent.
  void count_call();

  /// Whether this is the first failure since the exchange last answered.
  bool note_failure();
  /// Whether this is the first answer since it last failed.
  bool note_answer();

 private:
  struct Unknown {
    SteadyTime until;
    std::string why;
  };
  struct Limit {
    SteadyTime until;  // the wall clock may be set meanwhile
    Error error;
  };

  const Exchange& exchange_;
  ExchangeName name_;
  std::string base_url_;
  bool enabled_;
  const Clock& clock_;
  std::optional<Limit> limit_;
  std::map<Symbol, Unknown> unknown_;
  SteadyTime paid_until_;
  bool failing_ = false;
};

}  // namespace btcw
