#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/notify/trade_signal.h"

namespace btcw {

/// How strong a signal is, by the thresholds of `[signals]`.
enum class SignalGrade { strong, medium, weak, ignored };
std::string_view to_string(SignalGrade grade);

/// The text of a signal's message, with fields in braces: "{action} {pair} at {current_rate}".
///
/// Fields are pair, action, current_rate, strategy, timeframe, timestamp, exchange, reason, tag,
/// signal_strength, strength (strong, medium or weak), and indicators.NAME. What a signal does not
/// say is "n/a". {{ and }} are braces.
class SignalTemplate {
 public:
  /// Errors: invalid_input, with the column: an unknown field and those there are, braces that do
  /// not pair, more than 4,000 bytes.
  static Result<SignalTemplate> parse(std::string_view text);

  [[nodiscard]] std::string render(const TradeSignal& signal, SignalGrade grade) const;

 private:
  struct Part {
    std::string text;  ///< as it is, or the name of a field
    bool is_field = false;
  };
  std::vector<Part> parts_;
};

/// The text itself, once it is a template, for the table of keys.
Result<std::string> read_signal_template(std::string_view text);

}  // namespace btcw
