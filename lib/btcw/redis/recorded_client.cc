#include "btcw/redis/recorded_client.h"

#include <utility>

namespace btcw {
namespace {

class RecordedClient final : public RedisClient {
 public:
  RecordedClient(std::unique_ptr<RedisClient> client, std::shared_ptr<RedisLinkRecord> record,
                 const Clock& clock)
      : client_{std::move(client)}, record_{std::move(record)}, clock_{clock} {}

  Result<std::vector<RedisReply>> run(const RedisPipeline& commands) override {
    return noted(client_->run(commands));
  }
  Result<std::vector<RedisReply>> run_in_pieces(const Fill& fill) override {
    return noted(client_->run_in_pieces(fill));
  }
  using RedisClient::listen;
  Result<std::vector<RedisMessage>> listen(std::span<const std::string_view> channels,
                                           SteadyTime until, int wake_fd) override {
    return noted(client_->listen(channels, until, wake_fd));
  }
  [[nodiscard]] SteadyTime retry_at() const override { return client_->retry_at(); }
  [[nodiscard]] std::uint64_t connections() const override { return client_->connections(); }

 private:
  template <typename Replies>
  Replies noted(Replies replies) {
    if (!replies) {
      record_->set_failed(clock_.now(), replies.error().message);
      is_up_ = false;
      return replies;
    }
    const bool is_new = std::exchange(known_, client_->connections()) != client_->connections();
    if (!std::exchange(is_up_, true) || is_new) record_->set_up(clock_.now());
    return replies;
  }

  std::unique_ptr<RedisClient> client_;
  std::shared_ptr<RedisLinkRecord> record_;
  const Clock& clock_;
  std::uint64_t known_ = 0;  ///< connections that were written down
  bool is_up_ = false;
};

}  // namespace

RedisLink RedisLinkRecord::link() const {
  const std::lock_guard lock{mutex_};
  return link_;
}

void RedisLinkRecord::set_up(UtcTime at) {
  const std::lock_guard lock{mutex_};
  link_.since = at;
}

void RedisLinkRecord::set_failed(UtcTime at, std::string why) {
  const std::lock_guard lock{mutex_};
  link_.since.reset();
  link_.failure = RedisLink::Failure{.at = at, .why = std::move(why)};
}

std::unique_ptr<RedisClient> make_recorded_client(std::unique_ptr<RedisClient> client,
                                                  std::shared_ptr<RedisLinkRecord> record,
                                                  const Clock& clock) {
  return std::make_unique<RecordedClient>(std::move(client), std::move(record), clock);
}

}  // namespace btcw
