#pragma once

#include <map>
#include <optional>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/market/exchange.h"
#include "btcw/market/market.h"
#include "btcw/store/request_budget.h"

namespace btcw {

/// What is remembered of one exchange from one fetch to the next: limits in force, symbols it does
/// not know, the calls it may still be sent. With a RequestBudget, limits and calls are those of
/// all processes of the user.
class ExchangeRecord {
 public:
  /// `budget` is borrowed, and may be nullptr.
  ExchangeRecord(const Exchange& exchange, ExchangeName name, const ExchangeOptions& options,
                 const Clock& clock, RequestBudget* budget = nullptr);

  [[nodiscard]] const Exchange& exchange() const { return exchange_; }
  [[nodiscard]] ExchangeName name() const { return name_; }
  [[nodiscard]] bool enabled() const { return enabled_; }
  /// A call to the configured host or the exchange's own, with the user's key where there is one.
  [[nodiscard]] HttpRequest request(const RestCall& call) const;

  /// The limit that is in force: rate_limited, with its end.
  [[nodiscard]] std::optional<Error> limit();
  /// Why it is no use to ask for that symbol now: a limit, or not_found within the last hour.
  [[nodiscard]] std::optional<Error> objection(const Symbol& symbol);

  void remember_limit(const Error& limited);
  void remember_unknown(const Symbol& symbol, const Error& unknown);

  /// Pays for a call of that weight: nullopt. Else nothing is paid, and it may be worth another try
  /// at the moment that is returned.
  std::optional<SteadyTime> pay_for_call(int weight);

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

  void look_at_budget();
  void keep_limit(const Error& limited);

  const Exchange& exchange_;
  ExchangeName name_;
  std::string base_url_;
  bool enabled_;
  CallBudget own_budget_;
  std::shared_ptr<const Secret> key_;
  const Clock& clock_;
  RequestBudget* budget_;
  SteadyTime look_again_;
  std::optional<Limit> limit_;
  std::map<Symbol, Unknown> unknown_;
  SteadyTime paid_until_;
  bool failing_ = false;
};

}  // namespace btcw
