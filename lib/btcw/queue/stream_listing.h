#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/queue/queue.h"
#include "btcw/queue/stream_commands.h"
#include "btcw/queue/stream_entry.h"

namespace btcw {

/// Looks into a queue in Redis, and tends its dead letters. It borrows what it is made with.
class StreamListing {
 public:
  StreamListing(StreamCommands& commands, milliseconds lease)
      : commands_{commands}, lease_{lease} {}

  // As the members of Queue.
  Result<std::vector<MessageInfo>> list(std::optional<MessageState> state, std::size_t max);
  Result<MessageInfo> show(std::string_view id);
  Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now);
  Result<std::size_t> purge_dead(UtcTime before);

 private:
  using Infos = std::vector<MessageInfo>;

  /// Calls `visit` with every entry of a stream until it says false.
  Result<void> each_entry(const std::string& key,
                          const std::function<bool(StreamFields fields)>& visit);
  /// The entries that a consumer holds and was heard of within a lease.
  Result<std::map<std::string, bool>> held_in(const std::string& key);
  Result<void> list_lane(int lane, std::optional<MessageState> state, std::size_t max, Infos& out);
  Result<void> list_delayed(std::size_t max, Infos& out);
  Result<void> list_aside(MessageState state, std::size_t max, Infos& out);

  StreamCommands& commands_;
  milliseconds lease_;
};

}  // namespace btcw
