#pragma once

#include <span>

#include "btcw/watch/tick_observer.h"

namespace btcw::cli {

/// A place among the observers of a run that may be taken, and left, while it goes on.
class ObserverSlot final : public TickObserver {
 public:
  /// `observer` is borrowed until clear().
  void put(TickObserver& observer) { observer_ = &observer; }
  void clear() { observer_ = nullptr; }

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override {
    return observer_ != nullptr ? observer_->on_ticks(ticks) : Flow::go_on;
  }
  [[nodiscard]] int fd() const override { return observer_ != nullptr ? observer_->fd() : -1; }
  [[nodiscard]] SteadyTime due() const override {
    return observer_ != nullptr ? observer_->due() : SteadyTime::max();
  }
  Result<Flow> on_time() override {
    return observer_ != nullptr ? observer_->on_time() : Flow::go_on;
  }
  [[nodiscard]] Load load() const override {
    return observer_ != nullptr ? observer_->load() : Load::idle;
  }
  void on_resize() override {
    if (observer_ != nullptr) observer_->on_resize();
  }
  Result<void> finish() override {
    return observer_ != nullptr ? observer_->finish() : Result<void>{};
  }

 private:
  TickObserver* observer_ = nullptr;
};

}  // namespace btcw::cli
