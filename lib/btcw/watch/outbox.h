#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/queue/file_queue.h"
#include "btcw/queue/message_stage.h"
#include "btcw/queue/queue.h"
#include "btcw/store/journal.h"

namespace btcw {

/// Takes messages to the queue together with the changes that made them: a crash at any moment
/// neither loses nor doubles one, also when it has been delivered meanwhile.
///
/// Each message is staged (MessageStage), then one transaction of the journal holds the changes and
/// a row for it, then it is published; the row goes with the next transaction. A queue that cannot
/// be written to holds up nothing: the rows wait, and are tried again.
///
/// One thread uses an object; one process at a time has a journal.
class Outbox {
 public:
  struct Ports {
    Journal& journal;
    QueuePorts queue;
    Log& log;
  };
  /// All is borrowed. `queue` is the folder of the queue.
  Outbox(std::filesystem::path queue, Ports ports) : queue_{std::move(queue)}, ports_{ports} {}

  /// Finishes what a process before this one has left half done. Before the first commit().
  /// Errors: those of the journal. A queue that cannot be reached is told in the log.
  Result<void> recover();

  /// From now on messages go to that folder; those that are on their way elsewhere arrive there.
  void use_queue(const std::filesystem::path& queue);

  /// Makes `changes`, whose outbox, staged and sent are empty, and sends `messages`, all or
  /// nothing. When it returns they survive a power cut. A message whose id is on its way already is
  /// left out. Errors: those of the journal, and invalid_input for what is no message id: nothing
  /// has changed, and the call may be repeated.
  Result<void> commit(JournalChanges changes, std::span<const Queue::NewMessage> messages);

  /// When tend() wants to be called: SteadyTime::max() while nothing waits for the queue.
  [[nodiscard]] SteadyTime due() const { return retry_at_; }
  /// Tries again what could not be put into the queue. Errors: those of the journal.
  Result<void> tend();

  /// Removes the rows of what was sent, which otherwise go with the next commit().
  Result<void> finish();

  /// Messages that wait for the queue.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  [[nodiscard]] MessageStage* stage();
  [[nodiscard]] bool try_to_stage(std::span<const Queue::NewMessage> messages);
  void publish(std::span<const Queue::NewMessage> messages);
  Result<void> send_rows(const std::vector<OutboxRow>& rows);
  Result<void> publish_elsewhere(const OutboxRow& row, const Queue::NewMessage& message);
  void put_off(const Error& why);

  std::filesystem::path queue_;
  Ports ports_;
  std::optional<MessageStage> stage_;
  std::vector<std::string> sent_;  ///< published; their rows are still there
  std::size_t waiting_ = 0;
  SteadyTime retry_at_ = SteadyTime::max();
  milliseconds pause_{0};
};

}  // namespace btcw
