#include "support/tcp_service.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace btcw::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t bind_to_free_port(int fd) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error{"no free port on 127.0.0.1"};
  }
  return ntohs(address.sin_port);
}

int open_socket(int flags = 0) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) throw std::runtime_error{"no socket"};
  return fd;
}

class Connection final : public Peer {
 public:
  Connection(int fd, std::size_t number) : fd_{fd}, number_{number} {}
  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] std::size_t number() const override { return number_; }

 private:
  int fd_;
  std::size_t number_;
};

}  // namespace

bool Peer::pause(milliseconds duration) const {
  // Only POLLRDHUP: bytes that wait to be read do not end the pause.
  pollfd watched{.fd = fd(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&watched, 1, static_cast<int>(duration.count())) == 0;
}

void Peer::hang() const { (void)pause(milliseconds{-1}); }

void Peer::reset_at_end() const {
  const linger no_linger{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &no_linger, sizeof no_linger);
}

std::size_t Peer::read_some(std::span<char> into) const {
  ssize_t count = -1;
  do {
    count = ::recv(fd(), into.data(), into.size(), 0);
  } while (count < 0 && errno == EINTR);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

bool Peer::write_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

struct TcpService::Impl {
  struct Worker {
    std::thread thread;
    int fd = -1;  // -1 once it is closed
    bool ended = false;
  };

  Serve serve;
  int listener = -1;
  std::uint16_t port = 0;
  std::thread acceptor;
  mutable std::mutex mutex;  // guards what follows
  std::list<Worker> workers;
  std::size_t accepted = 0;
  bool stopping = false;

  void accept_all();
  void begin(int fd);
  void run(Worker& worker, int fd, std::size_t number);
};

void TcpService::Impl::accept_all() {
  while (true) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    begin(fd);
  }
}

void TcpService::Impl::begin(int fd) {
  const std::lock_guard lock{mutex};
  if (stopping) {
    ::close(fd);
    return;
  }
  for (auto worker = workers.begin(); worker != workers.end();) {
    if (worker->ended) worker->thread.join();
    worker = worker->ended ? workers.erase(worker) : std::next(worker);
  }
  Worker& worker = workers.emplace_back();
  worker.fd = fd;
  worker.thread =
      std::thread{[this, &worker, fd, number = ++accepted] { run(worker, fd, number); }};
}

void TcpService::Impl::run(Worker& worker, int fd, std::size_t number) {
  // OpenSSL writes without MSG_NOSIGNAL.
  sigset_t pipe_signal;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
  Connection connection{fd, number};
  serve(connection);
  const std::lock_guard lock{mutex};
  ::close(fd);
  worker.fd = -1;
  worker.ended = true;
}

TcpService::TcpService(Serve serve) : impl_{std::make_unique<Impl>()} {
  impl_->serve = std::move(serve);
  impl_->listener = open_socket();
  impl_->port = bind_to_free_port(impl_->listener);
  if (::listen(impl_->listener, 1024) != 0) throw std::runtime_error{"cannot listen"};
  impl_->acceptor = std::thread{[this] { impl_->accept_all(); }};
}

TcpService::~TcpService() { stop(); }

void TcpService::stop() {
  {
    const std::lock_guard lock{impl_->mutex};
    if (impl_->stopping) return;
    impl_->stopping = true;
    // Wakes every thread that reads, writes or pauses.
    for (const auto& worker : impl_->workers) {
      if (worker.fd >= 0) ::shutdown(worker.fd, SHUT_RDWR);
    }
  }
  ::shutdown(impl_->listener, SHUT_RDWR);
  impl_->acceptor.join();
  ::close(impl_->listener);
  // The acceptor is gone: nobody else changes the list now.
  for (auto& worker : impl_->workers) worker.thread.join();
}

std::uint16_t TcpService::port() const { return impl_->port; }

std::size_t TcpService::connections() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->accepted;
}

std::uint16_t refusing_port() {
  const int fd = open_socket();
  const std::uint16_t port = bind_to_free_port(fd);
  ::close(fd);
  return port;
}

DeafListener::DeafListener() : listener_{open_socket()}, port_{bind_to_free_port(listener_)} {
  if (::listen(listener_, 0) != 0) throw std::runtime_error{"cannot listen"};
  const sockaddr_in address = loopback(port_);
  for (int& filler : fillers_) {
    filler = open_socket(SOCK_NONBLOCK);
    (void)::connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

DeafListener::~DeafListener() {
  for (const int filler : fillers_) ::close(filler);
  ::close(listener_);
}

}  // namespace btcw::test
