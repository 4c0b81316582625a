#include "btcw/queue/message_stage.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/queue/message_json.h"
#include "btcw/queue/queue_name.h"

namespace btcw {
namespace {

constexpr mode_t kFileMode = 0600;
/// From here on one sync of the file system costs less than one of each file.
constexpr std::size_t kManyFiles = 4;
constexpr std::string_view kSuffix = ".json";

std::string file_of(const std::string& id) { return id + std::string{kSuffix}; }

}  // namespace

Result<MessageStage> MessageStage::open(const std::filesystem::path& queue, std::string_view owner,
                                        QueuePorts ports) {
  auto folder = QueueFolder::open(queue, ports.files);
  if (!folder) return std::move(folder).error().within("queue");
  const std::string shown = folder->path + "/.outbox";
  auto outbox = open_folder(ports.files, folder->pending.fd(), ".outbox", shown);
  if (!outbox) return std::move(outbox).error().within("queue");
  auto staged = open_folder(ports.files, outbox->fd(), std::string{owner}, shown);
  if (!staged) return std::move(staged).error().within("queue");
  return MessageStage{*std::move(folder), *std::move(staged), ports};
}

Result<OpenFile> MessageStage::write(const Queue::NewMessage& message) {
  if (!is_message_id(message.message.id)) {
    return Error{Errc::invalid_input,
                 fmt::format("not a message id: {}", btcw::quoted(message.message.id, 80))};
  }
  const auto text = encode_message(message.message);
  if (text.size() > kMaxMessageBytes) {
    return Error{Errc::invalid_input,
                 fmt::format("message is larger than {} bytes", kMaxMessageBytes)};
  }
  const std::string name = file_of(message.message.id);
  OpenFile file{ports_.files,
                ports_.files.open_at(staged_.fd(), name.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, kFileMode)};
  if (!file.is_open()) return file_error(folder_.path, "cannot add a message", file.fd());
  const int failure = write_all(ports_.files, file.fd(), text);
  if (failure < 0) {
    ports_.files.unlink_at(staged_.fd(), name.c_str(), 0);
    return file_error(folder_.path, "cannot write a message", failure);
  }
  return file;
}

Result<void> MessageStage::sync(std::span<const OpenFile> written) {
  int failure = 0;
  if (written.size() >= kManyFiles) failure = ports_.files.syncfs(staged_.fd());
  if (written.size() < kManyFiles) {
    for (const OpenFile& file : written) {
      if (failure == 0) failure = ports_.files.fdatasync(file.fd());
    }
    // The names too: a row that speaks of a file which is gone speaks of a published one.
    if (failure == 0) failure = ports_.files.fsync(staged_.fd());
  }
  if (failure < 0) return file_error(folder_.path, "cannot sync", failure);
  return {};
}

Result<void> MessageStage::stage(std::span<const Queue::NewMessage> messages) {
  if (messages.empty()) return {};
  std::vector<OpenFile> written;
  written.reserve(messages.size());
  for (const Queue::NewMessage& message : messages) {
    auto file = write(message);
    if (!file) return std::move(file).error();
    written.push_back(*std::move(file));
  }
  return sync(written);
}

Result<void> MessageStage::publish(std::span<const Queue::NewMessage> messages) {
  for (const Queue::NewMessage& message : messages) {
    const QueueName name{.due = whole_second(message.due, ports_.clock.now()),
                         .priority = message.message.priority,
                         .sequence = next_sequence(),
                         .id = message.message.id};
    const int failure = ports_.files.rename_at(staged_.fd(), file_of(message.message.id).c_str(),
                                               folder_.pending.fd(), name.to_string().c_str(), 0);
    if (failure == -ENOENT) continue;
    if (failure < 0) return file_error(folder_.path, "cannot publish a message", failure);
  }
  // Also where nothing was left to rename: who did it may have died before this.
  const int failure = messages.empty() ? 0 : ports_.files.fsync(folder_.pending.fd());
  if (failure < 0) return file_error(folder_.path, "cannot publish a message", failure);
  return {};
}

Result<void> MessageStage::discard(std::span<const std::string> known) {
  std::vector<std::string> unknown;
  const int listed = ports_.files.list(staged_.fd(), [&](std::string_view name) {
    const std::string_view id = name.substr(0, name.size() - std::min(name.size(), kSuffix.size()));
    const bool is_known = std::find(known.begin(), known.end(), id) != known.end();
    if (!is_known) unknown.emplace_back(name);
  });
  if (listed < 0) return file_error(folder_.path, "cannot list the folder", listed);
  for (const std::string& name : unknown) {
    ports_.files.unlink_at(staged_.fd(), name.c_str(), 0);
  }
  return {};
}

std::uint64_t MessageStage::next_sequence() {
  const auto micros = static_cast<std::uint64_t>(to_unix_ms(ports_.clock.now())) * 1000U;
  last_sequence_ = std::max(micros, last_sequence_ + 1);
  return last_sequence_;
}

}  // namespace btcw
