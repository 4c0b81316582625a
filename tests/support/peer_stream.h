#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "support/tcp_service.h"

namespace btcw::test {

struct SslDeleter {
  void operator()(SSL* ssl) const { ::SSL_free(ssl); }
};

/// The bytes of one connection: in the clear, and through TLS once that is begun.
class PeerStream {
 public:
  /// `peer` is borrowed.
  explicit PeerStream(const Peer& peer) : peer_{peer} {}

  /// The server's half of the handshake. False: it failed.
  [[nodiscard]] bool start_tls(SSL_CTX* context);
  [[nodiscard]] bool is_encrypted() const { return ssl_ != nullptr; }
  /// As in Peer.
  [[nodiscard]] std::size_t read_some(std::span<char> into) const;
  [[nodiscard]] bool write_all(std::string_view bytes) const;
  [[nodiscard]] const Peer& peer() const { return peer_; }

 private:
  const Peer& peer_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
};

}  // namespace btcw::test
