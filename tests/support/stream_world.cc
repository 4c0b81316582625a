#include "support/stream_world.h"

#include <algorithm>

namespace btcw::test {

StreamWorld::StreamWorld(std::string exchange, std::vector<std::string> symbols)
    : source{{}, {sockets, http, clock, random, log}},
      exchange_{std::move(exchange)},
      symbols_{std::move(symbols)} {
  sockets.on_open = [this](std::uint64_t socket) { open(socket); };
  sockets.on_send = [this](std::uint64_t socket, const std::string& text) {
    if (trouble == StreamTrouble::mute) return;
    const auto stream = streams_.find(socket);
    if (stream != streams_.end()) speak(socket, stream->second.hear(text, clock.steady_now()));
  };
  sockets.on_ping = [this](std::uint64_t socket) {
    const auto stream = streams_.find(socket);
    if (stream == streams_.end() || trouble == StreamTrouble::mute) return;
    stream->second.hear_sign(clock.steady_now());
    sockets.sign(socket);
  };
  sockets.on_close = [this](std::uint64_t socket) { streams_.erase(socket); };
  http.add("POST http://rest/api/v1/bullet-public", [](const HttpRequest&) {
    return respond(200, R"({"code":"200000","data":{"token":"t","instanceServers":[{"endpoint":)"
                        R"("wss://ws/","pingInterval":18000}]}})");
  });
  source.reconfigure(options());
}

// The source closes its sockets when the rest is gone already.
StreamWorld::~StreamWorld() { sockets.on_close = {}; }

StreamOptions StreamWorld::options() const {
  const auto name = ExchangeName::parse(exchange_).value();
  return {.requests = requests(),
          .preference = {name},
          .exchanges = {{find_stream(exchange_), name, {"", "http://rest"}}}};
}

std::vector<SymbolRequest> StreamWorld::requests() const {
  std::vector<SymbolRequest> requests;
  for (const std::string& symbol : symbols_) requests.push_back({Symbol::parse(symbol).value()});
  return requests;
}

std::vector<SymbolRequest> StreamWorld::asked_for() {
  auto wanted = requests();
  source.select(wanted);
  return wanted;
}

void StreamWorld::answer_all() {
  std::vector<Fetched> answers;
  for (const SymbolRequest& request : requests()) answers.push_back(answer(request));
  source.answered(answers);
}

Fetched StreamWorld::answer(const SymbolRequest& request) const {
  if (!rest) return {request, Error{Errc::unavailable, "not now"}};
  const auto number = [](const std::string& text) -> std::optional<Decimal> {
    return text.empty() ? std::nullopt : std::optional{Decimal::parse(text).value()};
  };
  return {request, Ticker{.symbol = request.symbol,
                          .exchange = ExchangeName::parse(exchange_).value(),
                          .last = Decimal::parse(rest->last).value(),
                          .bid = number(rest->bid),
                          .ask = number(rest->ask),
                          .open = number(rest->open),
                          .high = number(rest->high),
                          .low = number(rest->low),
                          .percentage = number(rest->percent),
                          .base_volume = number(rest->base_volume),
                          .quote_volume = number(rest->quote_volume),
                          .received = clock.now()}};
}

// What a PollingSource does beside the stream.
void StreamWorld::poll() {
  std::vector<Fetched> answers;
  for (const SymbolRequest& request : asked_for()) answers.push_back(answer(request));
  asked += answers.size();
  if (!answers.empty()) source.answered(answers);
}

void StreamWorld::open(std::uint64_t socket) {
  most_connections = std::max(most_connections, sockets.alive.size());
  if (trouble == StreamTrouble::refused) return sockets.drop(socket);
  if (trouble == StreamTrouble::limited) {
    return sockets.drop(socket, {Errc::rate_limited, "HTTP 429", clock.now() + seconds{120}});
  }
  sockets.accept(socket);
  FakeStream& stream =
      streams_.emplace(socket, FakeStream{exchange_, clock.steady_now()}).first->second;
  if (trouble != StreamTrouble::mute) speak(socket, stream.greet());
}

void StreamWorld::speak(std::uint64_t socket, const StreamSpeech& speech) {
  if (!speech.breach.empty()) {
    breaches.push_back(speech.breach);
    streams_.erase(socket);
    return sockets.drop(socket);
  }
  for (const std::string& frame : speech.frames) sockets.say(socket, frame);
}

void StreamWorld::cut() {
  for (const auto& [socket, stream] : streams_) sockets.drop(socket);
  streams_.clear();
  settle();
}

void StreamWorld::move_all() {
  for (const std::string& symbol : symbols_) {
    const std::string price = std::to_string(++price_);
    bool heard = false;
    for (auto& [socket, stream] : streams_) {
      if (trouble == StreamTrouble::mute || trouble == StreamTrouble::stalled) continue;
      const FakeQuote quote{.last = price, .time_ms = to_unix_ms(clock.now())};
      const auto frames = stream.tick(symbol, quote, clock.steady_now());
      if (!frames.empty() && trouble == StreamTrouble::garbage) {
        sockets.say(socket, "<html>");
        sockets.say(socket, frames.front().substr(0, frames.front().size() / 2));
      }
      for (const std::string& frame : frames) sockets.say(socket, frame);
      heard = heard || !frames.empty();
    }
    if (heard) told[symbol].push_back(price);
  }
}

void StreamWorld::settle() {
  const auto keep = [this](std::span<const CacheEntry> ticks) {
    for (const CacheEntry& tick : ticks) {
      const std::string symbol{tick.ticker.symbol.text()};
      latest.insert_or_assign(symbol, tick.ticker);
      auto& prices = got[symbol];
      std::string price = tick.ticker.last.to_string();
      // Exchanges that tell a ticker in parts tell of a price more than once.
      if (prices.empty() || prices.back() != price) prices.push_back(std::move(price));
    }
  };
  do {
    (void)source.take(keep);
  } while (!sockets.idle() || source.due() <= clock.steady_now());
}

void StreamWorld::pass(milliseconds time, milliseconds step) {
  const SteadyTime until = clock.steady_now() + time;
  SteadyTime next = clock.steady_now() + step;
  settle();
  while (clock.steady_now() < until) {
    const SteadyTime at = std::max(std::min({next, source.due(), until}), clock.steady_now());
    clock.advance(std::chrono::ceil<milliseconds>(at - clock.steady_now()));
    settle();
    if (at < next) continue;
    next += step;
    auto streams = streams_;
    for (auto& [socket, copy] : streams) {
      const auto stream = streams_.find(socket);
      if (stream == streams_.end() || trouble == StreamTrouble::mute) continue;
      speak(socket, stream->second.pass(clock.steady_now()));
    }
    move_all();
    settle();
    poll();
  }
  poll();
}

}  // namespace btcw::test
