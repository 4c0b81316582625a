#pragma once

#include <string_view>
#include <vector>

#include "btcw/notify/webhook_body.h"

namespace btcw {

// One function for each WebhookSource. Precondition: `body` is UTF-8 and not too long. Errors:
// bad_data.

Result<std::vector<Notification>> read_freqtrade(std::string_view body, UtcTime now);
Result<std::vector<Notification>> read_tradingview(std::string_view body, UtcTime now);
Result<std::vector<Notification>> read_alertmanager(std::string_view body, UtcTime now);

}  // namespace btcw
