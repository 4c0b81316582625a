#include "btcw/watch/gated_source.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

constexpr milliseconds kLookAgain{200};

}  // namespace

SteadyTime GatedSource::due() const { return open_ ? std::min(source_.due(), look_at_) : look_at_; }

Result<SourceState> GatedSource::take(TickSink sink) {
  const bool was_open = std::exchange(open_, is_open_());
  if (was_open && !open_ && on_close_) on_close_();
  look_at_ = clock_.steady_now() + kLookAgain;
  return open_ ? source_.take(sink) : SourceState::running;
}

}  // namespace btcw
