#include "btcw/redis/hiredis_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace btcw {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

timeval to_timeval(milliseconds time) {
  const auto whole = std::chrono::floor<seconds>(time);
  return {.tv_sec = whole.count(), .tv_usec = std::chrono::microseconds{time - whole}.count()};
}

std::string reason_of(int error) { return std::strerror(error); }

Error too_many_replies() {
  return {Errc::bad_data,
          "what answers does not speak the protocol of Redis: more replies than commands"};
}

}  // namespace

void HiredisConnection::Free::operator()(redisContext* context) const { redisFree(context); }

HiredisConnection::HiredisConnection(const RedisClientOptions& options, const Clock& clock)
    : options_{options},
      clock_{clock},
      replies_{options_.max_reply_bytes},
      buffer_(kReadBytes, '\0') {}

bool HiredisConnection::has_ended() const {
  pollfd wait{.fd = context_->fd, .events = POLLIN, .revents = 0};
  return ::poll(&wait, 1, 0) != 0;
}

Result<void> HiredisConnection::open_socket(const RedisUrl& url) {
  if (url.host.empty()) {
    const timeval limit = to_timeval(options_.connect_timeout);
    context_.reset(redisConnectUnixWithTimeout(url.socket_path.c_str(), limit));
    return {};
  }
  const SteadyTime until = clock_.steady_now() + options_.connect_timeout;
  const auto addresses = lookup_.find(url.host, options_.connect_timeout);
  if (!addresses) return Error{addresses.error()}.within("cannot connect");
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    // Of the time that is left each gets its share: one that is dead leaves some to the next.
    const auto left = std::chrono::floor<milliseconds>(until - clock_.steady_now()) /
                      static_cast<int>(addresses->size() - i);
    const timeval limit = to_timeval(std::max(left, milliseconds{1}));
    context_.reset(redisConnectWithTimeout((*addresses)[i].c_str(), url.port, limit));
    if (context_ && context_->err == 0) return {};
  }
  return {};
}

Result<void> HiredisConnection::open(const RedisUrl& url) {
  replies_.reset();
  if (auto opened = open_socket(url); !opened) return opened;
  if (!context_) return Error{Errc::unavailable, "cannot connect: out of memory"};
  if (context_->err != 0) {
    return Error{Errc::unavailable, fmt::format("cannot connect: {}", context_->errstr)};
  }
  const int flags = ::fcntl(context_->fd, F_GETFL);
  if (flags < 0 || ::fcntl(context_->fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
      ::fcntl(context_->fd, F_SETFD, FD_CLOEXEC) < 0) {
    return Error{Errc::unavailable, "cannot connect: " + reason_of(errno)};
  }
  if (!url.host.empty()) redisEnableKeepAlive(context_.get());
  return {};
}

Result<std::vector<RedisReply>> HiredisConnection::exchange(const RedisPipeline& commands) {
  auto replies = exchange_at_least(commands);
  if (replies && replies->size() > commands.size()) return too_many_replies();
  return replies;
}

Result<std::vector<RedisReply>> HiredisConnection::exchange_at_least(
    const RedisPipeline& commands) {
  return send_and_receive({commands.bytes(), commands.size()}, [] { return Outgoing{}; });
}

Result<std::vector<RedisReply>> HiredisConnection::exchange_in_pieces(
    RedisPipeline first, const RedisClient::Fill& fill) {
  RedisPipeline& piece = first;
  std::size_t count = piece.size();
  auto replies = send_and_receive({piece.bytes(), piece.size()}, [&] {
    piece.clear();
    fill(piece);
    count += piece.size();
    return Outgoing{piece.bytes(), piece.size()};
  });
  if (replies && replies->size() > count) return too_many_replies();
  return replies;
}

template <typename Next>
Result<std::vector<RedisReply>> HiredisConnection::send_and_receive(Outgoing begin, Next next) {
  SteadyTime until = clock_.steady_now() + options_.timeout;
  std::string_view unsent = begin.unsent;
  std::size_t expected = begin.count;
  std::vector<RedisReply> replies;
  replies.reserve(expected);
  bool has_more = true;
  while (!unsent.empty() || replies.size() < expected) {
    if (!unsent.empty()) {
      if (auto sent = send_some(unsent); !sent) return std::move(sent).error();
    }
    // While the server works at that.
    if (unsent.empty() && has_more) {
      const Outgoing piece = next();
      has_more = piece.count != 0;
      unsent = piece.unsent;
      expected += piece.count;
      if (has_more) until = clock_.steady_now() + options_.timeout;
      if (has_more) continue;
    }
    // Both ways at once: a server that cannot get rid of its replies stops reading.
    auto ready = wait(until, unsent.empty() ? POLLIN : POLLIN | POLLOUT);
    if (!ready) return std::move(ready).error();
    if ((*ready & ~POLLOUT) == 0) continue;
    if (auto read = receive_some(replies); !read) return std::move(read).error();
    if (!unsent.empty() && replies.size() >= expected) return too_many_replies();
  }
  return replies;
}

Result<int> HiredisConnection::wait(SteadyTime until, int events) {
  pollfd fd{.fd = context_->fd, .events = static_cast<short>(events), .revents = 0};
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - clock_.steady_now());
    const int limit = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    const int found = ::poll(&fd, 1, limit);
    if (found > 0) return int{fd.revents};
    if (found < 0 && errno != EINTR) return Error{Errc::unavailable, reason_of(errno)};
    if (found == 0) {
      return Error{Errc::unavailable,
                   fmt::format("no answer within {}", to_string(options_.timeout))};
    }
  }
}

Result<void> HiredisConnection::send_some(std::string_view& unsent) {
  const ssize_t sent = ::send(context_->fd, unsent.data(), unsent.size(), MSG_NOSIGNAL);
  if (sent >= 0) {
    unsent.remove_prefix(static_cast<std::size_t>(sent));
  } else if (errno != EAGAIN && errno != EINTR) {
    return Error{Errc::unavailable, "connection lost: " + reason_of(errno)};
  }
  return {};
}

Result<void> HiredisConnection::receive_some(std::vector<RedisReply>& replies) {
  const ssize_t got = ::recv(context_->fd, buffer_.data(), buffer_.size(), 0);
  if (got == 0) return Error{Errc::unavailable, "connection closed by the server"};
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR) return {};
    return Error{Errc::unavailable, "connection lost: " + reason_of(errno)};
  }
  if (auto fed = replies_.feed({buffer_.data(), static_cast<std::size_t>(got)}); !fed) return fed;
  for (;;) {
    auto reply = replies_.next();
    if (!reply) return std::move(reply).error();
    if (!*reply) return {};
    replies.push_back(std::move(**reply));
  }
}

Result<HiredisConnection::Woken> HiredisConnection::wait_for_either(SteadyTime until, int wake_fd) {
  // poll(2) passes over a negative descriptor.
  pollfd fds[] = {{.fd = context_->fd, .events = POLLIN, .revents = 0},
                  {.fd = wake_fd, .events = POLLIN, .revents = 0}};
  const auto left = std::chrono::ceil<milliseconds>(until - clock_.steady_now());
  const int found = ::poll(fds, 2, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  if (found < 0 && errno != EINTR) return Error{Errc::unavailable, reason_of(errno)};
  return Woken{.by_peer = found > 0 && fds[0].revents != 0,
               .by_caller = found > 0 && fds[1].revents != 0};
}

}  // namespace btcw
