#include "btcw/queue/file_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "btcw/queue/backlog.h"
#include "btcw/queue/claimed_files.h"
#include "btcw/queue/message_json.h"
#include "btcw/queue/queue_folder.h"
#include "btcw/queue/queue_listing.h"
#include "btcw/queue/queue_name.h"
#include "btcw/queue/queue_writer.h"

namespace btcw {
namespace {

/// Another program may still be writing a file that was touched so recently.
constexpr milliseconds kForeignGrace = seconds{10};
/// Nothing tells that the holder of a message has died: after so long, look again.
constexpr milliseconds kClaimsMayEnd{500};

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
struct Attempted {
  enum class Outcome { claimed, lost, not_ready, no_message, failed } outcome = Outcome::lost;
  std::unique_ptr<FileClaim> claim = nullptr;
  std::string reason = {};                    ///< with no_message
  std::optional<Error> error = std::nullopt;  ///< with failed: not the message's fault
};

Attempted failed(const std::string& file, std::string_view what, int failure) {
  return {.outcome = Attempted::Outcome::failed, .error = file_error(file, what, failure)};
}

/// What a call of take() has come to so far.
struct Taken {
  std::vector<std::unique_ptr<Claim>> claims = {};
  std::optional<Error> failure = std::nullopt;  ///< the first of those that befell single files
};

class FileQueue final : public Queue {
 public:
  FileQueue(QueueFolder folder, QueuePorts ports) : folder_{std::move(folder)}, ports_{ports} {}
  FileQueue(const FileQueue&) = delete;
  FileQueue& operator=(const FileQueue&) = delete;
  ~FileQueue() override {
    if (watch_fd_ >= 0) ::close(watch_fd_);
  }

  Result<void> add(std::span<const NewMessage> messages) override { return writer_.add(messages); }
  Result<std::vector<std::unique_ptr<Claim>>> take(UtcTime now, std::size_t max) override;
  std::unique_ptr<Claim> take_again(const std::string& ticket, UtcTime now) override;
  Result<void> ack(std::unique_ptr<Claim> claim) override;
  Result<void> postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                        DeliveryProgress progress) override;
  Result<void> bury(std::unique_ptr<Claim> claim, std::string_view reason) override;
  Result<std::optional<UtcTime>> next_due() override;
  [[nodiscard]] int wake_fd() override;
  Result<std::vector<MessageInfo>> list(std::optional<MessageState> state,
                                        std::size_t max) override {
    return listing_.list(state, max);
  }
  Result<MessageInfo> show(std::string_view id) override { return listing_.show(id); }
  Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now) override {
    return listing_.retry_dead(id, now);
  }
  Result<std::size_t> purge_dead(UtcTime before) override { return listing_.purge_dead(before); }

  void remove_abandoned() { writer_.remove_abandoned(); }

 private:
  Attempted try_claim(const Backlog::Entry& entry, UtcTime now);
  Attempted read_claimed(const Backlog::Entry& entry, OpenFile file, const struct stat& found,
                         UtcTime now);
  Result<void> put_aside_corrupt(const std::string& file, const std::string& reason, UtcTime now);
  /// Goes through what is due of the names at hand.
  void claim_due(UtcTime now, std::size_t max, Taken& taken);
  void claim_next(UtcTime now, std::size_t& lost, Taken& taken);
  void drain_watch();

  QueueFolder folder_;
  QueuePorts ports_;
  QueueWriter writer_{folder_, ports_};
  QueueListing listing_{folder_, ports_.files, writer_};
  Backlog backlog_;
  int watch_fd_ = -1;
};

Attempted FileQueue::read_claimed(const Backlog::Entry& entry, OpenFile file,
                                  const struct stat& found, UtcTime now) {
  using Outcome = Attempted::Outcome;
  const UtcTime written{std::chrono::floor<milliseconds>(
      seconds{found.st_mtim.tv_sec} + std::chrono::nanoseconds{found.st_mtim.tv_nsec})};
  auto bytes = read_all(ports_.files, file.fd(), kMaxMessageBytes);
  if (!bytes) {
    return {.outcome = Outcome::failed, .error = std::move(bytes).error().within(entry.file)};
  }
  auto message = decode_message(*bytes, message_id_from(entry.file), written);
  if (!message) {
    // Ours are complete before they have a name; another program's may be in the writing.
    const bool young = !entry.name && std::chrono::abs(now - written) < kForeignGrace &&
                       bytes->size() <= kMaxMessageBytes;
    return {.outcome = young ? Outcome::not_ready : Outcome::no_message,
            .reason = message.error().message};
  }
  QueueName parts = entry.name ? *entry.name
                               : QueueName{.due = entry.due,
                                           .priority = message->priority,
                                           .sequence = entry.sequence,
                                           .id = message->id};
  message->id = parts.id;
  message->maybe_duplicate = message->maybe_duplicate || parts.maybe_duplicate;
  return {.outcome = Outcome::claimed,
          .claim = std::make_unique<FileClaim>(std::move(file), entry.file, std::move(parts),
                                               *std::move(message))};
}

