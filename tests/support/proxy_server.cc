#include "support/proxy_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

#include "support/tcp_service.h"

namespace btcw::test {
namespace {

// A connection from the proxy to where the client wants to go.
class Upstream {
 public:
  Upstream(const std::string& host, std::uint16_t port)
      : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    const bool is_here = host == "localhost" || host.ends_with(".test");
    connected_ =
        ::inet_pton(AF_INET, is_here ? "127.0.0.1" : host.c_str(), &address.sin_addr) == 1 &&
        ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Upstream() { ::close(fd_); }
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  bool connected_ = false;
};

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Hands bytes over in both directions until one side has left.
void relay(int a, int b) {
  std::array<pollfd, 2> sides{
      {{.fd = a, .events = POLLIN, .revents = 0}, {.fd = b, .events = POLLIN, .revents = 0}}};
  std::array<char, 16 * 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written
  while (::poll(sides.data(), sides.size(), -1) > 0) {
    for (std::size_t from = 0; from < 2; ++from) {
      if (sides.at(from).revents == 0) continue;
      const ssize_t count = ::recv(sides.at(from).fd, piece.data(), piece.size(), 0);
      if (count <= 0) return;
      if (!send_all(sides.at(1 - from).fd, {piece.data(), static_cast<std::size_t>(count)})) return;
    }
  }
}

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                    reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
  out.pop_back();
  return out;
}

// "host:port"; port 80 where there is none.
std::pair<std::string, std::uint16_t> split_authority(const std::string& authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string::npos) return {authority, 80};
  return {authority.substr(0, colon),
          static_cast<std::uint16_t>(std::strtoul(authority.c_str() + colon + 1, nullptr, 10))};
}

