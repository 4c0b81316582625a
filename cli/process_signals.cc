#include "process_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

namespace btcw::cli {
namespace {

struct Row {
  int number;
  Signal signal;
};
constexpr std::array kSignals{
    Row{SIGINT, Signal::interrupt}, Row{SIGTERM, Signal::stop},    Row{SIGHUP, Signal::reload},
    Row{SIGUSR1, Signal::status},   Row{SIGWINCH, Signal::resize},
};

}  // namespace

ProcessSignals::~ProcessSignals() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
}

int ProcessSignals::fd() const {
  if (fd_ >= 0) return fd_;
  sigset_t taken;
  ::sigemptyset(&taken);
  for (const Row& row : kSignals) ::sigaddset(&taken, row.number);
  if (::pthread_sigmask(SIG_BLOCK, &taken, &old_mask_) != 0) return -1;
  fd_ = ::signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
  // Without it the signals must keep their effect, or nothing could end the process.
  if (fd_ < 0) ::pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
  return fd_;
}

std::optional<Signal> ProcessSignals::take() {
  if (fd_ < 0) return std::nullopt;
  signalfd_siginfo info{};
  while (::read(fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    for (const Row& row : kSignals) {
      if (static_cast<int>(info.ssi_signo) == row.number) return row.signal;
    }
  }
  return std::nullopt;
}

}  // namespace btcw::cli
