#pragma once

#include <memory>
#include <span>

#include "btcw/queue/queue.h"

namespace btcw {

/// What became of a message in a queue of this process alone.
struct MessageFate {
  std::string id;
  enum class End { waiting, delivered, postponed, dead } end = End::waiting;
  std::string reason = {};  ///< why it is dead
  UtcTime due = {};         ///< of one that was postponed
};

/// A queue that lives as long as it does: for what is to be delivered at once or not at all.
class MemoryQueue : public Queue {
 public:
  [[nodiscard]] virtual std::span<const MessageFate> fates() const = 0;
};
std::unique_ptr<MemoryQueue> make_memory_queue();

}  // namespace btcw