// Exactly `count` bytes; fewer when the client has left.
std::string read_exactly(const Peer& peer, std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const std::size_t more = peer.read_some(std::span{bytes}.subspan(filled));
    if (more == 0) break;
    filled += more;
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

struct ProxyServer::Impl {
  ProxyOptions options;
  mutable std::mutex mutex;  // guards requests
  std::vector<ProxiedRequest> requests;
  std::unique_ptr<TcpService> service;  // last: its threads use the rest

  void record(ProxiedRequest request) {
    const std::lock_guard lock{mutex};
    requests.push_back(std::move(request));
  }
  void serve(const Peer& peer);
  void serve_http(const Peer& peer);
  void serve_socks5(const Peer& peer);
  [[nodiscard]] bool greet_socks5(const Peer& peer) const;
};

void ProxyServer::Impl::serve(const Peer& peer) {
  if (options.mood == ProxyMood::closing) return;
  if (options.mood == ProxyMood::hanging) return peer.hang();
  if (options.kind == ProxyKind::http) return serve_http(peer);
  serve_socks5(peer);
}

void ProxyServer::Impl::serve_http(const Peer& peer) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const std::string byte = read_exactly(peer, 1);
    if (byte.empty()) return;
    head += byte;
  }
  const std::size_t method_end = head.find(' ');
  const std::size_t target_end = head.find(' ', method_end + 1);
  const std::size_t line_end = head.find("\r\n");
  ProxiedRequest request{.method = head.substr(0, method_end),
                         .target = head.substr(method_end + 1, target_end - method_end - 1),
                         .head = head.substr(line_end + 2)};
  record(request);
  if (options.mood == ProxyMood::deserting) return;
  if (options.mood == ProxyMood::breaking_off) {
    (void)peer.write_all("HTTP/1.1 20");
    return;
  }
  if (options.mood == ProxyMood::refusing) {
    (void)peer.write_all("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  if (!options.credentials.empty() &&
      head.find("Proxy-Authorization: Basic " + base64(options.credentials) + "\r\n") ==
          std::string::npos) {
    (void)peer.write_all(
        "HTTP/1.1 407 Proxy Authentication Required\r\n"
        "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return;
  }
  const bool tunnel = request.method == "CONNECT";
  const std::size_t authority_begin = tunnel ? 0 : request.target.find("://") + 3;
  const std::size_t path_begin =
      tunnel ? request.target.size()
             : std::min(request.target.find('/', authority_begin), request.target.size());
  const auto [host, port] =
      split_authority(request.target.substr(authority_begin, path_begin - authority_begin));
  const Upstream upstream{host, port};
  if (!upstream.connected()) {
    (void)peer.write_all("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  const std::string path = request.target.substr(path_begin);
  const bool begun =
      tunnel ? peer.write_all("HTTP/1.1 200 Connection established\r\n\r\n")
             : send_all(upstream.fd(), request.method + ' ' + (path.empty() ? "/" : path) +
                                           " HTTP/1.1\r\n" + request.head);
  if (begun) relay(peer.fd(), upstream.fd());
}

// The choice of a method, and the credentials: RFC 1928 and RFC 1929.
bool ProxyServer::Impl::greet_socks5(const Peer& peer) const {
  const std::string greeting = read_exactly(peer, 2);
  if (greeting.size() < 2 || greeting[0] != 5) return false;
  (void)read_exactly(peer, static_cast<unsigned char>(greeting[1]));
  if (options.credentials.empty()) return peer.write_all({"\x05\x00", 2});
  if (!peer.write_all("\x05\x02")) return false;
  const std::string user_size = read_exactly(peer, 2);
  if (user_size.size() < 2) return false;
  const std::string user = read_exactly(peer, static_cast<unsigned char>(user_size[1]));
  const std::string password_size = read_exactly(peer, 1);
  if (password_size.empty()) return false;
  const std::string password = read_exactly(peer, static_cast<unsigned char>(password_size[0]));
  const bool accepted = user + ':' + password == options.credentials;
  return peer.write_all({accepted ? "\x01\x00" : "\x01\x01", 2}) && accepted;
}

void ProxyServer::Impl::serve_socks5(const Peer& peer) {
  if (!greet_socks5(peer)) return;
  const std::string request = read_exactly(peer, 4);
  if (request.size() < 4) return;
  constexpr char kIpv4 = 1;
  constexpr char kName = 3;
  std::string host;
  if (request[3] == kIpv4) {
    const std::string bytes = read_exactly(peer, 4);
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, bytes.data(), text.data(), text.size());
    host = text.data();
  } else if (request[3] == kName) {
    const std::string size = read_exactly(peer, 1);
    if (size.empty()) return;
    host = read_exactly(peer, static_cast<unsigned char>(size[0]));
  }
  const std::string port_bytes = read_exactly(peer, 2);
  if (port_bytes.size() < 2) return;
  const auto port = static_cast<std::uint16_t>(static_cast<unsigned char>(port_bytes[0]) * 256 +
                                               static_cast<unsigned char>(port_bytes[1]));
  record({.method = "SOCKS5", .target = host + ':' + std::to_string(port), .head = {}});
  const Upstream upstream{host, port};
  char status = upstream.connected() ? '\0' : '\5';
  if (options.mood == ProxyMood::refusing) status = '\2';
  const std::array<char, 10> answer{5, status, 0, kIpv4, 0, 0, 0, 0, 0, 0};
  if (!peer.write_all({answer.data(), answer.size()}) || status != '\0') return;
  relay(peer.fd(), upstream.fd());
}

ProxyServer::ProxyServer(ProxyOptions options) : impl_{std::make_unique<Impl>()} {
  impl_->options = std::move(options);
  impl_->service = std::make_unique<TcpService>([this](const Peer& peer) { impl_->serve(peer); });
}

ProxyServer::~ProxyServer() { stop(); }

void ProxyServer::stop() { impl_->service->stop(); }

std::string ProxyServer::url() const {
  return (impl_->options.kind == ProxyKind::http ? "http://127.0.0.1:" : "socks5h://127.0.0.1:") +
         std::to_string(port());
}

std::uint16_t ProxyServer::port() const { return impl_->service->port(); }

std::vector<ProxiedRequest> ProxyServer::requests() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->requests;
}

}  // namespace btcw::test
