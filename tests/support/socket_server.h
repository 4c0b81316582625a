#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "support/peer_stream.h"
#include "support/tcp_service.h"
#include "support/tls_identity.h"

namespace btcw::test {

/// One WebSocket connection as the server's thread sees it. Frames are made and taken apart here,
/// byte by byte, so that the client is not tried against itself.
class SocketPeer {
 public:
  explicit SocketPeer(PeerStream& stream, bool deflate) : stream_{stream}, deflate_{deflate} {}

  /// The next message of the client's; its pings are answered. False: it has left.
  [[nodiscard]] bool read(std::string& message);
  /// A whole message; packed where that was agreed on.
  [[nodiscard]] bool text(std::string_view message) const;
  [[nodiscard]] bool binary(std::string_view message) const;
  /// One frame, as told.
  [[nodiscard]] bool frame(unsigned first_byte, std::string_view payload) const;
  [[nodiscard]] bool raw(std::string_view bytes) const { return stream_.write_all(bytes); }
  /// Ends it in good order.
  void close(std::uint16_t code, std::string_view reason) const;
  [[nodiscard]] const Peer& peer() const { return stream_.peer(); }
  [[nodiscard]] std::size_t pongs() const { return pongs_; }

 private:
  [[nodiscard]] bool fill(std::size_t size);
  [[nodiscard]] std::string unpacked(const std::string& message) const;

  PeerStream& stream_;
  bool deflate_;
  std::string buffer_;
  std::size_t pongs_ = 0;
};

struct SocketServerOptions {
  ServerTls tls = ServerTls::none;
  bool deflate = false;      ///< agrees on permessage-deflate
  int status = 101;          ///< of the handshake
  std::string headers = {};  ///< more of them, with their line ends
  milliseconds handshake_delay{0};
};

/// A real WebSocket server on a free port of 127.0.0.1. `serve` runs on a thread for each
/// connection, once it is open; the connection ends with it.
class SocketServer {
 public:
  using Serve = std::function<void(SocketPeer&)>;
  explicit SocketServer(Serve serve, SocketServerOptions options = {});

  void stop() { service_->stop(); }
  /// "ws://127.0.0.1:PORT" or "wss://…".
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::uint16_t port() const { return service_->port(); }
  [[nodiscard]] std::size_t connections() const { return service_->connections(); }
  /// The heads of all requests so far.
  [[nodiscard]] std::vector<std::string> heads() const;
  [[nodiscard]] const std::filesystem::path& ca_file() const { return identity_->ca_file(); }

 private:
  void run(const Peer& peer);

  Serve serve_;
  SocketServerOptions options_;
  std::unique_ptr<TlsIdentity> identity_;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::unique_ptr<TcpService> service_;  // last: its threads use the rest
};

}  // namespace btcw::test
