#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace btcw::bench {

/// An HTTP/1.1 server on a free port of 127.0.0.1 that takes every POST and answers 204 at once, in
/// as few calls as that needs, so that what sends to it is measured and not the server. Keeps
/// connections.
class HttpSink {
 public:
  using Steady = std::chrono::steady_clock;

  HttpSink();
  HttpSink(const HttpSink&) = delete;
  HttpSink& operator=(const HttpSink&) = delete;
  ~HttpSink();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t received() const { return received_; }
  [[nodiscard]] std::size_t connections() const { return connections_; }
  /// When the first request came since reset(); the epoch when none did.
  [[nodiscard]] Steady::time_point first() const;
  /// When each message came, by its id (the header Idempotency-Key).
  [[nodiscard]] std::map<std::string, Steady::time_point> times() const;
  void reset();

 private:
  void serve();
  /// Answers all whole requests in `bytes`, and leaves the rest.
  void answer(int connection, std::string& bytes);

  int listener_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> received_ = 0;
  std::atomic<std::size_t> connections_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Steady::time_point> times_;
  Steady::time_point first_ = {};
  std::thread thread_;
};

}  // namespace btcw::bench
