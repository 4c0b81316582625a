#include "btcw/watch/stream_fleet.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

// How often a request is looked after that has no descriptor to wait for.
constexpr milliseconds kDoorPace{20};

milliseconds whole_ms(SteadyTime::duration time) {
  return std::chrono::floor<milliseconds>(std::max(time, SteadyTime::duration{0}));
}

}  // namespace

/// The permission for one connection, while it is asked for and until it is used.
struct StreamFleet::Pass {
  bool pending = true;
  std::optional<Result<StreamPass>> answer = std::nullopt;
};

StreamFleet::StreamFleet(const ExchangeStream& stream, ExchangeName name, StreamHosts hosts,
                         Ports ports)
    : stream_{stream},
      name_{name},
      hosts_{std::move(hosts)},
      ports_{ports},
      connect_at_{ports.clock.steady_now()} {
  for (std::string* const url : {&hosts_.ws_url, &hosts_.rest_url}) {
    while (url->ends_with('/')) url->pop_back();
  }
}

StreamFleet::~StreamFleet() = default;

void StreamFleet::follow(std::span<const Symbol> symbols) {
  std::vector<Symbol> wanted{symbols.begin(), symbols.end()};
  std::sort(wanted.begin(), wanted.end());
  std::vector<Symbol> gone;
  for (const auto& slot : slots_) {
    for (const Symbol& each : slot->symbols()) {
      const auto found = std::lower_bound(wanted.begin(), wanted.end(), each);
      if (found == wanted.end() || *found != each) {
        gone.push_back(each);
      } else {
        wanted.erase(found);
      }
    }
  }
  for (const auto& slot : slots_) slot->remove(gone);
  std::erase_if(slots_, [](const auto& slot) { return slot->symbols().empty(); });
  place(wanted);
}

void StreamFleet::place(std::span<const Symbol> symbols) {
  const std::size_t most = stream_.limits.symbols_per_connection;
  for (const auto& slot : slots_) {
    const std::size_t room = most - std::min(most, slot->symbols().size());
    const auto some = symbols.first(std::min(room, symbols.size()));
    if (!some.empty()) slot->add(some);
    symbols = symbols.subspan(some.size());
  }
  while (!symbols.empty()) {
    const auto some = symbols.first(std::min(most, symbols.size()));
    slots_.push_back(std::make_unique<StreamSlot>(std::vector<Symbol>{some.begin(), some.end()}));
    symbols = symbols.subspan(some.size());
  }
}

bool StreamFleet::hear(const SocketEvent& event, const Sinks& sinks) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                 [&event](const auto& each) { return each->owns(event.socket); });
  if (slot == slots_.end()) return false;
  const StreamNews news = (*slot)->hear(event);
  if (!news.tickers.empty()) {
    sinks.tickers(news.tickers);
    if (told_lost_) tell_found(**slot);
  }
  if (news.error) {
    if (!std::exchange(told_refused_, true)) {
      ports_.log.warning(news.error->message, {{"exchange", name_.text()}});
    }
    if (news.symbol) sinks.refused(*news.symbol);
  }
  if (event.kind == SocketEventKind::closed || news.kind == StreamNewsKind::maintenance) {
    tend_slot(**slot);
  }
  return true;
}

std::optional<SteadyTime> StreamFleet::next_open() const {
  SteadyTime first = SteadyTime::max();
  for (const auto& slot : slots_) first = std::min(first, slot->open_at());
  if (first == SteadyTime::max()) return std::nullopt;
  return std::max(first, connect_at_);
}

SteadyTime StreamFleet::due() const {
  SteadyTime first = SteadyTime::max();
  for (const auto& slot : slots_) first = std::min(first, slot->due());
  if (pass_ && pass_->pending) {
    first = std::min(first, ports_.clock.steady_now() + kDoorPace);
  } else if (const auto at = next_open()) {
    first = std::min(first, *at);
  }
  return first;
}

