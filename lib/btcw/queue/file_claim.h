#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "btcw/queue/backlog.h"
#include "btcw/queue/queue.h"
#include "btcw/queue/queue_folder.h"
#include "btcw/queue/queue_name.h"
#include "btcw/store/open_file.h"

namespace btcw {

/// The claim of one file: the lock lives in the open descriptor.
class FileClaim final : public Claim {
 public:
  FileClaim(OpenFile file, std::string name, QueueName parts, Notification message)
      : file_{std::move(file)},
        name_{std::move(name)},
        parts_{std::move(parts)},
        message_{std::move(message)} {}

  [[nodiscard]] const Notification& message() const override { return message_; }
  [[nodiscard]] int attempts() const override { return parts_.attempts; }
  [[nodiscard]] UtcTime due() const override { return parts_.due; }
  [[nodiscard]] DeliveryProgress progress() const override { return parts_.progress; }
  [[nodiscard]] const std::string& ticket() const override { return name_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const QueueName& parts() const { return parts_; }

 private:
  OpenFile file_;
  std::string name_;
  QueueName parts_;
  Notification message_;
};

/// What became of the try to claim one file.
enum class ClaimOutcome {
  claimed,
  lost,        ///< it is another's, or gone
  not_ready,   ///< another program is still writing it
  no_message,  ///< it never will be one
  failed,      ///< not the message's fault: an I/O error, no descriptors
};

struct ClaimAttempt {
  ClaimOutcome outcome = ClaimOutcome::lost;
  std::unique_ptr<FileClaim> claim = nullptr;  ///< with claimed
  std::string reason = {};                     ///< with no_message
  std::optional<Error> error = std::nullopt;   ///< with failed
};

/// Claims the file of an entry, and reads it.
ClaimAttempt try_claim(Files& files, const QueueFolder& folder, const Backlog::Entry& entry,
                       UtcTime now);

}  // namespace btcw
