#pragma once

#include <csignal>

#include "btcw/base/signals.h"

namespace btcw::cli {

/// The signals of this process, by signalfd(2).
///
/// Nothing changes until the first call of fd(): a command that never asks for it is ended by
/// SIGINT and SIGTERM as any program is. From then on SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGWINCH
/// are blocked and come out of take(). Threads started later inherit that; a child process must be
/// given old_mask() back.
class ProcessSignals final : public SignalSource {
 public:
  ProcessSignals() = default;
  ~ProcessSignals() override;
  ProcessSignals(const ProcessSignals&) = delete;
  ProcessSignals& operator=(const ProcessSignals&) = delete;

  [[nodiscard]] int fd() const override;
  std::optional<Signal> take() override;
  /// What was blocked before.
  [[nodiscard]] const sigset_t& old_mask() const { return old_mask_; }

 private:
  mutable int fd_ = -1;
  mutable sigset_t old_mask_{};
};

}  // namespace btcw::cli
