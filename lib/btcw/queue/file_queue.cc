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
#include "btcw/queue/queue_name.h"

namespace btcw {
namespace {

constexpr mode_t kFileMode = 0600;
/// From here on one sync of the file system costs less than one of each file.
constexpr std::size_t kManyFiles = 4;
/// Another program may still be writing a file that was touched so recently.
constexpr milliseconds kForeignGrace = seconds{10};
/// A file in .tmp that nobody holds for so long was left by a process that died.
constexpr milliseconds kAbandoned = std::chrono::minutes{2};

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
  enum class Outcome { claimed, lost, not_ready, no_message } outcome = Outcome::lost;
  std::unique_ptr<FileClaim> claim = nullptr;
  std::string reason = {};  ///< with no_message
};

class FileQueue final : public Queue {
 public:
  FileQueue(QueueFolder folder, QueuePorts ports) : folder_{std::move(folder)}, ports_{ports} {}
  FileQueue(const FileQueue&) = delete;
  FileQueue& operator=(const FileQueue&) = delete;
  ~FileQueue() override {
    if (watch_fd_ >= 0) ::close(watch_fd_);
  }

  Result<void> add(std::span<const NewMessage> messages) override;
  Result<std::vector<std::unique_ptr<Claim>>> take(UtcTime now, std::size_t max) override;
  Result<void> ack(std::unique_ptr<Claim> claim) override;
  Result<void> postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt) override;
  Result<void> bury(std::unique_ptr<Claim> claim, std::string_view reason) override;
  Result<std::optional<UtcTime>> next_due() override;
  [[nodiscard]] int wake_fd() override;
  Result<std::vector<MessageInfo>> list(std::optional<MessageState> state,
                                        std::size_t max) override;
  Result<MessageInfo> show(std::string_view id) override;
  Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now) override;
  Result<std::size_t> purge_dead(UtcTime before) override;

  void remove_abandoned();

 private:
  struct Written {
    OpenFile file;
    std::string temporary;
    std::string name;
  };
  using Infos = std::vector<MessageInfo>;

  Result<Written> write_temporary(const NewMessage& message);
  Result<void> sync(std::span<const Written> written);
  Result<void> publish(std::span<const Written> written);
  void forget(std::span<const Written> written);
  std::uint64_t next_sequence();

  Attempted try_claim(const Backlog::Entry& entry, UtcTime now);
  Attempted read_claimed(const Backlog::Entry& entry, OpenFile file, const struct stat& found,
                         UtcTime now);
  void claim_due(UtcTime now, std::size_t max, std::vector<std::unique_ptr<Claim>>& claims);
  void drain_watch();

  Result<void> list_pending(std::optional<MessageState> state, std::size_t max, Infos& out);
  Result<void> list_aside(const OpenFile& from, MessageState state, std::size_t max, Infos& out);
  MessageInfo describe(const OpenFile& from, const std::string& file, MessageState state);
  Result<std::vector<std::string>> names_in(const OpenFile& from);

  QueueFolder folder_;
  QueuePorts ports_;
  Backlog backlog_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t temporaries_ = 0;
  int watch_fd_ = -1;
};

// --- adding
// ---------------------------------------------------------------------------------------

std::uint64_t FileQueue::next_sequence() {
  const auto micros = static_cast<std::uint64_t>(to_unix_ms(ports_.clock.now())) * 1000U;
  // Also when the clock stands still or steps back: what this producer adds later comes later.
  last_sequence_ = std::max(micros, last_sequence_ + 1);
  return last_sequence_;
}

