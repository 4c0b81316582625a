// The program: takes what the process has, and hands it to run().
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "app.h"
#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/base/random.h"
#include "process_signals.h"
#include "stderr_log.h"

int main(int argc, char** argv) {
  // A peer or a reader that hangs up is seen as an error of the write, not as the end of
  // everything.
  std::signal(SIGPIPE, SIG_IGN);
  // Likewise a file that would grow past the limit of the shell or the service.
  std::signal(SIGXFSZ, SIG_IGN);
  const auto environment = btcw::Environment::of_process();
  const btcw::SystemClock clock;
  btcw::SystemRandom random;
  btcw::cli::StderrLog log{stderr, clock};
  btcw::cli::ProcessSignals signals;
  btcw::cli::Session session{.out = stdout,
                             .err = stderr,
                             .in = STDIN_FILENO,
                             .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                             .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                             .in_is_terminal = ::isatty(STDIN_FILENO) == 1,
                             .environment = environment,
                             .clock = clock,
                             .random = random,
                             .log = log,
                             .signals = signals};
  return btcw::cli::run(argc, argv, session);
}
