#include "btcw/watch/stream_slot.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

// Long enough for every symbol that moves to have been told by both.
constexpr milliseconds kOverlap = seconds{5};
constexpr milliseconds kLongestWindow = std::chrono::minutes{30};

/// Whether `tick` says nothing that `told` has not.
bool is_told(const Ticker& told, const Ticker& tick) {
  if (told.timestamp && tick.timestamp && *tick.timestamp < *told.timestamp) return true;
  Ticker same = tick;
  same.received = told.received;
  return same == told;
}

}  // namespace

void StreamSlot::add(std::span<const Symbol> symbols) {
  symbols_.insert(symbols_.end(), symbols.begin(), symbols.end());
  if (current_) current_->add(symbols);
  if (successor_) successor_->add(symbols);
}

void StreamSlot::remove(std::span<const Symbol> symbols) {
  std::erase_if(symbols_, [symbols](const Symbol& each) {
    return std::find(symbols.begin(), symbols.end(), each) != symbols.end();
  });
}

SteadyTime StreamSlot::open_at() const {
  if (!current_) return backoff_.due();
  const bool wanted = !successor_ && current_->wants_successor();
  return wanted ? successor_backoff_.due() : SteadyTime::max();
}

void StreamSlot::open(std::unique_ptr<StreamConnection> connection) {
  (current_ ? successor_ : current_) = std::move(connection);
  ready_since_.reset();
  told_.clear();
}

void StreamSlot::fail(const Error& why, const Clock& clock, Random& random) {
  (current_ ? successor_backoff_ : backoff_).ended(why, milliseconds{0}, clock, random);
}

bool StreamSlot::owns(std::uint64_t socket) const {
  return (current_ && current_->socket() == socket) ||
         (successor_ && successor_->socket() == socket);
}

StreamNews StreamSlot::hear(const SocketEvent& event) {
  const bool of_successor = successor_ && successor_->socket() == event.socket;
  StreamNews news = (of_successor ? successor_ : current_)->hear(event);
  if (successor_ && !news.tickers.empty()) drop_repeated(news);
  return news;
}

void StreamSlot::drop_repeated(StreamNews& news) {
  fresh_.clear();
  for (const Ticker& tick : news.tickers) {
    const auto [told, first] = told_.try_emplace(tick.symbol, tick);
    if (!first && is_told(told->second, tick)) continue;
    told->second = tick;
    fresh_.push_back(tick);
  }
  news.tickers = fresh_;
}

SteadyTime StreamSlot::due() const {
  SteadyTime first = current_ ? current_->due() : SteadyTime::max();
  if (successor_) first = std::min(first, successor_->due());
  if (ready_since_) first = std::min(first, *ready_since_ + kOverlap);
  return first;
}

std::optional<Error> StreamSlot::tend(const Clock& clock, Random& random) {
  if (current_) current_->tend();
  if (successor_) successor_->tend();
  if (successor_ && successor_->end() != nullptr) {
    successor_backoff_.ended(*successor_->end(), milliseconds{0}, clock, random);
    successor_.reset();
    ready_since_.reset();
  }
  const SteadyTime now = clock.steady_now();
  if (successor_ && !ready_since_ && successor_->brings_prices()) ready_since_ = now;
  const bool gone = current_ && current_->end() != nullptr;
  if (successor_ && (gone || (ready_since_ && now >= *ready_since_ + kOverlap))) {
    current_ = std::move(successor_);
    ready_since_.reset();
    told_.clear();
    successor_backoff_ = {};
    ++rotations_;
    return std::nullopt;
  }
  if (!gone) return std::nullopt;
  const std::unique_ptr<StreamConnection> ended = std::move(current_);
  note_end(*ended, clock, random);
  return *ended->end();
}

void StreamSlot::note_end(const StreamConnection& ended, const Clock& clock, Random& random) {
  const auto good_for = std::chrono::floor<milliseconds>(ended.last_tick() - ended.opened_at());
  backoff_.ended(*ended.end(), ended.ticks() > 0 ? good_for : milliseconds{0}, clock, random);
  // Pairs that nobody trades have no prices to stream: they are asked for meanwhile.
  data_window_ = ended.ticks() > 0 ? kFirstWindow : std::min(data_window_ * 2, kLongestWindow);
}

}  // namespace btcw
