#include "btcw/redis/hiredis_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "btcw/redis/hiredis_connection.h"
#include "btcw/redis/redis_error.h"

namespace btcw {
namespace {

constexpr milliseconds kFirstWait{50};
/// Who listens asks a server that is silent for so long.
constexpr milliseconds kSilence{3000};

class HiredisClient final : public RedisClient {
 public:
  HiredisClient(RedisUrl url, RedisClientOptions options, const Clock& clock, Random& random)
      : url_{std::move(url)},
        options_{std::move(options)},
        clock_{clock},
        random_{random},
        connection_{options_, clock_} {}

  Result<std::vector<RedisReply>> run(const RedisPipeline& commands) override {
    if (commands.empty()) return std::vector<RedisReply>{};
    return exchange([&] { return connection_.exchange(commands); });
  }

  Result<std::vector<RedisReply>> run_in_pieces(const Fill& fill) override {
    RedisPipeline first;
    fill(first);
    if (first.empty()) return std::vector<RedisReply>{};
    return exchange([&] { return connection_.exchange_in_pieces(std::move(first), fill); });
  }

  using RedisClient::listen;
  Result<std::vector<RedisMessage>> listen(std::span<const std::string_view> channels,
                                           SteadyTime until, int wake_fd) override {
    std::vector<RedisReply> replies;
    if (!connection_.is_open()) {
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
  template <typename Exchange>
  Result<std::vector<RedisReply>> exchange(Exchange with_server) {
    if (connection_.is_open() && connection_.has_ended()) connection_.close();
    if (!connection_.is_open()) {
      if (clock_.steady_now() < retry_at_) return *last_error_;
      auto connected = connect();
      if (!connected) return failed(std::move(connected).error());
    }
    auto replies = with_server();
    if (!replies) return failed(std::move(replies).error());
    failures_ = 0;
    return replies;
  }

  Error failed(Error error) {
    connection_.close();
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

  Result<void> connect() {
    if (auto opened = connection_.open(url_); !opened) return opened;
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
    const auto replies = connection_.exchange(greeting);
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
    auto replies = connection_.exchange_at_least(subscription);
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
      const auto woken = connection_.wait_for_either(std::min(until, silent_at), wake_fd);
      if (!woken) return woken.error();
      if (woken->by_peer) {
        if (auto read = connection_.receive_some(replies); !read) return std::move(read).error();
        heard_at_ = clock_.steady_now();
        pinged_ = false;
      } else if (woken->by_caller) {
        return messages;
      } else if (clock_.steady_now() >= silent_at) {
        if (auto asked = ask_whether_alive(); !asked) return std::move(asked).error();
      }
    }
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
    return connection_.send_some(unsent);
  }

  RedisUrl url_;
  RedisClientOptions options_;
  const Clock& clock_;
  Random& random_;
  HiredisConnection connection_;
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
