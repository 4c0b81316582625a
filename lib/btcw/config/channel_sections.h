#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/config/config.h"

namespace btcw {

/// Whether a section `[channel.NAME]` may have that name: it also stands on command lines and in
/// messages.
/// Errors: invalid_input.
Result<void> check_channel_name(std::string_view name);

/// Whether a text can be a time zone, or quiet hours in any zone, for the table of keys.
Result<std::string> read_time_zone(std::string_view text);
Result<std::string> read_quiet_hours(std::string_view text);

/// What is wrong with the sections as a whole: a type that does not exist, a key that its type does
/// not have, a value that is missing, an escalation to nowhere. Secrets are not looked at: they may
/// not have been fetched.
std::optional<std::string> find_channel_fault(const Config& config);

/// One key can be a secret of one type and none of another, and all of them are read as secrets:
/// puts each value where its type has it.
void sort_channel_settings(Config& config);

}  // namespace btcw
