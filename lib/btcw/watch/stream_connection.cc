#include "btcw/watch/stream_connection.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

constexpr milliseconds kConnectTimeout = seconds{10};
// The socket has a limit of its own; this one is for a socket that has lost its thread.
constexpr milliseconds kOpeningLimit = seconds{20};
constexpr milliseconds kGreetingLimit = seconds{15};
constexpr milliseconds kLongestMargin = std::chrono::hours{1};
constexpr milliseconds kAnswerLimit = seconds{20};
constexpr int kUnreadableLimit = 5;

/// A connection is replaced before the exchange ends it.
milliseconds margin_of(milliseconds life) { return std::min(life / 10, kLongestMargin); }

}  // namespace

std::string_view to_string(StreamPhase phase) {
  switch (phase) {
    case StreamPhase::opening:
      return "opening";
    case StreamPhase::greeting:
      return "greeting";
    case StreamPhase::subscribing:
      return "subscribing";
    case StreamPhase::streaming:
      return "streaming";
    case StreamPhase::ended:
      return "ended";
  }
  return {};
}

StreamConnection::StreamConnection(const ExchangeStream& stream, ExchangeName name,
                                   StreamRoute route, std::vector<Symbol> symbols, Ports ports)
    : stream_{stream},
      route_{std::move(route)},
      ports_{ports},
      reader_{stream.make_reader(name)},
      symbols_{std::move(symbols)},
      ping_every_{route_.ping_every.value_or(stream.limits.ping_every)},
      opened_{ports.clock.steady_now()},
      heard_{opened_},
      ticked_{opened_},
      free_at_{opened_} {
  reader_->add(symbols_);
  if (stream.limits.longest_life.count() > 0) {
    rotate_at_ = opened_ + stream.limits.longest_life - margin_of(stream.limits.longest_life);
  }
  socket_ = ports_.sockets.open({.url = route_.url, .connect_timeout = kConnectTimeout});
}

StreamConnection::~StreamConnection() {
  if (phase_ != StreamPhase::ended) ports_.sockets.close(socket_);
}

void StreamConnection::add(std::span<const Symbol> symbols) {
  if (phase_ == StreamPhase::ended) return;
  reader_->add(symbols);
  if (phase_ == StreamPhase::opening || phase_ == StreamPhase::greeting) {
    symbols_.insert(symbols_.end(), symbols.begin(), symbols.end());
    return;
  }
  queue_requests(symbols);
  phase_ = StreamPhase::subscribing;
}

SteadyTime StreamConnection::due() const {
  switch (phase_) {
    case StreamPhase::opening:
      return opened_ + kOpeningLimit;
    case StreamPhase::greeting:
      // Of a rest that is wanted the end is known, of a welcome only the latest moment.
      return stream_.start == StreamStart::at_once ? free_at_ : heard_ + kGreetingLimit;
    case StreamPhase::subscribing:
    case StreamPhase::streaming: {
      SteadyTime first = std::min({silent_at(), ticked_ + route_.data_window, ping_at_});
      if (!requests_.empty()) first = std::min(first, free_at_);
      first = std::min(first, answer_by_);
      const bool young = rotate_at_ && *rotate_at_ > ports_.clock.steady_now();
      return young ? std::min(first, *rotate_at_) : first;
    }
    case StreamPhase::ended:
      return SteadyTime::max();
  }
  return SteadyTime::max();
}

bool StreamConnection::may_send() const { return ports_.clock.steady_now() >= free_at_; }

void StreamConnection::tend() {
  const SteadyTime now = ports_.clock.steady_now();
  switch (phase_) {
    case StreamPhase::opening:
      if (now >= opened_ + kOpeningLimit) give_up({Errc::unavailable, "no connection in time"});
      return;
    case StreamPhase::greeting:
      if (stream_.start == StreamStart::at_once && may_send()) enter(StreamPhase::subscribing);
      if (phase_ == StreamPhase::greeting && now >= heard_ + kGreetingLimit) {
        give_up({Errc::unavailable, "no welcome in time"});
      }
      return;
    case StreamPhase::subscribing:
    case StreamPhase::streaming:
      break;
    case StreamPhase::ended:
      return;
  }
  if (now >= silent_at()) {
    return give_up(
        {Errc::unavailable, "nothing heard for " + to_string(stream_.limits.longest_silence)});
  }
  if (now >= ticked_ + route_.data_window) {
    return give_up({Errc::unavailable, "no price for " + to_string(route_.data_window)});
  }
  if (now >= answer_by_) return give_up({Errc::unavailable, "no answer to a subscription"});
  if (now >= ping_at_ && may_send()) ping();
  if (!requests_.empty() && may_send()) {
    post(requests_.front());
    requests_.pop_front();
  }
  if (requests_.empty()) phase_ = StreamPhase::streaming;
}

