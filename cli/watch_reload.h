#pragma once

#include "btcw/base/function_ref.h"
#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/watch/runner.h"
#include "session.h"

namespace btcw::cli {

/// What SIGHUP asks for: `apply`, which reads the configuration again, and changes nothing where it
/// fails; how it went is told. A terminal that is closed sends the same signal: then Flow::stop.
Flow reload_watch(const Session& session, Log& log, FunctionRef<Result<void>()> apply);

}  // namespace btcw::cli
