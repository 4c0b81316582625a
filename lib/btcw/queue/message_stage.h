#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "btcw/queue/file_queue.h"
#include "btcw/queue/queue_folder.h"

namespace btcw {

/// Puts messages into a queue folder exactly once, in two steps around a commit of its owner's.
///
///   stage()     QUEUE/.outbox/OWNER/ID.json: complete and synced, and seen by no consumer
///   (commit)    the owner writes down that it is staged, with whatever made the message
///   publish()   renamed into QUEUE/
///
/// A file can be renamed once. So whoever dies after the commit publishes again and does nothing
/// where it was done, also when the message has long been delivered; and who dies before it leaves
/// a file that nobody speaks of, which discard() removes. One owner has one process and one thread.
class MessageStage {
 public:
  /// `owner`: letters, digits and '-'; the queue's folders are made where they are missing.
  /// Errors: unavailable with the system's reason.
  static Result<MessageStage> open(const std::filesystem::path& queue, std::string_view owner,
                                   QueuePorts ports);

  /// Stores all of the messages so that they survive a power cut, in one round of syncs; one of the
  /// same id is replaced. Errors: unavailable: some may be staged; invalid_input (an id that is
  /// none, more than kMaxMessageBytes).
  Result<void> stage(std::span<const Queue::NewMessage> messages);
  /// Makes staged messages visible; what is not staged any more was published before. When it
  /// returns, they are there after a power cut too. Errors: unavailable: some may be visible.
  Result<void> publish(std::span<const Queue::NewMessage> messages);
  /// Removes what is staged and not among `known`, the ids that the owner has written down.
  Result<void> discard(std::span<const std::string> known);

  [[nodiscard]] const std::string& queue() const { return folder_.path; }

 private:
  MessageStage(QueueFolder folder, OpenFile staged, QueuePorts ports)
      : folder_{std::move(folder)}, staged_{std::move(staged)}, ports_{ports} {}

  Result<OpenFile> write(const Queue::NewMessage& message);
  Result<void> sync(std::span<const OpenFile> written);
  std::uint64_t next_sequence();

  QueueFolder folder_;
  OpenFile staged_;  ///< the folder
  QueuePorts ports_;
  std::uint64_t last_sequence_ = 0;
};

}  // namespace btcw
