#include "deployed_queue.h"

#include <utility>

#include "btcw/queue/file_queue.h"
#include "btcw/queue/spooled_queue.h"
#include "redis_connector.h"

namespace btcw::cli {
namespace {

/// A page of the largest messages.
constexpr std::size_t kMaxReplyBytes = std::size_t{128} << 20U;

}  // namespace

Result<std::unique_ptr<Queue>> open_queue(const Config& config, Session& session) {
  // Of the process: a queue may outlive any stage.
  static PosixFiles files;
  auto folder = open_file_queue(
      config.queue.dir,
      {.files = files, .clock = session.clock, .random = session.random, .log = session.log});
  if (!folder || config.deployment.backing(Role::queue) == Backing::local) return folder;
  auto connector = RedisConnector::open(config, RedisInstance::durable, session);
  if (!connector) {
    session.log.warning("going on without Redis: " + connector.error().message);
    return folder;
  }
  auto stream = make_stream_queue(
      {.prefix = config.redis.prefix,
       .consumer = process_name(session),
       .lease = config.queue.lease},
      {.connect = [connector =
                       *std::move(connector)] { return connector->connect(kMaxReplyBytes); },
       .clock = session.clock,
       .log = session.log});
  return make_spooled_queue(std::move(stream), *std::move(folder), session.log);
}

}  // namespace btcw::cli
