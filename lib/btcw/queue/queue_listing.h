#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/queue/queue_folder.h"
#include "btcw/queue/queue_writer.h"

namespace btcw {

/// Looks into a queue folder, and tends its dead letters. It borrows what it is made with.
class QueueListing {
 public:
  QueueListing(const QueueFolder& folder, Files& files, QueueWriter& writer)
      : folder_{folder}, files_{files}, writer_{writer} {}

  // As the members of Queue.
  Result<std::vector<MessageInfo>> list(std::optional<MessageState> state, std::size_t max);
  Result<MessageInfo> show(std::string_view id);
  Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now);
  Result<std::size_t> purge_dead(UtcTime before);

 private:
  using Infos = std::vector<MessageInfo>;

  Result<void> list_pending(std::optional<MessageState> state, std::size_t max, Infos& out);
  Result<void> list_aside(const OpenFile& from, MessageState state, std::size_t max, Infos& out);
  MessageInfo describe(const OpenFile& from, const std::string& file, MessageState state);
  Result<std::vector<std::string>> names_in(const OpenFile& from);

  const QueueFolder& folder_;
  Files& files_;
  QueueWriter& writer_;
};

}  // namespace btcw
