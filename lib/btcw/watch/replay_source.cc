#include "btcw/watch/replay_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

// Large enough that a virtual call a batch costs nothing, small enough for the first-level cache.
constexpr std::size_t kBatch = 64;

CacheScope scope_of(const Ticker& ticker) {
  // What was simulated answers no real question, recorded or not.
  return ticker.exchange.text() == "demo" ? CacheScope::exchange : CacheScope::any;
}

}  // namespace

ReplaySource::ReplaySource(int input, ReplayOptions options, Ports ports)
    : input_{input}, options_{std::move(options)}, ports_{ports}, lines_{input} {
  batch_.reserve(kBatch);
}

int ReplaySource::fd() const { return waiting_for_input_ ? input_ : -1; }

SteadyTime ReplaySource::due() const {
  if (pending_) return pending_due_;
  return waiting_for_input_ ? SteadyTime::max() : SteadyTime::min();
}

Result<SourceState> ReplaySource::take(TickSink sink) {
  play_buffered(sink);
  if (pending_) return SourceState::running;
  auto filled = lines_.fill();
  if (!filled) return std::move(filled).error();
  waiting_for_input_ = *filled == LineReader::Fill::wait;
  switch (*filled) {
    case LineReader::Fill::more:
    case LineReader::Fill::wait:
      return SourceState::running;
    case LineReader::Fill::end:
      break;
  }
  play_buffered(sink);
  if (pending_) return SourceState::running;
  settled_ = true;
  if (status_.bad_lines > kToldLines) {
    ports_.log.warning(fmt::format("{} more lines are no tickers", status_.bad_lines - kToldLines));
  }
  return SourceState::ended;
}

void ReplaySource::play_buffered(TickSink sink) {
  if (pending_ && ports_.clock.steady_now() < pending_due_) return;
  if (pending_) play(*std::exchange(pending_, std::nullopt), sink);
  while (const auto line = lines_.next()) {
    if (line->too_long) {
      tell_bad_line(line->number, "longer than 64 KiB");
      continue;
    }
    std::string_view text = line->text;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) continue;
    const auto ticker = ports_.reader.read(text);
    if (!ticker) {
      tell_bad_line(line->number, ticker.error().message);
      continue;
    }
    if (!wanted(*ticker)) continue;
    pending_due_ = due_of(*ticker);
    if (pending_due_ > SteadyTime::min() && ports_.clock.steady_now() < pending_due_) {
      pending_ = *ticker;
      break;
    }
    play(*ticker, sink);
  }
  flush(sink);
}

void ReplaySource::play(const Ticker& ticker, TickSink sink) {
  settled_ = true;
  status_.tickers += 1;
  batch_.push_back({ticker, scope_of(ticker)});
  if (batch_.size() == kBatch) flush(sink);
}

void ReplaySource::flush(TickSink sink) {
  if (!batch_.empty()) sink(batch_);
  batch_.clear();
}

SteadyTime ReplaySource::due_of(const Ticker& ticker) {
  const bool was_played = status_.tickers < options_.resume_at;
  if (options_.speed.unlimited() || was_played) return SteadyTime::min();
  if (!start_) start_ = Start{ticker.received, ports_.clock.steady_now()};
  return start_->played + options_.speed.scaled(ticker.received - start_->recorded);
}

bool ReplaySource::wanted(const Ticker& ticker) const {
  const auto& exchanges = options_.exchanges;
  if (!exchanges.empty() &&
      std::find(exchanges.begin(), exchanges.end(), ticker.exchange) == exchanges.end()) {
    return false;
  }
  if (options_.only.empty()) return true;
  return std::any_of(options_.only.begin(), options_.only.end(), [&](const SymbolRequest& request) {
    return request.symbol == ticker.symbol &&
           (!request.exchange || *request.exchange == ticker.exchange);
  });
}

void ReplaySource::tell_bad_line(std::uint64_t number, std::string_view reason) {
  status_.bad_lines += 1;
  if (status_.bad_lines > kToldLines) return;
  ports_.log.warning(fmt::format("line {}: {}", number, reason));
}

}  // namespace btcw
