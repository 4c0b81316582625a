#include "btcw/redis/hiredis_client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "btcw/redis/hiredis_lookup.h"
#include "btcw/redis/hiredis_replies.h"
#include "btcw/redis/redis_error.h"

namespace btcw {
namespace {

constexpr milliseconds kFirstWait{50};
/// Who listens asks a server that is silent for so long.
constexpr milliseconds kSilence{3000};
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};

timeval to_timeval(milliseconds time) {
  const auto whole = std::chrono::floor<seconds>(time);
  return {.tv_sec = whole.count(), .tv_usec = std::chrono::microseconds{time - whole}.count()};
}

std::string reason_of(int error) { return std::strerror(error); }

class HiredisClient final : public RedisClient {
 public:
  HiredisClient(RedisUrl url, RedisClientOptions options, const Clock& clock, Random& random)
      : url_{std::move(url)},
        options_{std::move(options)},
        clock_{clock},
        random_{random},
        replies_{options_.max_reply_bytes},
        buffer_(kReadBytes, '\0') {}

  Result<std::vector<RedisReply>> run(const RedisPipeline& commands) override {
    if (commands.empty()) return std::vector<RedisReply>{};
    if (context_ && has_ended()) context_.reset();
    if (!context_) {
      if (clock_.steady_now() < retry_at_) return *last_error_;
      auto connected = connect();
      if (!connected) return failed(std::move(connected).error());
    }
    auto replies = exchange(commands);
    if (!replies) return failed(std::move(replies).error());
    failures_ = 0;
    return replies;
  }

  using RedisClient::listen;
  Result<std::vector<RedisMessage>> listen(std::span<const std::string_view> channels,
                                           SteadyTime until, int wake_fd) override {
    std::vector<RedisReply> replies;
    if (!context_) {
      if (clock_.steady_now() < retry_at_) return *last_error_;
      auto subscribed = subscribe(channels);
      if (!subscribed) return failed(std::move(subscribed).error());
      replies = *std::move(subscribed);
    }
    auto messages = receive_messages(std::move(replies), until, wake_fd);
    if (!messages) return failed(std::move(messages).error());
    failures_ = 0;
    return messages;
  }

  [[nodiscard]] SteadyTime retry_at() const override { return retry_at_; }
  [[nodiscard]] std::uint64_t connections() const override { return connections_; }

 private:
  Error failed(Error error) {
    context_.reset();
    ++failures_;
    milliseconds wait{0};
    if (failures_ > 1) {
      wait = kFirstWait;
      for (int i = 2; i < failures_ && wait < kLongestWait; ++i) wait *= 2;
      wait = std::min(wait, kLongestWait);
      const auto half = static_cast<std::uint64_t>(wait.count() / 2);
      wait -= milliseconds{static_cast<std::int64_t>(random_.below(half + 1))};
    }
    retry_at_ = clock_.steady_now() + wait;
    last_error_ = std::move(error).within("Redis at " + url_.label());
    return *last_error_;
  }

  /// A server that went, or sends what nobody asked for: known before anything is sent that would
  /// then be in doubt.
  [[nodiscard]] bool has_ended() const {
    pollfd wait{.fd = context_->fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) != 0;
  }

  Result<void> open_socket() {
    if (url_.host.empty()) {
      const timeval limit = to_timeval(options_.connect_timeout);
      context_.reset(redisConnectUnixWithTimeout(url_.socket_path.c_str(), limit));
      return {};
    }
    const SteadyTime until = clock_.steady_now() + options_.connect_timeout;
    const auto addresses = lookup_.find(url_.host, options_.connect_timeout);
    if (!addresses) return Error{addresses.error()}.within("cannot connect");
    for (std::size_t i = 0; i < addresses->size(); ++i) {
      // Of the time that is left each gets its share: one that is dead leaves some to the next.
      const auto left = std::chrono::floor<milliseconds>(until - clock_.steady_now()) /
                        static_cast<int>(addresses->size() - i);
      const timeval limit = to_timeval(std::max(left, milliseconds{1}));
      context_.reset(redisConnectWithTimeout((*addresses)[i].c_str(), url_.port, limit));
      if (context_ && context_->err == 0) return {};
    }
    return {};
  }

