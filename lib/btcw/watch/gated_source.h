#pragma once

#include <functional>
#include <utility>

#include "btcw/base/clock.h"
#include "btcw/watch/ticker_source.h"

namespace btcw {

/// A source that is left alone while its gate is closed. The gate is looked at five times a second.
class GatedSource final : public TickerSource {
 public:
  /// All is borrowed; `is_open` is asked, and `on_close` called when it has closed, on the Runner's
  /// thread.
  GatedSource(TickerSource& source, std::function<bool()> is_open, const Clock& clock,
              std::function<void()> on_close = {})
      : source_{source},
        is_open_{std::move(is_open)},
        clock_{clock},
        on_close_{std::move(on_close)} {}

  [[nodiscard]] int fd() const override { return open_ ? source_.fd() : -1; }
  [[nodiscard]] SteadyTime due() const override;
  Result<SourceState> take(TickSink sink) override;
  [[nodiscard]] bool settled() const override { return open_ && source_.settled(); }

 private:
  TickerSource& source_;
  std::function<bool()> is_open_;
  const Clock& clock_;
  std::function<void()> on_close_;
  bool open_ = false;
  SteadyTime look_at_ = SteadyTime::min();
};

}  // namespace btcw
