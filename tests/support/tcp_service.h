#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "btcw/base/time.h"

namespace btcw::test {

/// One accepted connection of a TcpService, as its thread sees it.
class Peer {
 public:
  virtual ~Peer() = default;
  [[nodiscard]] virtual int fd() const = 0;
  /// 1 for the first connection that the service accepted.
  [[nodiscard]] virtual std::size_t number() const = 0;

  /// Waits. False when the other side has left or the service is to stop: the thread should end.
  [[nodiscard]] bool pause(milliseconds duration) const;
  /// Waits until the other side leaves or the service stops.
  void hang() const;
  /// The connection ends with RST instead of FIN.
  void reset_at_end() const;

  /// Blocks for at least one byte. 0: the other side has left, or the service is to stop.
  [[nodiscard]] std::size_t read_some(std::span<char> into) const;
  /// False when the other side has left.
  [[nodiscard]] bool write_all(std::string_view bytes) const;
};

/// A TCP server on a free port of 127.0.0.1, with one thread a connection: the floor under the
/// servers that play a part in a test. A connection is closed when `serve` returns.
class TcpService {
 public:
  using Serve = std::function<void(Peer&)>;

  explicit TcpService(Serve serve);
  ~TcpService();
  TcpService(const TcpService&) = delete;
  TcpService& operator=(const TcpService&) = delete;

  /// Ends all connections, also hung ones, and joins their threads. Nothing listens afterwards.
  void stop();

  [[nodiscard]] std::uint16_t port() const;
  /// How many connections were accepted so far.
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A port of 127.0.0.1 that refuses connections: nothing listens there.
std::uint16_t refusing_port();

/// Listens and never accepts, with a full backlog: a connection to it is never established.
class DeafListener {
 public:
  DeafListener();
  ~DeafListener();
  DeafListener(const DeafListener&) = delete;
  DeafListener& operator=(const DeafListener&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  int fillers_[4] = {-1, -1, -1, -1};
};

}  // namespace btcw::test
