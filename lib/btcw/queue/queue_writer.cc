#include "btcw/queue/queue_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "btcw/queue/message_json.h"
#include "btcw/queue/queue_name.h"

namespace btcw {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr int kMaxTries = 1000;
/// From here on one sync of the file system costs less than one of each file.
constexpr std::size_t kManyFiles = 4;
/// A file in .tmp that nobody holds for so long was left by a process that died.
constexpr milliseconds kAbandoned = std::chrono::minutes{2};

}  // namespace

std::uint64_t QueueWriter::next_sequence() {
  const auto micros = static_cast<std::uint64_t>(to_unix_ms(ports_.clock.now())) * 1000U;
  // Also when the clock stands still or steps back: what this producer adds later comes later.
  last_sequence_ = std::max(micros, last_sequence_ + 1);
  return last_sequence_;
}

Result<QueueWriter::Written> QueueWriter::write_temporary(const Queue::NewMessage& message) {
  const QueueName name{.due = whole_second(message.due, ports_.clock.now()),
                       .priority = message.message.priority,
                       .sequence = next_sequence(),
                       .id = message.message.id};
  const auto text = encode_message(message.message);
  if (text.size() > kMaxMessageBytes) {
    return Error{Errc::invalid_input,
                 fmt::format("message is larger than {} bytes", kMaxMessageBytes)};
  }
  Written written{.file = {}, .temporary = {}, .name = name.to_string()};
  int fd = -EEXIST;
  // A process that died may have had the same number and left the name behind: in a container that
  // is the rule.
  for (int i = 0; i < kMaxTries && fd == -EEXIST; ++i) {
    written.temporary = fmt::format("{}-{}-{}", ::getpid(), temporaries_++, name.id);
    fd = ports_.files.open_at(folder_.temporary.fd(), written.temporary.c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kFileMode);
  }
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

Result<void> QueueWriter::sync(std::span<const Written> written) {
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

Result<void> QueueWriter::publish(std::span<const Written> written) {
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

void QueueWriter::forget(std::span<const Written> written) {
  for (const auto& one : written)
    ports_.files.unlink_at(folder_.temporary.fd(), one.temporary.c_str(), 0);
}

Result<void> QueueWriter::add(std::span<const Queue::NewMessage> messages) {
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

void QueueWriter::remove_abandoned() {
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

}  // namespace btcw
