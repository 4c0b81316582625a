#pragma once

#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/rules/rule.h"

namespace btcw::rules {

/// Reads "0.5%" (of the threshold) or "500" (in its unit).
/// Errors: invalid_input for anything else, below 0, or 100 % and more.
Result<Hysteresis> parse_hysteresis(std::string_view text);
std::string to_string(const Hysteresis& hysteresis);

/// Reads "once", "rearm" or "every".
/// Errors: invalid_input, with the three.
Result<Repeat> parse_repeat(std::string_view text);
std::string_view to_string(Repeat repeat);

/// What a rule remembers, as one line of text to keep: parse_state() reads it back unchanged.
std::string to_text(const RuleState& state);
/// Errors: bad_data for anything that to_text() has not written.
Result<RuleState> parse_state(std::string_view text);

}  // namespace btcw::rules
