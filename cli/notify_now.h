#pragma once

#include <span>

#include "adhoc_channels.h"
#include "btcw/config/config.h"
#include "btcw/queue/queue.h"
#include "session.h"

namespace btcw::cli {

/// Delivers without the queue, one attempt each. 0: all have it; 75: some may have it later; 1:
/// some never; 3: some have it, some not.
ExitCode deliver_now(std::span<const Queue::NewMessage> messages, AdHocChannels adhoc,
                     Config config, Session& session);

/// Prints what each channel would be sent, with secrets masked.
ExitCode preview(std::span<const Queue::NewMessage> messages, AdHocChannels adhoc, Config config,
                 Session& session);

}  // namespace btcw::cli
