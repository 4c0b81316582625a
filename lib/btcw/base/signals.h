#pragma once

#include <optional>

namespace btcw {

/// What the outside world can tell a running command.
enum class Signal {
  stop,       ///< SIGTERM: finish, flush, end
  interrupt,  ///< SIGINT: the same, from the keyboard
  reload,     ///< SIGHUP: read the configuration again
  status,     ///< SIGUSR1: say how things stand
  resize,     ///< SIGWINCH: the terminal has another size
};

/// Signals as data. Not thread-safe: one loop takes them.
class SignalSource {
 public:
  virtual ~SignalSource() = default;
  /// Readable while a signal waits; to be given to Clock::wait_until and HttpTransport::drive. -1:
  /// never.
  [[nodiscard]] virtual int fd() const = 0;
  /// The next one that waits, oldest first.
  virtual std::optional<Signal> take() = 0;
};

}  // namespace btcw