  Result<void> connect() {
    replies_.reset();
    if (auto opened = open_socket(); !opened) return opened;
    if (!context_) return Error{Errc::unavailable, "cannot connect: out of memory"};
    if (context_->err != 0) {
      return Error{Errc::unavailable, fmt::format("cannot connect: {}", context_->errstr)};
    }
    const int flags = ::fcntl(context_->fd, F_GETFL);
    if (flags < 0 || ::fcntl(context_->fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        ::fcntl(context_->fd, F_SETFD, FD_CLOEXEC) < 0) {
      return Error{Errc::unavailable, "cannot connect: " + reason_of(errno)};
    }
    if (!url_.host.empty()) redisEnableKeepAlive(context_.get());
    auto greeted = greet();
    if (greeted) ++connections_;
    return greeted;
  }

  /// Says who we are. Nothing else is sent before: a command must not land in another database.
  Result<void> greet() {
    RedisPipeline greeting;
    if (!url_.password.empty() && url_.user.empty()) {
      greeting.add({"AUTH", url_.password.reveal()});
    } else if (!url_.password.empty()) {
      greeting.add({"AUTH", url_.user, url_.password.reveal()});
    }
    const std::size_t auths = greeting.size();
    if (url_.database != 0) greeting.add({"SELECT", std::to_string(url_.database)});
    greeting.add({"CLIENT", "SETNAME", options_.client_name});
    const auto replies = exchange(greeting);
    greeting.wipe();
    if (!replies) return replies.error();
    if (auths != 0 && replies->front().is_error()) return read_auth_error(replies->front().text);
    if (url_.database != 0 && (*replies)[auths].is_error()) {
      return read_redis_error((*replies)[auths].text)
          .within(fmt::format("database {}", url_.database));
    }
    // A name is not worth a failure; but a server that wants a password says so here.
    const RedisReply& named = replies->back();
    if (!named.is_error()) return {};
    Error error = read_redis_error(named.text);
    if (named.text.compare(0, 6, "NOAUTH") != 0 && error.code != Errc::unavailable) return {};
    return error;
  }

  /// Connects and subscribes; what came behind the confirmations already.
  Result<std::vector<RedisReply>> subscribe(std::span<const std::string_view> channels) {
    if (auto connected = connect(); !connected) return std::move(connected).error();
    RedisPipeline subscription;
    for (const std::string_view channel : channels) subscription.add({"SUBSCRIBE", channel});
    auto replies = exchange_at_least(subscription);
    if (!replies) return replies;
    for (const RedisReply& reply : *replies) {
      if (reply.is_error()) return read_redis_error(reply.text);
    }
    heard_at_ = clock_.steady_now();
    pinged_ = false;
    return replies;
  }

  Result<std::vector<RedisMessage>> receive_messages(std::vector<RedisReply> replies,
                                                     SteadyTime until, int wake_fd) {
    std::vector<RedisMessage> messages;
    for (;;) {
      for (RedisReply& reply : replies) {
        if (reply.items.size() != 3 || reply.items[0].text != "message") continue;
        messages.push_back({std::move(reply.items[1].text), std::move(reply.items[2].text)});
      }
      replies.clear();
      if (!messages.empty() || clock_.steady_now() >= until) return messages;
      const SteadyTime silent_at = heard_at_ + (pinged_ ? options_.timeout : kSilence);
      const auto woken = wait_for_either(std::min(until, silent_at), wake_fd);
      if (!woken) return woken.error();
      if (woken->by_peer) {
        if (auto read = receive_some(replies); !read) return std::move(read).error();
        heard_at_ = clock_.steady_now();
        pinged_ = false;
      } else if (woken->by_caller) {
        return messages;
      } else if (clock_.steady_now() >= silent_at) {
        if (auto asked = ask_whether_alive(); !asked) return std::move(asked).error();
      }
    }
  }

  struct Woken {
    bool by_peer = false;
    bool by_caller = false;
  };

  Result<Woken> wait_for_either(SteadyTime until, int wake_fd) {
    // poll(2) passes over a negative descriptor.
    pollfd fds[] = {{.fd = context_->fd, .events = POLLIN, .revents = 0},
                    {.fd = wake_fd, .events = POLLIN, .revents = 0}};
    const auto left = std::chrono::ceil<milliseconds>(until - clock_.steady_now());
    const int found = ::poll(fds, 2, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (found < 0 && errno != EINTR) return Error{Errc::unavailable, reason_of(errno)};
    return Woken{.by_peer = found > 0 && fds[0].revents != 0,
                 .by_caller = found > 0 && fds[1].revents != 0};
  }

  Result<void> ask_whether_alive() {
    if (pinged_) {
      return Error{Errc::unavailable,
                   fmt::format("no answer within {}", to_string(options_.timeout))};
    }
    RedisPipeline ping;
    ping.add({"PING"});
    std::string_view unsent = ping.bytes();
    pinged_ = true;
    heard_at_ = clock_.steady_now();
    return send_some(unsent);
  }

  Result<std::vector<RedisReply>> exchange(const RedisPipeline& commands) {
    auto replies = exchange_at_least(commands);
    if (replies && replies->size() > commands.size()) {
      return Error{Errc::bad_data,
                   "what answers does not speak the protocol of Redis: more "
                   "replies than commands"};
    }
    return replies;
  }

  Result<std::vector<RedisReply>> exchange_at_least(const RedisPipeline& commands) {
    const SteadyTime until = clock_.steady_now() + options_.timeout;
    std::string_view unsent = commands.bytes();
    std::vector<RedisReply> replies;
    replies.reserve(commands.size());
    // Both ways at once: a server that cannot get rid of its replies stops reading.
    while (replies.size() < commands.size()) {
      auto ready = wait(until, unsent.empty() ? POLLIN : POLLIN | POLLOUT);
      if (!ready) return std::move(ready).error();
      if ((*ready & POLLOUT) != 0) {
        if (auto sent = send_some(unsent); !sent) return std::move(sent).error();
      }
      if ((*ready & ~POLLOUT) == 0) continue;
      if (auto read = receive_some(replies); !read) return std::move(read).error();
    }
    if (!unsent.empty()) {
      return Error{Errc::bad_data,
                   "what answers does not speak the protocol of Redis: more "
                   "replies than commands"};
    }
    return replies;
  }

  Result<int> wait(SteadyTime until, int events) {
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

  Result<void> send_some(std::string_view& unsent) {
    const ssize_t sent = ::send(context_->fd, unsent.data(), unsent.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      unsent.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return Error{Errc::unavailable, "connection lost: " + reason_of(errno)};
    }
    return {};
  }

  Result<void> receive_some(std::vector<RedisReply>& replies) {
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

  RedisUrl url_;
  RedisClientOptions options_;
  const Clock& clock_;
  Random& random_;
  HiredisReplies replies_;
  std::string buffer_;
  std::unique_ptr<redisContext, FreeContext> context_ = nullptr;
  HostLookup lookup_;
  SteadyTime heard_at_ = {};  ///< while listening: when something came, or was asked for
  bool pinged_ = false;
  std::uint64_t connections_ = 0;
  int failures_ = 0;
  SteadyTime retry_at_ = SteadyTime::min();
  std::optional<Error> last_error_ = std::nullopt;
};

}  // namespace

std::unique_ptr<RedisClient> make_hiredis_client(RedisUrl url, RedisClientOptions options,
                                                 const Clock& clock, Random& random) {
  return std::make_unique<HiredisClient>(std::move(url), std::move(options), clock, random);
}

}  // namespace btcw
