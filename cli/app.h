#pragma once

#include "session.h"

namespace btcw::cli {

/// Reads the command line, runs the command it names, and sees to it that the output arrived.
/// Returns the exit code of the process. No exception leaves it.
int run(int argc, char** argv, Session& session);

}  // namespace btcw::cli
