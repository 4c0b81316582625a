#pragma once

#include <atomic>

#include "btcw/base/result.h"
#include "btcw/base/signals.h"
#include "btcw/base/wake_event.h"

namespace btcw {

/// Tells a run, from another thread, to come to its end: as Signal::stop would.
class RunStop final : public SignalSource {
 public:
  explicit RunStop(WakeEvent event) : event_{std::move(event)} {}

  /// From any thread.
  void raise() {
    raised_ = true;
    event_.set();
  }
  [[nodiscard]] bool is_raised() const { return raised_; }

  // By the thread of the run.
  [[nodiscard]] int fd() const override { return event_.fd(); }
  std::optional<Signal> take() override {
    if (!raised_ || taken_) return std::nullopt;
    taken_ = true;
    event_.clear();
    return Signal::stop;
  }

 private:
  WakeEvent event_;
  std::atomic<bool> raised_ = false;
  bool taken_ = false;
};

}  // namespace btcw
