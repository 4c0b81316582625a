#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/net/web_sockets.h"

namespace btcw::test {

/// WebSockets without a network: what was asked of them is kept, and a test says what happens.
class ScriptedSockets final : public WebSockets {
 public:
  struct Sent {
    std::uint64_t socket;
    std::string text;
    SteadyTime at;
    bool operator==(const Sent&) const = default;
  };

  explicit ScriptedSockets(const Clock& clock) : clock_{clock} {}

  std::uint64_t open(SocketRequest request) override {
    const std::uint64_t id = ++last_;
    opened.emplace_back(id, clock_.steady_now());
    urls.push_back(std::move(request.url));
    alive.insert(id);
    if (on_open) on_open(id);
    return id;
  }
  void send(std::uint64_t socket, std::string_view text) override {
    sent.push_back({socket, std::string{text}, clock_.steady_now()});
    if (on_send) on_send(socket, sent.back().text);
  }
  void ping(std::uint64_t socket) override {
    pings.emplace_back(socket, clock_.steady_now());
    if (on_ping) on_ping(socket);
  }
  void close(std::uint64_t socket) override {
    alive.erase(socket);
    if (on_close) on_close(socket);
  }
  [[nodiscard]] int fd() const override { return -1; }
  void take(SocketSink sink) override {
    for (auto events = std::exchange(waiting_, {}); !events.empty(); events.pop_front()) {
      auto& [event, bytes] = events.front();
      event.bytes = bytes;
      if (alive.contains(event.socket)) sink(event);
      if (event.kind == SocketEventKind::closed) alive.erase(event.socket);
    }
  }

  void accept(std::uint64_t socket) { happen(socket, SocketEventKind::opened, {}); }
  void say(std::uint64_t socket, std::string bytes) {
    happen(socket, SocketEventKind::message, std::move(bytes));
  }
  void sign(std::uint64_t socket) { happen(socket, SocketEventKind::sign, {}); }
  void drop(std::uint64_t socket, const Error& why = {Errc::unavailable, "reset"}) {
    waiting_.push_back({{.socket = socket,
                         .kind = SocketEventKind::closed,
                         .received = clock_.now(),
                         .code = why.code,
                         .retry_at = why.retry_at},
                        why.message});
  }
  /// What was sent on one socket.
  [[nodiscard]] std::vector<std::string> texts(std::uint64_t socket) const {
    std::vector<std::string> texts;
    for (const Sent& each : sent) {
      if (each.socket == socket) texts.push_back(each.text);
    }
    return texts;
  }
  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] bool idle() const { return waiting_.empty(); }

  std::vector<std::pair<std::uint64_t, SteadyTime>> opened;
  std::vector<std::string> urls;
  std::vector<Sent> sent;
  std::vector<std::pair<std::uint64_t, SteadyTime>> pings;
  std::set<std::uint64_t> alive;  ///< opened, and ended by neither side
  std::function<void(std::uint64_t)> on_open;
  std::function<void(std::uint64_t, const std::string&)> on_send;
  std::function<void(std::uint64_t)> on_ping;
  std::function<void(std::uint64_t)> on_close;

 private:
  void happen(std::uint64_t socket, SocketEventKind kind, std::string bytes) {
    waiting_.push_back(
        {{.socket = socket, .kind = kind, .received = clock_.now()}, std::move(bytes)});
  }

  const Clock& clock_;
  std::uint64_t last_ = 0;
  std::deque<std::pair<SocketEvent, std::string>> waiting_;
};

}  // namespace btcw::test
