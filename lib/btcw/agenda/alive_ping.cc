#include "btcw/agenda/alive_ping.h"

#include <utility>

namespace btcw {

void AlivePing::set(std::string url, milliseconds period, Pings& pings) {
  pings_ = &pings;
  const bool is_new = url != url_;
  url_ = std::move(url);
  period_ = period;
  if (url_.empty()) {
    due_ = SteadyTime::max();
  } else if (is_new) {
    due_ = clock_.steady_now();
  }
}

Result<Flow> AlivePing::on_ticks(std::span<const CacheEntry> ticks) {
  ticks_ += ticks.size();
  return Flow::go_on;
}

Result<Flow> AlivePing::on_time() {
  const SteadyTime now = clock_.steady_now();
  if (now < due_) return Flow::go_on;
  due_ = now + period_;
  pings_->send(url_, std::to_string(std::exchange(ticks_, 0)) + " tickers since the last ping");
  return Flow::go_on;
}

Result<void> AlivePing::finish() {
  if (!url_.empty()) pings_->send(url_, "watch ends as it was told to");
  return {};
}

}  // namespace btcw
