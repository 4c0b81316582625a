#include "terminal_mode.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace btcw::cli {

TerminalSize terminal_size(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {24, 80};
  return {size.ws_row, size.ws_col};
}

bool in_foreground(int terminal) {
  const pid_t foreground = tcgetpgrp(terminal);
  return foreground < 0 || foreground == getpgrp();
}

KeyMode::KeyMode(int terminal) : terminal_{terminal} {
  termios mode{};
  if (tcgetattr(terminal_, &mode) != 0) return;
  before_ = mode;
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  mode.c_iflag &= ~static_cast<tcflag_t>(IXON);
  mode.c_cc[VSUSP] = _POSIX_VDISABLE;
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  tcsetattr(terminal_, TCSADRAIN, &mode);
}

KeyMode::~KeyMode() {
  if (before_) tcsetattr(terminal_, TCSADRAIN, &*before_);
}

}  // namespace btcw::cli
