#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/notify/trade_signal.h"
#include "btcw/signals/signal_options.h"
#include "btcw/signals/signal_template.h"

namespace btcw {

/// How strong a signal is.
SignalGrade grade_of(const TradeSignal& signal, const SignalOptions& options);

/// The last signals that were told, by pair and action; what is older than the window is forgotten.
class ToldSignals {
 public:
  static constexpr std::size_t kMost = 1000;

  struct Told {
    UtcTime at;
    Decimal strength;
    friend bool operator==(const Told&, const Told&) = default;
  };

  /// Whether the signal is news; then it is remembered.
  bool tell(const TradeSignal& signal, const SignalOptions& options, UtcTime now);

  /// As a text that read() reads back; what it cannot read is left out.
  [[nodiscard]] std::string to_text() const;
  static ToldSignals read(std::string_view text);

  friend bool operator==(const ToldSignals&, const ToldSignals&) = default;

 private:
  std::map<std::string, Told, std::less<>> told_;
};

/// Makes messages of signals by the rules of `[signals]`. Pure.
class SignalJudge {
 public:
  /// Errors: invalid_input for a template that is none.
  static Result<SignalJudge> make(SignalOptions options);

  /// nullopt: too weak, or no news by `told`, which remembers it otherwise. The message has no id.
  [[nodiscard]] std::optional<Notification> judge(const TradeSignal& signal, ToldSignals& told,
                                                  UtcTime now) const;
  [[nodiscard]] const SignalOptions& options() const { return options_; }

 private:
  SignalJudge(SignalOptions options, SignalTemplate title, SignalTemplate message)
      : options_{std::move(options)}, title_{std::move(title)}, message_{std::move(message)} {}

  SignalOptions options_;
  SignalTemplate title_;
  SignalTemplate message_;
};

}  // namespace btcw
