#pragma once

#include <span>
#include <string>
#include <vector>

#include "btcw/agenda/run_stop.h"
#include "btcw/base/log.h"
#include "btcw/config/config.h"
#include "session.h"

namespace btcw::cli {

struct SetUpCheck {
  const Config& config;  ///< that is in force
  /// Asked of the exchanges; none: they are not.
  std::span<const SymbolRequest> symbols;
  int max_pending;
  RunStop& stop;
};

/// What is wrong, a line each: the configuration as it stands in the files now, the state folder,
/// the queue, the exchanges, of which one has to answer, and each that a symbol is pinned to. May
/// be called on any thread.
std::vector<std::string> check_set_up(const SetUpCheck& what, Session& session, Log& log);

}  // namespace btcw::cli
