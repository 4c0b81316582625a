#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "btcw/queue/file_queue.h"
#include "btcw/queue/queue_folder.h"

namespace btcw {

/// Puts messages into a queue folder so that they survive a power cut. It borrows the folder.
class QueueWriter {
 public:
  QueueWriter(const QueueFolder& folder, QueuePorts ports) : folder_{folder}, ports_{ports} {}

  /// As Queue::add().
  Result<void> add(std::span<const Queue::NewMessage> messages);
  /// Removes what writers that died have left in .tmp.
  void remove_abandoned();
  /// Greater than any before, also when the clock stands still or steps back.
  std::uint64_t next_sequence();

 private:
  struct Written {
    OpenFile file;
    std::string temporary;
    std::string name;
  };

  Result<Written> write_temporary(const Queue::NewMessage& message);
  Result<void> sync(std::span<const Written> written);
  Result<void> publish(std::span<const Written> written);
  void forget(std::span<const Written> written);

  const QueueFolder& folder_;
  QueuePorts ports_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t temporaries_ = 0;
};

}  // namespace btcw
