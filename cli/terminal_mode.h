#pragma once

#include <termios.h>

#include <optional>

namespace btcw::cli {

struct TerminalSize {
  int rows;
  int columns;
};

/// 24 × 80 where the terminal does not say.
TerminalSize terminal_size(int fd);

/// Whether this process may read keys from that terminal and change its mode without being stopped:
/// it is in the foreground there, or has no part in the terminal's job control.
bool in_foreground(int terminal);

/// Keys come one by one and are not shown, while it lives. Ctrl-C stays a signal; Ctrl-Z, Ctrl-S
/// and Ctrl-Q come as keys.
class KeyMode {
 public:
  /// Does nothing when `terminal` is none.
  explicit KeyMode(int terminal);
  KeyMode(const KeyMode&) = delete;
  KeyMode& operator=(const KeyMode&) = delete;
  ~KeyMode();

 private:
  int terminal_;
  std::optional<termios> before_;
};

}  // namespace btcw::cli
