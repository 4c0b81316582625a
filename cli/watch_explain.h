#pragma once

#include <span>
#include <string_view>

#include "btcw/watch/alert.h"
#include "btcw/watch/rule_desk.h"
#include "session.h"
#include "watch_arguments.h"

namespace btcw::cli {

/// `btcw watch --explain NAME`: how an alert stands by what the cache, the history and the journal
/// know, without asking anybody.
ExitCode explain_alert(const WatchArguments& arguments, Session& session);

/// Errors: invalid_input, with the nearest name.
Result<void> require_alert(std::span<const Alert> alerts, std::string_view name);

/// Prints how the alert of that name stands for each of its symbols, and why.
void print_explanation(const RuleDesk& desk, std::string_view name, UtcTime now, Session& session);

}  // namespace btcw::cli
