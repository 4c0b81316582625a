#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <memory>

#include "support/http_server.h"

namespace btcw::test {

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};

/// A certificate authority and a certificate, made for one server and gone with it.
class TlsIdentity {
 public:
  /// Precondition: `kind` is not none.
  explicit TlsIdentity(ServerTls kind);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  /// Borrowed; for SSL_new().
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }
  [[nodiscard]] const std::filesystem::path& ca_file() const { return ca_file_; }

 private:
  std::unique_ptr<SSL_CTX, SslContextDeleter> context_;
  std::filesystem::path ca_file_;
};

}  // namespace btcw::test
