#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace btcw::test {

enum class ProxyKind { http, socks5 };

enum class ProxyMood {
  obliging,
  refusing,      ///< answers every request with 403 (SOCKS: "not allowed")
  closing,       ///< closes every connection without an answer
  deserting,     ///< reads a request, and closes
  breaking_off,  ///< answers with half a status line
  hanging,       ///< never answers
};

struct ProxyOptions {
  ProxyKind kind = ProxyKind::http;
  ProxyMood mood = ProxyMood::obliging;
  /// "user:password" without which it answers 407 (SOCKS: refuses). Empty: everybody may.
  std::string credentials = {};
};

/// What a client asked the proxy for.
struct ProxiedRequest {
  std::string method;  ///< "CONNECT", "GET", …; "SOCKS5"
  std::string target;  ///< "127.0.0.1:443", or an absolute URL; with SOCKS host:port as sent
  std::string head;    ///< all header lines as they came; empty with SOCKS
};

/// A real forward proxy on a free port of 127.0.0.1. Host names that end in ".test" lead to
/// 127.0.0.1. Thread-safe.
class ProxyServer {
 public:
  explicit ProxyServer(ProxyOptions options = {});
  ~ProxyServer();
  ProxyServer(const ProxyServer&) = delete;
  ProxyServer& operator=(const ProxyServer&) = delete;

  /// Nothing listens on the port afterwards.
  void stop();
  /// "http://127.0.0.1:PORT" or "socks5h://127.0.0.1:PORT".
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::vector<ProxiedRequest> requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace btcw::test
