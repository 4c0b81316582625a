#pragma once

#include <string_view>

#include "btcw/base/notification.h"
#include "delivery_stage.h"

namespace btcw::cli {

/// Prints what each channel of a message would be sent, secrets masked, and sends nothing. `when`:
/// what is said of the delivery, as "attempt 2".
/// failed: no channel takes it, one it names is not configured, or one cannot be opened.
ExitCode preview_message(const Notification& message, std::string_view when, DeliveryStage& stage,
                         Session& session);

}  // namespace btcw::cli
