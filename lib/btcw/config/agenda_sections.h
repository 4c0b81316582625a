#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/config/config.h"
#include "btcw/config/config_rules.h"

namespace btcw {

// For the table of keys: whether a text can be a cron expression, or the address of a ping, which
// may hold a path, a query, and no user or password; it is not quoted in the message.
Result<std::string> read_cron(std::string_view text);
Result<std::string> read_ping_url(std::string_view text);

/// What is wrong with the schedules as a whole: two of one name, a zone that contradicts the
/// expression, an action without what it needs, a channel that does not exist.
std::vector<ListFault> find_schedule_faults(const Config& config);
std::vector<ListFault> find_heartbeat_faults(const Config& config);

/// What is wrong with `[signals]` as a whole.
std::optional<std::string> find_wrong_strengths(const Config& config);
std::optional<std::string> find_unknown_signal_channel(const Config& config);

}  // namespace btcw