void StreamFleet::tend() {
  if (pass_ && pass_->pending) ports_.http.drive(ports_.clock.steady_now());
  for (const auto& slot : slots_) tend_slot(*slot);
  for (const auto& slot : slots_) {
    const SteadyTime now = ports_.clock.steady_now();
    if (now >= connect_at_ && now >= slot->open_at()) open(*slot);
  }
}

void StreamFleet::tend_slot(StreamSlot& slot) {
  const auto lost = slot.tend(ports_.clock, ports_.random);
  if (lost) tell_lost(*lost, slot);
}

void StreamFleet::open(StreamSlot& slot) {
  StreamRoute route{.url = (hosts_.ws_url.empty() ? std::string{stream_.url} : hosts_.ws_url) +
                           std::string{stream_.path},
                    .data_window = slot.data_window()};
  if (stream_.door != nullptr) {
    if (!pass_) return ask_for_pass();
    if (pass_->pending) return;
    const auto answer = *std::exchange(pass_, nullptr)->answer;
    if (!answer) {
      slot.fail(answer.error(), ports_.clock, ports_.random);
      return tell_lost(answer.error(), slot);
    }
    route.url = answer->url;
    route.ping_every = answer->ping_every;
  }
  ++attempts_;
  connect_at_ = ports_.clock.steady_now() + stream_.limits.between_connections;
  slot.open(
      std::make_unique<StreamConnection>(stream_, name_, std::move(route), slot.symbols(),
                                         StreamConnection::Ports{ports_.sockets, ports_.clock}));
}

void StreamFleet::ask_for_pass() {
  pass_ = std::make_shared<Pass>();
  const RequestStamp stamp{attempts_ + 1, ports_.clock.now()};
  ports_.http.start({.method = "POST", .url = hosts_.rest_url + std::string{stream_.door->target}},
                    [pass = pass_, door = stream_.door, ws_url = hosts_.ws_url,
                     stamp](const Result<HttpResponse>& response) {
                      pass->pending = false;
                      pass->answer = response ? door->read(*response, ws_url, stamp)
                                              : Result<StreamPass>{response.error()};
                    });
}

// Once, until prices come again: the attempts in between are for those who look closer.
void StreamFleet::tell_lost(const Error& why, const StreamSlot& slot) {
  error_ = why.message;
  const std::string pause = to_string(std::chrono::ceil<seconds>(
      std::max(slot.backoff().due() - ports_.clock.steady_now(), SteadyTime::duration{0})));
  const std::string line = "stream lost: " + why.message + "; next attempt in " + pause;
  if (std::exchange(told_lost_, true)) return ports_.log.debug(line, {{"exchange", name_.text()}});
  ports_.log.warning(line + ", asking meanwhile", {{"exchange", name_.text()}});
}

void StreamFleet::tell_found(const StreamSlot& slot) {
  told_lost_ = false;
  ports_.log.warning("stream is back, " + std::to_string(slot.symbols().size()) + " symbols",
                     {{"exchange", name_.text()}});
}

void StreamFleet::append_status(std::vector<StreamStatus>& out) const {
  const SteadyTime now = ports_.clock.steady_now();
  for (const auto& slot : slots_) {
    StreamStatus status{.exchange = name_,
                        .phase = "waiting",
                        .symbols = slot->symbols().size(),
                        .rotations = slot->rotations(),
                        .failures = slot->backoff().failures(),
                        .successor = slot->successor() != nullptr,
                        .error = error_};
    if (const StreamConnection* const current = slot->current()) {
      status.phase = to_string(current->phase());
      status.ticks = current->ticks();
      status.unreadable = current->unreadable();
      status.age = whole_ms(now - current->opened_at());
      if (current->ticks() > 0) status.silent_for = whole_ms(now - current->last_tick());
    } else {
      status.next = whole_ms(std::max(slot->open_at(), connect_at_) - now);
    }
    out.push_back(std::move(status));
  }
}

}  // namespace btcw