Result<FileQueue::Written> FileQueue::write_temporary(const NewMessage& message) {
  const QueueName name{.due = std::max(message.due, UtcTime{}),
                       .priority = message.message.priority,
                       .sequence = next_sequence(),
                       .id = message.message.id};
  const auto text = encode_message(message.message);
  if (text.size() > kMaxMessageBytes) {
    return Error{Errc::invalid_input,
                 fmt::format("message is larger than {} bytes", kMaxMessageBytes)};
  }
  Written written{.file = {},
                  .temporary = fmt::format("{}-{}-{}", ::getpid(), temporaries_++, name.id),
                  .name = name.to_string()};
  const int fd = ports_.files.open_at(folder_.temporary.fd(), written.temporary.c_str(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kFileMode);
  if (fd < 0) return file_error(folder_.path, "cannot add a message", fd);
  written.file = OpenFile{ports_.files, fd};
  int failure = ports_.files.flock(fd, LOCK_EX | LOCK_NB);
  if (failure == 0) failure = write_all(ports_.files, fd, text);
  if (failure < 0) {
    forget(std::span{&written, 1});
    return file_error(folder_.path, "cannot write a message", failure);
  }
  return written;
}

Result<void> FileQueue::sync(std::span<const Written> written) {
  if (written.size() >= kManyFiles) {
    const int failure = ports_.files.syncfs(written.front().file.fd());
    if (failure < 0) return file_error(folder_.path, "cannot sync", failure);
    return {};
  }
  for (const auto& one : written) {
    const int failure = ports_.files.fdatasync(one.file.fd());
    if (failure < 0) return file_error(folder_.path, "cannot sync", failure);
  }
  return {};
}

Result<void> FileQueue::publish(std::span<const Written> written) {
  int failure = 0;
  std::size_t visible = 0;
  for (; visible < written.size(); ++visible) {
    const auto& one = written[visible];
    failure = ports_.files.rename_at(folder_.temporary.fd(), one.temporary.c_str(),
                                     folder_.pending.fd(), one.name.c_str(), 0);
    if (failure < 0) break;
  }
  if (failure == 0) failure = ports_.files.fsync(folder_.pending.fd());
  if (failure == 0) return {};
  // Nobody was told an id: take back what is visible already.
  for (const auto& one : written.first(visible))
    ports_.files.unlink_at(folder_.pending.fd(), one.name.c_str(), 0);
  return file_error(folder_.path, "cannot publish a message", failure);
}

void FileQueue::forget(std::span<const Written> written) {
  for (const auto& one : written)
    ports_.files.unlink_at(folder_.temporary.fd(), one.temporary.c_str(), 0);
}

Result<void> FileQueue::add(std::span<const NewMessage> messages) {
  std::vector<Written> written;
  written.reserve(messages.size());
  for (const auto& message : messages) {
    if (!is_message_id(message.message.id)) {
      forget(written);
      return Error{Errc::invalid_input,
                   fmt::format("not a message id: '{}'", message.message.id.substr(0, 80))};
    }
    auto one = write_temporary(message);
    if (!one) {
      forget(written);
      return std::move(one).error();
    }
    written.push_back(*std::move(one));
  }
  if (written.empty()) return {};
  auto done = sync(written);
  if (done) done = publish(written);
  if (!done) forget(written);
  return done;
}

void FileQueue::remove_abandoned() {
  std::vector<std::string> names;
  ports_.files.list(folder_.temporary.fd(),
                    [&](std::string_view name) { names.emplace_back(name); });
  for (const auto& name : names) {
    struct stat found {};
    if (ports_.files.stat_at(folder_.temporary.fd(), name.c_str(), found, AT_SYMLINK_NOFOLLOW) < 0)
      continue;
    // The age covers the moment between a writer's open() and its lock.
    if (ports_.clock.now() - UtcTime{seconds{found.st_mtim.tv_sec}} < kAbandoned) continue;
    const OpenFile file{ports_.files, ports_.files.open_at(folder_.temporary.fd(), name.c_str(),
                                                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)};
    if (!file.is_open() || ports_.files.flock(file.fd(), LOCK_EX | LOCK_NB) < 0) continue;
    ports_.files.unlink_at(folder_.temporary.fd(), name.c_str(), 0);
  }
}

// --- taking
// ---------------------------------------------------------------------------------------

Attempted FileQueue::read_claimed(const Backlog::Entry& entry, OpenFile file,
                                  const struct stat& found, UtcTime now) {
  using Outcome = Attempted::Outcome;
  const UtcTime written{std::chrono::floor<milliseconds>(
      seconds{found.st_mtim.tv_sec} + std::chrono::nanoseconds{found.st_mtim.tv_nsec})};
  auto bytes = read_all(ports_.files, file.fd(), kMaxMessageBytes);
  if (!bytes) return {.outcome = Outcome::no_message, .reason = bytes.error().message};
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
  // Out of descriptors or memory, an I/O error: not the message's fault; the next round will see.
  if (!file.is_open()) return {.outcome = Outcome::not_ready};
  struct stat found {};
  if (ports_.files.fstat(file.fd(), found) < 0) return {.outcome = Outcome::not_ready};
  if (!S_ISREG(found.st_mode)) {
    return {.outcome = Outcome::no_message,
            .reason = S_ISDIR(found.st_mode) ? "a folder" : "not a regular file"};
  }
  if (ports_.files.flock(file.fd(), LOCK_EX | LOCK_NB) < 0) return {.outcome = Outcome::lost};
  // Whoever held the lock before may have delivered it or put it off: the name must still lead
  // here.
  struct stat named {};
  if (ports_.files.stat_at(folder_.pending.fd(), entry.file.c_str(), named, AT_SYMLINK_NOFOLLOW) <
      0)
    return {.outcome = Outcome::lost};
  if (named.st_ino != found.st_ino || named.st_dev != found.st_dev)
    return {.outcome = Outcome::lost};
  return read_claimed(entry, std::move(file), found, now);
}

void FileQueue::claim_due(UtcTime now, std::size_t max,
                          std::vector<std::unique_ptr<Claim>>& claims) {
  constexpr std::size_t kMostSkipped = 512;
  std::size_t lost = 0;
  while (claims.size() < max && !backlog_.empty() && backlog_.front().due <= now) {
    const auto entry = backlog_.pop();
    auto attempt = try_claim(entry, now);
    switch (attempt.outcome) {
      case Attempted::Outcome::claimed:
        claims.push_back(std::move(attempt.claim));
        lost = 0;
        break;
      case Attempted::Outcome::lost:
        // Others work at the same place: begin somewhere else instead of losing every race to them.
        if (++lost >= 2) backlog_.skip(ports_.random.below(std::min(kMostSkipped, lost * 16)), now);
        break;
      case Attempted::Outcome::not_ready:
        break;
      case Attempted::Outcome::no_message: {
        const auto put = put_aside(ports_.files, folder_.pending, entry.file, folder_.corrupt,
                                   attempt.reason, now);
        if (put) {
          ports_.log.warning("put aside what is no message",
                             {{"file", *put}, {"reason", attempt.reason}});
        }
        break;
      }
    }
  }
}

Result<std::vector<std::unique_ptr<Claim>>> FileQueue::take(UtcTime now, std::size_t max) {
  drain_watch();
  std::vector<std::unique_ptr<Claim>> claims;
  claim_due(now, max, claims);
  if (claims.size() == max) return claims;
  // The names we had are used up, or none of them is due: see what has come since.
  if (auto scanned = backlog_.scan(ports_.files, folder_); !scanned) {
    if (!claims.empty()) return claims;
    return std::move(scanned).error();
  }
  claim_due(now, max, claims);
  return claims;
}

Result<void> FileQueue::ack(std::unique_ptr<Claim> claim) {
  const auto& mine = static_cast<const FileClaim&>(*claim);
  const int failure = ports_.files.unlink_at(folder_.pending.fd(), mine.name().c_str(), 0);
  if (failure < 0 && failure != -ENOENT)
    return file_error(mine.name(), "delivered, but cannot be removed", failure);
  return {};
}

Result<void> FileQueue::postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt) {
  const auto& mine = static_cast<const FileClaim&>(*claim);
  QueueName name = mine.parts();
  name.due = due;
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
  if (backlog_.empty()) {
    if (auto scanned = backlog_.scan(ports_.files, folder_); !scanned)
      return std::move(scanned).error();
  }
  if (backlog_.empty()) return std::optional<UtcTime>{};
  return std::optional{backlog_.front().due};
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

// --- looking
// --------------------------------------------------------------------------------------

Result<std::vector<std::string>> FileQueue::names_in(const OpenFile& from) {
  std::vector<std::string> names;
  const int listed = ports_.files.list(from.fd(), [&](std::string_view name) {
    if (!name.ends_with(".reason") && name.front() != '.') names.emplace_back(name);
  });
  if (listed < 0) return file_error(folder_.path, "cannot list the folder", listed);
  std::sort(names.begin(), names.end());
  return names;
}

MessageInfo FileQueue::describe(const OpenFile& from, const std::string& file, MessageState state) {
  MessageInfo info{.id = file, .state = state, .due = {}};
  struct stat found {};
  ports_.files.stat_at(from.fd(), file.c_str(), found, AT_SYMLINK_NOFOLLOW);
  info.bytes = static_cast<std::size_t>(found.st_size);
  info.due = UtcTime{seconds{found.st_mtim.tv_sec}};
  if (const auto name = QueueName::parse(file)) {
    info.id = name->id;
    info.due = name->due;
    info.attempts = name->attempts;
  }
  if (state == MessageState::corrupt || !S_ISREG(found.st_mode)) return info;
  const OpenFile open{ports_.files, ports_.files.open_at(from.fd(), file.c_str(),
                                                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)};
  if (!open.is_open()) return info;
  const auto bytes = read_all(ports_.files, open.fd(), kMaxMessageBytes);
  if (!bytes) return info;
  auto message = decode_message(*bytes, message_id_from(file), info.due);
  if (message) {
    info.id = QueueName::parse(file) ? info.id : message->id;
    info.message = *std::move(message);
  }
  return info;
}

Result<void> FileQueue::list_pending(std::optional<MessageState> state, std::size_t max,
                                     Infos& out) {
  const auto names = names_in(folder_.pending);
  if (!names) return names.error();
  const auto claimed = ClaimedFiles::read();
  for (const auto& file : *names) {
    if (out.size() >= max) break;
    if (!file.ends_with(".json")) continue;
    struct stat found {};
    if (ports_.files.stat_at(folder_.pending.fd(), file.c_str(), found, AT_SYMLINK_NOFOLLOW) < 0)
      continue;
    const auto is = claimed.contains(found) ? MessageState::claimed : MessageState::pending;
    if (!state || *state == is) out.push_back(describe(folder_.pending, file, is));
  }
  return {};
}

Result<void> FileQueue::list_aside(const OpenFile& from, MessageState state, std::size_t max,
                                   Infos& out) {
  const auto names = names_in(from);
  if (!names) return names.error();
  for (const auto& file : *names) {
    if (out.size() >= max) break;
    auto info = describe(from, file, state);
    info.reason = read_reason(ports_.files, from, file).reason;
    out.push_back(std::move(info));
  }
  return {};
}

Result<std::vector<MessageInfo>> FileQueue::list(std::optional<MessageState> state,
                                                 std::size_t max) {
  Infos infos;
  if (!state || *state == MessageState::pending || *state == MessageState::claimed) {
    if (auto listed = list_pending(state, max, infos); !listed) return std::move(listed).error();
  }
  if (!state || *state == MessageState::dead) {
    if (auto listed = list_aside(folder_.dead, MessageState::dead, max, infos); !listed)
      return std::move(listed).error();
  }
  if (!state || *state == MessageState::corrupt) {
    if (auto listed = list_aside(folder_.corrupt, MessageState::corrupt, max, infos); !listed)
      return std::move(listed).error();
  }
  return infos;
}

Result<MessageInfo> FileQueue::show(std::string_view id) {
  auto all = list(std::nullopt, SIZE_MAX);
  if (!all) return std::move(all).error();
  for (auto& info : *all) {
    if (info.id == id) return std::move(info);
  }
  return Error{Errc::not_found, fmt::format("no message '{}' in the queue", id.substr(0, 80))};
}

Result<std::size_t> FileQueue::retry_dead(std::optional<std::string_view> id, UtcTime now) {
  const auto names = names_in(folder_.dead);
  if (!names) return names.error();
  std::size_t moved = 0;
  for (const auto& file : *names) {
    const auto info = describe(folder_.dead, file, MessageState::dead);
    if (id && info.id != *id) continue;
    const auto priority = info.message ? info.message->priority : Priority::normal;
    const QueueName name{.due = now,
                         .priority = priority,
                         .sequence = next_sequence(),
                         .id = is_message_id(info.id) ? info.id : message_id_from(file)};
    const int failure =
        ports_.files.rename_at(folder_.dead.fd(), file.c_str(), folder_.pending.fd(),
                               name.to_string().c_str(), RENAME_NOREPLACE);
    if (failure < 0) return file_error(file, "cannot be put back", failure);
    ports_.files.unlink_at(folder_.dead.fd(), (file + ".reason").c_str(), 0);
    ++moved;
  }
  if (id && moved == 0)
    return Error{Errc::not_found, fmt::format("no dead message '{}'", id->substr(0, 80))};
  if (moved > 0) {
    if (const int failure = ports_.files.fsync(folder_.pending.fd()); failure < 0)
      return file_error(folder_.path, "cannot sync", failure);
  }
  return moved;
}

Result<std::size_t> FileQueue::purge_dead(UtcTime before) {
  const auto names = names_in(folder_.dead);
  if (!names) return names.error();
  std::size_t removed = 0;
  for (const auto& file : *names) {
    if (read_reason(ports_.files, folder_.dead, file).since >= before) continue;
    const int failure = ports_.files.unlink_at(folder_.dead.fd(), file.c_str(), 0);
    if (failure < 0 && failure != -ENOENT) return file_error(file, "cannot be removed", failure);
    ports_.files.unlink_at(folder_.dead.fd(), (file + ".reason").c_str(), 0);
    ++removed;
  }
  return removed;
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
