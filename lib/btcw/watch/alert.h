#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/rules/message_template.h"
#include "btcw/rules/rule.h"
#include "btcw/schedule/quiet_hours.h"

namespace btcw {

/// One `[[alert]]`.
struct AlertOptions {
  std::string name = {};
  bool enabled = true;
  std::string symbol = {};                ///< one more of `symbols`
  std::vector<std::string> symbols = {};  ///< see AlertTarget
  std::string when = {};                  ///< a condition in the alert language
  milliseconds hold_for{0};               ///< `for`
  milliseconds cooldown{0};
  std::string hysteresis = "0";  ///< "0.5%" or "500"
  rules::Repeat repeat = rules::Repeat::rearm;
  std::optional<UtcTime> expires = std::nullopt;
  Priority priority = Priority::normal;
  std::vector<std::string> channels = {};  ///< empty: as the routing says
  std::vector<std::string> tags = {};
  std::string title = "{name}";
  std::string message = "{symbol}: {when}, now {last}";
  bool resolve = false;  ///< whether its end is told too
  std::string resolve_message = "{symbol}: over, now {last}";
  std::string quiet = {};  ///< messages of these hours wait for their end
  std::string timezone = "local";
  milliseconds ttl{0};  ///< how long a message is worth delivering; 0: as the queue has it
};

/// What an alert is about: "BTC/USDT", "kraken:BTC/EUR", or many: "*/USDT", "BTC/*", "okx:*/*".
struct AlertTarget {
  std::optional<ExchangeName> exchange = std::nullopt;
  std::string base = {};   ///< empty: any
  std::string quote = {};  ///< empty: any

  /// Reads one; `default_quote` completes what is only a base.
  /// Errors: invalid_input.
  static Result<AlertTarget> parse(std::string_view text, std::string_view default_quote);

  [[nodiscard]] bool matches(const Symbol& symbol) const;
  /// Whether an answer to the request may be judged by it.
  [[nodiscard]] bool is_met_by(const SymbolRequest& request) const;
  /// "kraken:BTC/EUR", "*/USDT".
  [[nodiscard]] std::string to_string() const;
  /// What is to be asked for; nullopt: it is about whatever comes.
  [[nodiscard]] std::optional<SymbolRequest> request() const;
};

/// An alert that has been read and checked.
struct Alert {
  std::string name = {};
  std::vector<AlertTarget> targets = {};
  rules::Rule rule = {};
  std::string fingerprint =
      {};  ///< of what its state depends on: where that changes, the state is void
  Priority priority = Priority::normal;
  std::vector<std::string> channels = {};
  std::vector<std::string> tags = {};
  rules::MessageTemplate title = {};
  rules::MessageTemplate message = {};
  std::optional<rules::MessageTemplate> resolve_message =
      std::nullopt;  ///< nullopt: its end is not told
  std::optional<QuietHours> quiet = std::nullopt;
  milliseconds ttl{0};
};

/// Reads what the options say.
/// Errors: invalid_input, "alert 'NAME': when: column 6: expected …".
Result<Alert> compile_alert(const AlertOptions& options, std::string_view default_quote);

/// Those of `options` that are enabled.
/// Errors: those of compile_alert(), and a name that stands there twice.
Result<std::vector<Alert>> compile_alerts(std::span<const AlertOptions> options,
                                          std::string_view default_quote);

/// What has to be asked for so that these alerts can be judged: the symbols that they name, and
/// those of price("…"), each once.
std::vector<SymbolRequest> requests_of(std::span<const Alert> alerts);

/// What of an alert nothing that is watched can meet.
struct UnwatchedTarget {
  std::string alert;
  std::string target;

  friend bool operator==(const UnwatchedTarget&, const UnwatchedTarget&) = default;
};
std::vector<UnwatchedTarget> unwatched_targets(std::span<const Alert> alerts,
                                               std::span<const SymbolRequest> watched);

}  // namespace btcw