Attempted FileQueue::try_claim(const Backlog::Entry& entry, UtcTime now) {
  using Outcome = Attempted::Outcome;
  // O_NONBLOCK: a FIFO would block, a device might act.
  OpenFile file{ports_.files,
                ports_.files.open_at(folder_.pending.fd(), entry.file.c_str(),
                                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0)};
  if (file.fd() == -ENOENT) return {.outcome = Outcome::lost};
  if (file.fd() == -ELOOP) return {.outcome = Outcome::no_message, .reason = "a symbolic link"};
  if (file.fd() == -ENXIO) return {.outcome = Outcome::no_message, .reason = "not a regular file"};
  if (file.fd() == -EACCES || file.fd() == -EPERM)
    return {.outcome = Outcome::no_message, .reason = "cannot be read"};
  if (!file.is_open()) return failed(entry.file, "cannot open", file.fd());
  struct stat found {};
  if (const int failure = ports_.files.fstat(file.fd(), found); failure < 0)
    return failed(entry.file, "cannot look at it", failure);
  if (!S_ISREG(found.st_mode)) {
    return {.outcome = Outcome::no_message,
            .reason = S_ISDIR(found.st_mode) ? "a folder" : "not a regular file"};
  }
  if (const int failure = ports_.files.flock(file.fd(), LOCK_EX | LOCK_NB); failure < 0) {
    if (failure == -EWOULDBLOCK) return {.outcome = Outcome::lost};
    return failed(entry.file, "cannot lock", failure);
  }
  // Whoever held the lock before may have delivered it or put it off: the name must still lead
  // here.
  struct stat named {};
  if (const int failure = ports_.files.stat_at(folder_.pending.fd(), entry.file.c_str(), named,
                                               AT_SYMLINK_NOFOLLOW);
      failure < 0) {
    if (failure == -ENOENT) return {.outcome = Outcome::lost};
    return failed(entry.file, "cannot look at it", failure);
  }
  if (named.st_ino != found.st_ino || named.st_dev != found.st_dev)
    return {.outcome = Outcome::lost};
  return read_claimed(entry, std::move(file), found, now);
}

Result<void> FileQueue::put_aside_corrupt(const std::string& file, const std::string& reason,
                                          UtcTime now) {
  auto put = put_aside(ports_.files, folder_.pending, file, folder_.corrupt, reason, now);
  if (!put) return std::move(put).error();
  if (!put->empty()) {
    ports_.log.warning("put aside what is no message", {{"file", *put}, {"reason", reason}});
  }
  return {};
}

void FileQueue::claim_next(UtcTime now, std::size_t& lost, Taken& taken) {
  constexpr std::size_t kMostSkipped = 512;
  const auto entry = backlog_.pop();
  auto attempt = try_claim(entry, now);
  switch (attempt.outcome) {
    case Attempted::Outcome::claimed:
      taken.claims.push_back(std::move(attempt.claim));
      lost = 0;
      return;
    case Attempted::Outcome::lost:
      // Others work at the same place: begin somewhere else instead of losing every race to them.
      if (++lost >= 2) backlog_.skip(ports_.random.below(std::min(kMostSkipped, lost * 16)), now);
      return;
    case Attempted::Outcome::not_ready:
      return;
    case Attempted::Outcome::no_message:
      if (auto put = put_aside_corrupt(entry.file, attempt.reason, now); !put)
        attempt.error = std::move(put).error();
      break;
    case Attempted::Outcome::failed:
      break;
  }
  if (!taken.failure) taken.failure = std::move(attempt.error);
}

void FileQueue::claim_due(UtcTime now, std::size_t max, Taken& taken) {
  std::size_t lost = 0;
  do {
    while (taken.claims.size() < max && !backlog_.empty() && backlog_.front().due <= now)
      claim_next(now, lost, taken);
  } while (taken.claims.size() < max && backlog_.turn_back());
}

Result<std::vector<std::unique_ptr<Claim>>> FileQueue::take(UtcTime now, std::size_t max) {
  drain_watch();
  Taken taken;
  bool has_scanned = false;
  for (;;) {
    claim_due(now, max, taken);
    if (taken.claims.size() >= max) return std::move(taken.claims);
    // A call that finds nothing in the names at hand also looks at what has come since.
    const bool looks_again = taken.claims.empty() && !has_scanned;
    if (!looks_again && !(backlog_.empty() && backlog_.more())) break;
    has_scanned = true;
    if (auto scanned = backlog_.scan(ports_.files, folder_, now); !scanned) {
      taken.failure = std::move(scanned).error();
      break;
    }
  }
  backlog_.restart();
  if (taken.claims.empty() && taken.failure) return *std::move(taken.failure);
  return std::move(taken.claims);
}

