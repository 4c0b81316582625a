#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/config/config.h"

namespace btcw {

/// Whether a text can be what its key of `[[alert]]` says, for the table of keys; it comes back as
/// it is. Errors: invalid_input, with the column in the text where there is one.
Result<std::string> read_alert_name(std::string_view text);
Result<std::string> read_alert_symbol(std::string_view text);
Result<std::string> read_condition(std::string_view text);
Result<std::string> read_hysteresis(std::string_view text);
Result<std::string> read_message_template(std::string_view text);

/// What is wrong with the alerts as a whole: a name that stands there twice, no symbol, a channel
/// that does not exist.
std::optional<std::string> find_alert_fault(const Config& config);

}  // namespace btcw
