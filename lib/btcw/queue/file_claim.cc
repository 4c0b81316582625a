#include "btcw/queue/file_claim.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>

#include "btcw/queue/message_json.h"

namespace btcw {
namespace {

/// Another program may still be writing a file that was touched so recently.
constexpr milliseconds kForeignGrace = seconds{10};

ClaimAttempt failed(const std::string& file, std::string_view what, int failure) {
  return {.outcome = ClaimOutcome::failed, .error = file_error(file, what, failure)};
}

ClaimAttempt read_claimed(Files& files, const Backlog::Entry& entry, OpenFile file,
                          const struct stat& found, UtcTime now) {
  const UtcTime written{std::chrono::floor<milliseconds>(
      seconds{found.st_mtim.tv_sec} + std::chrono::nanoseconds{found.st_mtim.tv_nsec})};
  auto bytes = read_all(files, file.fd(), kMaxMessageBytes);
  if (!bytes) {
    return {.outcome = ClaimOutcome::failed, .error = std::move(bytes).error().within(entry.file)};
  }
  auto message = decode_message(*bytes, message_id_from(entry.file), written);
  if (!message) {
    // Ours are complete before they have a name; another program's may be in the writing.
    const bool young = !entry.name && std::chrono::abs(now - written) < kForeignGrace &&
                       bytes->size() <= kMaxMessageBytes;
    return {.outcome = young ? ClaimOutcome::not_ready : ClaimOutcome::no_message,
            .reason = message.error().message};
  }
  QueueName parts = entry.name ? *entry.name
                               : QueueName{.due = entry.due,
                                           .priority = message->priority,
                                           .sequence = entry.sequence,
                                           .id = message->id};
  message->id = parts.id;
  message->maybe_duplicate = message->maybe_duplicate || parts.maybe_duplicate;
  return {.outcome = ClaimOutcome::claimed,
          .claim = std::make_unique<FileClaim>(std::move(file), entry.file, std::move(parts),
                                               *std::move(message))};
}

}  // namespace

ClaimAttempt try_claim(Files& files, const QueueFolder& folder, const Backlog::Entry& entry,
                       UtcTime now) {
  // O_NONBLOCK: a FIFO would block, a device might act.
  OpenFile file{files, files.open_at(folder.pending.fd(), entry.file.c_str(),
                                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0)};
  if (file.fd() == -ENOENT) return {.outcome = ClaimOutcome::lost};
  if (file.fd() == -ELOOP)
    return {.outcome = ClaimOutcome::no_message, .reason = "a symbolic link"};
  if (file.fd() == -ENXIO)
    return {.outcome = ClaimOutcome::no_message, .reason = "not a regular file"};
  if (file.fd() == -EACCES || file.fd() == -EPERM)
    return {.outcome = ClaimOutcome::no_message, .reason = "cannot be read"};
  if (!file.is_open()) return failed(entry.file, "cannot open", file.fd());
  struct stat found {};
  if (const int failure = files.fstat(file.fd(), found); failure < 0)
    return failed(entry.file, "cannot look at it", failure);
  if (!S_ISREG(found.st_mode)) {
    return {.outcome = ClaimOutcome::no_message,
            .reason = S_ISDIR(found.st_mode) ? "a folder" : "not a regular file"};
  }
  if (const int failure = files.flock(file.fd(), LOCK_EX | LOCK_NB); failure < 0) {
    if (failure == -EWOULDBLOCK) return {.outcome = ClaimOutcome::lost};
    return failed(entry.file, "cannot lock", failure);
  }
  // Whoever held the lock before may have delivered it or put it off: the name must still lead
  // here.
  struct stat named {};
  if (const int failure =
          files.stat_at(folder.pending.fd(), entry.file.c_str(), named, AT_SYMLINK_NOFOLLOW);
      failure < 0) {
    if (failure == -ENOENT) return {.outcome = ClaimOutcome::lost};
    return failed(entry.file, "cannot look at it", failure);
  }
  if (named.st_ino != found.st_ino || named.st_dev != found.st_dev)
    return {.outcome = ClaimOutcome::lost};
  return read_claimed(files, entry, std::move(file), found, now);
}

}  // namespace btcw
