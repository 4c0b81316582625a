#pragma once

#include <memory>

#include "btcw/config/config.h"
#include "btcw/queue/queue.h"
#include "session.h"

namespace btcw::cli {

/// The queue as the deployment has it: the folder, or Redis with the folder beside it. `config` has
/// the secrets of Redis. That Redis cannot be used for a reason of this host is told, and done
/// without.
/// Errors: those of open_file_queue().
Result<std::unique_ptr<Queue>> open_queue(const Config& config, Session& session);

}  // namespace btcw::cli
