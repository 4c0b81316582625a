#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"

namespace btcw {

/// Splits a command into words at white space. '…' takes everything as it is, "…" too but for \"
/// and \\, and outside of quotes \ takes the next character as it is. Nothing else is special:
/// there is no shell.
/// Errors: invalid_input for a quote that is not closed, a \ at the end, a NUL, and no word at all.
/// The command is not quoted in the message.
Result<std::vector<std::string>> split_command(std::string_view command);

/// The text that split_command() takes apart into these words.
std::string join_command(std::span<const std::string> words);

}  // namespace btcw
