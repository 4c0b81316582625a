#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// Which of a message's channels have it already, and which refused it for good. Bit n stands for
/// the n-th channel of the list whose hash `plan` is: where the list has changed since, the bits
/// mean nothing.
struct DeliveryProgress {
  std::uint32_t delivered = 0;
  std::uint16_t plan = 0;
  std::uint32_t refused = 0;

  friend bool operator==(const DeliveryProgress&, const DeliveryProgress&) = default;
};

/// A message that this process alone holds. Let go of without a word (or with the process), it is
/// pending again.
class Claim {
 public:
  virtual ~Claim() = default;
  [[nodiscard]] virtual const Notification& message() const = 0;
  [[nodiscard]] virtual int attempts() const = 0;  ///< made before this one
  [[nodiscard]] virtual UtcTime due() const = 0;
  [[nodiscard]] virtual DeliveryProgress progress() const = 0;
  /// Names the message as it is pending now, for Queue::take_again().
  [[nodiscard]] virtual const std::string& ticket() const = 0;
};

enum class MessageState { pending, claimed, dead, corrupt };

/// What is to be seen of a message without holding it.
struct MessageInfo {
  std::string id;  ///< of a corrupt one: its file name
  MessageState state = MessageState::pending;
  UtcTime due;
  int attempts = 0;
  std::size_t bytes = 0;
  std::optional<Notification> message = std::nullopt;  ///< nullopt: corrupt
  std::string reason = {};                             ///< why dead or corrupt
};

/// A durable queue: what add() has accepted is delivered or buried, through kill -9 and power cuts.
///
/// Any number of processes add and take at once. One thread uses an object.
class Queue {
 public:
  virtual ~Queue() = default;

  /// Stores messages that are due at their `due`; when it returns they survive a power cut. All in
  /// one round of syncs. Errors: unavailable (disk full, quota, read-only, no folder, I/O): none of
  /// the batch is visible.
  struct NewMessage {
    Notification message;
    UtcTime due;
  };
  virtual Result<void> add(std::span<const NewMessage> messages) = 0;
  /// Adds a message unless another one with its dedup key is pending or was added within `window`;
  /// returns the id of the one that has the key now. Of any number of processes one adds.
  /// Errors: as add(). Precondition: it has a dedup key.
  virtual Result<std::string> add_once(const NewMessage& message, milliseconds window) = 0;

  /// Claims the next messages that are due by `now`, most urgent first within a second, at most
  /// `max` of them. What is not a message is quarantined on the way and never in it. Each call goes
  /// on where the one before ended, past what was let go of since; fewer than `max` means that the
  /// end was reached, and the next call begins anew. Others' claims are passed over. Errors:
  /// unavailable: nothing could be claimed, and at least one file or the folder could not be read
  /// or moved; where something could, the claims are returned.
  virtual Result<std::vector<std::unique_ptr<Claim>>> take(UtcTime now, std::size_t max) = 0;
  /// Claims one message again that was let go of; nullptr: it has been delivered or put off, or
  /// another holds it.
  virtual std::unique_ptr<Claim> take_again(const std::string& ticket, UtcTime now) = 0;

  /// Delivered: the message goes.
  virtual Result<void> ack(std::unique_ptr<Claim> claim) = 0;
  /// Due again at `due`, with one attempt more when `counts`. Works on a full disk.
  enum class Attempt {
    counts,
    counts_as_ambiguous,  ///< and it may have arrived: Notification::maybe_duplicate from now on
    does_not_count,       ///< quiet hours, a cap, a limit of the channel
  };
  virtual Result<void> postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                                DeliveryProgress progress) = 0;
  /// Given up: to the dead letters, with why, and with which channels have it all the same.
  virtual Result<void> bury(std::unique_ptr<Claim> claim, std::string_view reason,
                            DeliveryProgress progress) = 0;

  /// When the next message is due that is not claimed, or, while due ones are, half a second from
  /// now at the latest: a holder may have died. nullopt: none is pending.
  virtual Result<std::optional<UtcTime>> next_due() = 0;
  /// Readable when something may have been added, until the next take(); -1 where the queue cannot
  /// tell.
  [[nodiscard]] virtual int wake_fd() = 0;

  virtual Result<std::vector<MessageInfo>> list(std::optional<MessageState> state,
                                                std::size_t max) = 0;
  /// Errors: not_found.
  virtual Result<MessageInfo> show(std::string_view id) = 0;
  /// Dead messages back to pending, due now, with no attempts and refused by nobody; returns how
  /// many. Errors: not_found for an id.
  virtual Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now) = 0;
  /// Removes dead messages that were buried before `before`; returns how many.
  virtual Result<std::size_t> purge_dead(UtcTime before) = 0;
};

}  // namespace btcw
