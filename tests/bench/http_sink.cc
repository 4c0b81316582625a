#include "http_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace btcw::bench {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 204 No Content\r\n\r\n";

/// The value of a header, whose name is given with its colon.
std::string_view header(std::string_view head, std::string_view name) {
  auto at = head.find(name);
  if (at == std::string_view::npos) return {};
  at = head.find_first_not_of(' ', at + name.size());
  return head.substr(at, head.find('\r', at) - at);
}

}  // namespace

HttpSink::HttpSink() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const bound = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, bound, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, bound, &size) != 0) {
    throw std::runtime_error{"cannot listen"};
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

HttpSink::~HttpSink() {
  const std::uint64_t one = 1;
  if (::write(stop_, &one, sizeof one) == sizeof one) thread_.join();
  ::close(stop_);
  ::close(listener_);
}

HttpSink::Steady::time_point HttpSink::first() const {
  const std::lock_guard lock{mutex_};
  return first_;
}

std::map<std::string, HttpSink::Steady::time_point> HttpSink::times() const {
  const std::lock_guard lock{mutex_};
  return times_;
}

void HttpSink::reset() {
  const std::lock_guard lock{mutex_};
  times_.clear();
  first_ = {};
  received_ = 0;
}

void HttpSink::answer(int connection, std::string& bytes) {
  for (;;) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) return;
    const std::string_view head = std::string_view{bytes}.substr(0, end + 2);
    const std::string length{header(head, "Content-Length:")};
    const std::size_t whole = end + 4 + std::strtoul(length.c_str(), nullptr, 10);
    if (bytes.size() < whole) return;
    const auto now = Steady::now();
    {
      const std::lock_guard lock{mutex_};
      if (first_ == Steady::time_point{}) first_ = now;
      times_.emplace(header(head, "Idempotency-Key:"), now);
    }
    ++received_;
    if (::write(connection, kAnswer.data(), kAnswer.size()) < 0) return;
    bytes.erase(0, whole);
  }
}

void HttpSink::serve() {
  std::vector<pollfd> fds{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
  std::vector<std::string> bytes(2);
  std::array<char, 65536> buffer;
  while (::poll(fds.data(), fds.size(), -1) >= 0 && fds[0].revents == 0) {
    for (std::size_t i = fds.size(); i-- > 2;) {
      if (fds[i].revents == 0) continue;
      const auto count = ::read(fds[i].fd, buffer.data(), buffer.size());
      if (count > 0) {
        bytes[i].append(buffer.data(), static_cast<std::size_t>(count));
        answer(fds[i].fd, bytes[i]);
        continue;
      }
      ::close(fds[i].fd);
      fds.erase(fds.begin() + static_cast<std::ptrdiff_t>(i));
      bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (fds[1].revents != 0) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const int on = 1;
      ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      fds.push_back({connection, POLLIN, 0});
      bytes.emplace_back();
      ++connections_;
    }
  }
  for (std::size_t i = 2; i < fds.size(); ++i) ::close(fds[i].fd);
}

}  // namespace btcw::bench
