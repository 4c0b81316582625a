#include "watch_reload.h"

#include <unistd.h>

#include <cstdio>

namespace btcw::cli {

Flow reload_watch(const Session& session, Log& log, FunctionRef<Result<void>()> apply) {
  const bool had_terminal = session.in_is_terminal || session.err_is_terminal;
  if (had_terminal && isatty(session.in) == 0 && isatty(fileno(session.err)) == 0) {
    return Flow::stop;
  }
  if (const auto applied = apply(); applied) {
    log.info("configuration read again");
  } else {
    log.error("the configuration stays as it was: " + applied.error().message);
  }
  return Flow::go_on;
}

}  // namespace btcw::cli