std::unique_ptr<Claim> FileQueue::take_again(const std::string& ticket, UtcTime now) {
  auto name = QueueName::parse(ticket);
  Backlog::Entry entry{.due = now, .file = ticket};
  if (name) {
    entry.due = name->due;
    entry.priority = name->priority;
    entry.sequence = name->sequence;
    entry.name = std::move(name);
  }
  auto attempt = try_claim(entry, now);
  if (attempt.outcome == Attempted::Outcome::no_message) {
    // Where that fails, the next take() meets it and says so.
    static_cast<void>(put_aside_corrupt(ticket, attempt.reason, now));
  }
  return std::move(attempt.claim);
}

Result<void> FileQueue::ack(std::unique_ptr<Claim> claim) {
  const auto& mine = static_cast<const FileClaim&>(*claim);
  const int failure = ports_.files.unlink_at(folder_.pending.fd(), mine.name().c_str(), 0);
  if (failure < 0 && failure != -ENOENT)
    return file_error(mine.name(), "delivered, but cannot be removed", failure);
  return {};
}

Result<void> FileQueue::postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                                 DeliveryProgress progress) {
  const auto& mine = static_cast<const FileClaim&>(*claim);
  QueueName name = mine.parts();
  name.due = whole_second(due, ports_.clock.now());
  name.progress = progress;
  if (attempt != Attempt::does_not_count) ++name.attempts;
  if (attempt == Attempt::counts_as_ambiguous) name.maybe_duplicate = true;
  const int failure = ports_.files.rename_at(folder_.pending.fd(), mine.name().c_str(),
                                             folder_.pending.fd(), name.to_string().c_str(), 0);
  if (failure < 0 && failure != -ENOENT)
    return file_error(mine.name(), "cannot be put off", failure);
  return {};
}

Result<void> FileQueue::bury(std::unique_ptr<Claim> claim, std::string_view reason) {
  const auto& mine = static_cast<const FileClaim&>(*claim);
  auto put = put_aside(ports_.files, folder_.pending, mine.name(), folder_.dead, reason,
                       ports_.clock.now());
  if (!put) return std::move(put).error();
  return {};
}

Result<std::optional<UtcTime>> FileQueue::next_due() {
  const auto now = ports_.clock.now();
  Backlog names;
  if (auto scanned = names.scan(ports_.files, folder_, now); !scanned)
    return std::move(scanned).error();
  std::optional<ClaimedFiles> claimed;
  for (; !names.empty(); names.pop()) {
    const auto& entry = names.front();
    if (entry.due > now) {
      return std::optional{claimed ? std::min(entry.due, now + kClaimsMayEnd) : entry.due};
    }
    if (!claimed) claimed = ClaimedFiles::read();
    struct stat found {};
    if (ports_.files.stat_at(folder_.pending.fd(), entry.file.c_str(), found, AT_SYMLINK_NOFOLLOW) <
        0)
      continue;
    if (!claimed->contains(found)) return std::optional{entry.due};
  }
  if (claimed) return std::optional{now + kClaimsMayEnd};
  return std::optional<UtcTime>{};
}

int FileQueue::wake_fd() {
  if (watch_fd_ >= 0) return watch_fd_;
  watch_fd_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  // A rename of ours, or another program that is done with writing.
  if (watch_fd_ >= 0 &&
      ::inotify_add_watch(watch_fd_, folder_.path.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE) < 0) {
    ::close(std::exchange(watch_fd_, -1));
  }
  return watch_fd_;
}

void FileQueue::drain_watch() {
  if (watch_fd_ < 0) return;
  alignas(inotify_event) std::array<char, 4096> events;
  while (::read(watch_fd_, events.data(), events.size()) > 0) {
  }
}

}  // namespace

std::string make_message_id(const Clock& clock, Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr std::size_t kTimeDigits = 9;  // 45 bits of milliseconds: until the year 3084
  constexpr std::size_t kRandomDigits = 8;
  std::string id(kTimeDigits + kRandomDigits, '0');
  auto time = static_cast<std::uint64_t>(to_unix_ms(clock.now()));
  for (std::size_t i = kTimeDigits; i-- > 0; time >>= 5U) id[i] = kDigits[time & 31U];
  std::array<std::byte, kRandomDigits> bytes{};
  random.fill(bytes);
  for (std::size_t i = 0; i < kRandomDigits; ++i)
    id[kTimeDigits + i] = kDigits[std::to_integer<std::size_t>(bytes[i]) & 31U];
  return id;
}

Result<std::unique_ptr<Queue>> open_file_queue(const std::filesystem::path& folder,
                                               QueuePorts ports) {
  auto opened = QueueFolder::open(folder, ports.files);
  if (!opened) return std::move(opened).error().within("queue");
  auto queue = std::make_unique<FileQueue>(*std::move(opened), ports);
  queue->remove_abandoned();
  return queue;
}

}  // namespace btcw
