#include "btcw/watch/stream_source.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

constexpr milliseconds kSecondChoicePause = std::chrono::minutes{10};
constexpr milliseconds kRefusedPause = std::chrono::hours{1};
// Figures of the day outlive a poll that failed.
constexpr int kPollsOfDay = 2;

bool same(const StreamHosts& a, const StreamHosts& b) {
  return a.ws_url == b.ws_url && a.rest_url == b.rest_url;
}

}  // namespace

StreamSource::StreamSource(StreamOptions options, StreamFleet::Ports ports)
    : ports_{ports}, second_choices_at_{ports.clock.steady_now() + kSecondChoicePause} {
  reconfigure(std::move(options));
}

StreamSource::~StreamSource() = default;

void StreamSource::reconfigure(StreamOptions options) {
  options_ = std::move(options);
  std::map<ExchangeName, Lane> lanes;
  for (const StreamedExchange& exchange : options_.exchanges) {
    const auto before = lanes_.find(exchange.name);
    if (before != lanes_.end() && same(before->second.exchange.hosts, exchange.hosts)) {
      lanes.insert(lanes_.extract(before));
      continue;
    }
    auto fleet =
        std::make_unique<StreamFleet>(*exchange.stream, exchange.name, exchange.hosts, ports_);
    lanes.emplace(exchange.name, Lane{exchange, std::move(fleet)});
  }
  lanes_ = std::move(lanes);
  std::erase_if(assigned_, [this](const auto& each) {
    return !lanes_.contains(each.second) ||
           std::find(options_.requests.begin(), options_.requests.end(), each.first) ==
               options_.requests.end();
  });
  follow_assigned();
}

void StreamSource::let_go() {
  assigned_.clear();
  follow_assigned();
}

SteadyTime StreamSource::due() const {
  SteadyTime first = SteadyTime::max();
  for (const auto& [name, lane] : lanes_) first = std::min(first, lane.fleet->due());
  return first;
}

Result<SourceState> StreamSource::take(TickSink sink) {
  batch_.clear();
  ports_.sockets.take([this](const SocketEvent& event) { take_event(event); });
  for (auto& [name, lane] : lanes_) lane.fleet->tend();
  if (!batch_.empty()) sink(batch_);
  return SourceState::running;
}

void StreamSource::take_event(const SocketEvent& event) {
  for (auto& [name, lane] : lanes_) {
    const auto refuse = [this, exchange = name](const Symbol& symbol) {
      const SteadyTime until = ports_.clock.steady_now() + kRefusedPause;
      refused_.insert_or_assign(SymbolRequest{symbol, exchange}, until);
    };
    const auto keep = [this, &to = lane](std::span<const Ticker> tickers) {
      take_tickers(to, tickers);
    };
    if (!lane.fleet->hear(event, {.tickers = keep, .refused = refuse})) continue;
    // What a connection brought is asked for at once when it has gone.
    if (event.kind == SocketEventKind::closed) {
      for (auto& [symbol, followed] : lane.followed) followed.ticked = SteadyTime::min();
    }
    return;
  }
}

void StreamSource::take_tickers(Lane& lane, std::span<const Ticker> tickers) {
  const SteadyTime now = ports_.clock.steady_now();
  const SteadyTime oldest = now - std::max(DayFigures::kKeep, kPollsOfDay * options_.quiet_after);
  for (const Ticker& ticker : tickers) {
    const auto found = lane.followed.find(ticker.symbol);
    if (found == lane.followed.end()) continue;
    found->second.ticked = now;
    batch_.push_back({ticker, found->second.scope});
    if (found->second.day) found->second.day->complete(batch_.back().ticker, oldest);
    ++ticks_;
  }
}

bool StreamSource::is_fresh(const SymbolRequest& request) const {
  const auto assigned = assigned_.find(request);
  if (assigned == assigned_.end()) return false;
  const auto lane = lanes_.find(assigned->second);
  if (lane == lanes_.end()) return false;
  const auto followed = lane->second.followed.find(request.symbol);
  if (followed == lane->second.followed.end()) return false;
  const SteadyTime ticked = followed->second.ticked;
  return ticked != SteadyTime::min() && ports_.clock.steady_now() - ticked < options_.quiet_after;
}

bool StreamSource::is_second_choice(const SymbolRequest& request) const {
  const auto& order = options_.order.empty() ? options_.preference : options_.order;
  const auto assigned = assigned_.find(request);
  return !request.exchange && !order.empty() && assigned != assigned_.end() &&
         assigned->second != order.front();
}