StreamNews StreamConnection::hear(const SocketEvent& event) {
  if (phase_ == StreamPhase::ended) return {};
  heard_ = ports_.clock.steady_now();
  switch (event.kind) {
    case SocketEventKind::opened:
      ticked_ = heard_;
      free_at_ = heard_ + stream_.limits.before_requests;
      enter(StreamPhase::greeting);
      tend();
      return {};
    case SocketEventKind::message:
      return read(event);
    case SocketEventKind::sign:
      return {};
    case SocketEventKind::closed:
      end_ = event.error();
      phase_ = StreamPhase::ended;
      return {};
  }
  return {};
}

StreamNews StreamConnection::read(const SocketEvent& event) {
  auto news = reader_->read(event.bytes, event.received);
  if (!news) {
    note_unreadable(std::move(news).error());
    return {};
  }
  unreadable_in_a_row_ = 0;
  if (!news->reply.empty()) post(std::string{news->reply});
  switch (news->kind) {
    case StreamNewsKind::ticks:
      answer_by_ = SteadyTime::max();
      ticks_ += news->tickers.size();
      ticked_ = heard_;
      break;
    case StreamNewsKind::ready:
      if (phase_ == StreamPhase::greeting) enter(StreamPhase::subscribing);
      break;
    case StreamNewsKind::reconnect:
      rotate_at_ = heard_;
      break;
    case StreamNewsKind::maintenance:
      give_up({Errc::unavailable, "maintenance"});
      break;
    case StreamNewsKind::accepted:
    case StreamNewsKind::refused:
      answer_by_ = SteadyTime::max();
      break;
    case StreamNewsKind::idle:
      break;
  }
  return *std::move(news);
}

bool StreamConnection::wants_successor() const {
  return phase_ != StreamPhase::ended && rotate_at_ && ports_.clock.steady_now() >= *rotate_at_;
}

void StreamConnection::enter(StreamPhase phase) {
  phase_ = phase;
  if (phase != StreamPhase::subscribing) return;
  if (ping_every_.count() > 0) ping_at_ = heard_ + ping_every_;
  answer_by_ = ports_.clock.steady_now() + kAnswerLimit;
  queue_requests(std::exchange(symbols_, {}));
  tend();
}

void StreamConnection::queue_requests(std::span<const Symbol> symbols) {
  while (!symbols.empty()) {
    const auto some = symbols.first(std::min(symbols.size(), stream_.limits.symbols_per_request));
    symbols = symbols.subspan(some.size());
    for (std::string& request : stream_.subscribe(some, stamp())) {
      requests_.push_back(std::move(request));
      ++numbers_;
    }
  }
}

void StreamConnection::ping() {
  const SteadyTime now = ports_.clock.steady_now();
  ping_at_ = now + ping_every_;
  if (stream_.ping == nullptr) {
    free_at_ = now + stream_.limits.between_requests;
    return ports_.sockets.ping(socket_);
  }
  const std::string text = stream_.ping(stamp());
  ++numbers_;
  post(text);
}

void StreamConnection::post(const std::string& text) {
  free_at_ = ports_.clock.steady_now() + stream_.limits.between_requests;
  ports_.sockets.send(socket_, text);
}

// Half a frame, or a page of a proxy's: passed over once or twice, but not for ever.
void StreamConnection::note_unreadable(Error why) {
  ++unreadable_;
  if (++unreadable_in_a_row_ >= kUnreadableLimit) give_up(std::move(why));
}

void StreamConnection::give_up(Error why) {
  end_ = std::move(why);
  phase_ = StreamPhase::ended;
  ports_.sockets.close(socket_);
}

}  // namespace btcw