void StreamSource::select(std::vector<SymbolRequest>& requests) {
  const SteadyTime now = ports_.clock.steady_now();
  const bool with_second_choices = now >= second_choices_at_;
  if (with_second_choices) second_choices_at_ = now + kSecondChoicePause;
  std::erase_if(requests, [&](const SymbolRequest& request) {
    if (!is_fresh(request) || (with_second_choices && is_second_choice(request))) return false;
    Followed& followed = lanes_.at(assigned_.at(request)).followed.at(request.symbol);
    return !followed.day || !followed.day->ask(now);
  });
}

void StreamSource::answered(std::span<const Fetched> answers) {
  for (const Fetched& answer : answers) {
    if (const auto exchange = guess(answer)) assign(answer.request, *exchange);
  }
  follow_assigned();
  for (const Fetched& answer : answers) {
    if (answer.ticker) learn_day(*answer.ticker);
  }
}

void StreamSource::learn_day(const Ticker& answer) {
  const auto lane = lanes_.find(answer.exchange);
  if (lane == lanes_.end()) return;
  const auto followed = lane->second.followed.find(answer.symbol);
  if (followed == lane->second.followed.end() || !followed->second.day) return;
  followed->second.day->learn(answer, ports_.clock.steady_now());
}

bool StreamSource::is_news(const Fetched& answer) const {
  if (!answer.ticker || !is_fresh(answer.request)) return true;
  return assigned_.at(answer.request) != answer.ticker->exchange;
}

/// Who is to stream what was asked for: whoever has answered. Where nobody did, because of the
/// network, whoever would have been asked first; a stream may get through where a request did not.
std::optional<ExchangeName> StreamSource::guess(const Fetched& answer) const {
  if (answer.ticker) return answer.ticker->exchange;
  if (assigned_.contains(answer.request)) return std::nullopt;
  switch (answer.ticker.error().code) {
    case Errc::unavailable:
    case Errc::rate_limited:
    case Errc::bad_data:
      break;
    case Errc::not_found:
    case Errc::rejected:
    case Errc::invalid_input:
      return std::nullopt;
  }
  if (answer.request.exchange) return answer.request.exchange;
  const auto& order = options_.order.empty() ? options_.preference : options_.order;
  const auto first = std::find_if(order.begin(), order.end(),
                                  [this](ExchangeName each) { return lanes_.contains(each); });
  return first == order.end() ? std::nullopt : std::optional{*first};
}

void StreamSource::assign(const SymbolRequest& request, ExchangeName exchange) {
  if (!lanes_.contains(exchange)) return;
  const auto refused = refused_.find(SymbolRequest{request.symbol, exchange});
  if (refused != refused_.end()) {
    if (ports_.clock.steady_now() < refused->second) {
      assigned_.erase(request);
      return;
    }
    refused_.erase(refused);
  }
  assigned_.insert_or_assign(request, exchange);
}

void StreamSource::follow_assigned() {
  for (auto& [name, lane] : lanes_) {
    std::unordered_map<Symbol, Followed> followed;
    std::vector<Symbol> symbols;
    for (const auto& [request, exchange] : assigned_) {
      if (exchange != name) continue;
      const auto before = lane.followed.find(request.symbol);
      const auto [place, first] = followed.try_emplace(
          request.symbol, before == lane.followed.end() ? Followed{} : before->second);
      if (first) {
        symbols.push_back(request.symbol);
        const bool wanting = lane.exchange.stream->day == StreamDay::asked_for;
        if (wanting && !place->second.day) place->second.day.emplace();
        place->second.scope = CacheScope::exchange;
      }
      if (!request.exchange && options_.order.empty()) place->second.scope = CacheScope::any;
    }
    lane.followed = std::move(followed);
    lane.fleet->follow(symbols);
  }
}

std::vector<StreamStatus> StreamSource::status() const {
  std::vector<StreamStatus> all;
  for (const auto& [name, lane] : lanes_) lane.fleet->append_status(all);
  return all;
}

std::size_t StreamSource::streamed() const {
  return static_cast<std::size_t>(
      std::count_if(options_.requests.begin(), options_.requests.end(),
                    [this](const SymbolRequest& request) { return is_fresh(request); }));
}

}  // namespace btcw
