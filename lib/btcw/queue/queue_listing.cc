#include "btcw/queue/queue_listing.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "btcw/queue/claimed_files.h"
#include "btcw/queue/message_json.h"
#include "btcw/queue/queue_name.h"

namespace btcw {

Result<std::vector<std::string>> QueueListing::names_in(const OpenFile& from) {
  std::vector<std::string> names;
  const int listed = files_.list(from.fd(), [&](std::string_view name) {
    if (!name.ends_with(".reason") && name.front() != '.') names.emplace_back(name);
  });
  if (listed < 0) return file_error(folder_.path, "cannot list the folder", listed);
  std::sort(names.begin(), names.end());
  return names;
}

MessageInfo QueueListing::describe(const OpenFile& from, const std::string& file,
                                   MessageState state) {
  MessageInfo info{.id = file, .state = state, .due = {}};
  struct stat found {};
  files_.stat_at(from.fd(), file.c_str(), found, AT_SYMLINK_NOFOLLOW);
  info.bytes = static_cast<std::size_t>(found.st_size);
  info.due = UtcTime{seconds{found.st_mtim.tv_sec}};
  const auto name = QueueName::parse(file);
  if (name) {
    info.id = name->id;
    info.due = name->due;
    info.attempts = name->attempts;
  }
  if (state == MessageState::corrupt || !S_ISREG(found.st_mode)) return info;
  const OpenFile open{
      files_, files_.open_at(from.fd(), file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)};
  if (!open.is_open()) return info;
  const auto bytes = read_all(files_, open.fd(), kMaxMessageBytes);
  if (!bytes) return info;
  auto message = decode_message(*bytes, message_id_from(file), info.due);
  if (message) {
    if (!name) info.id = message->id;
    message->maybe_duplicate = message->maybe_duplicate || (name && name->maybe_duplicate);
    info.message = *std::move(message);
  }
  return info;
}

Result<void> QueueListing::list_pending(std::optional<MessageState> state, std::size_t max,
                                        Infos& out) {
  const auto names = names_in(folder_.pending);
  if (!names) return names.error();
  const auto claimed = ClaimedFiles::read();
  for (const auto& file : *names) {
    if (out.size() >= max) break;
    if (!file.ends_with(".json")) continue;
    struct stat found {};
    if (files_.stat_at(folder_.pending.fd(), file.c_str(), found, AT_SYMLINK_NOFOLLOW) < 0)
      continue;
    const auto is = claimed.contains(found) ? MessageState::claimed : MessageState::pending;
    if (!state || *state == is) out.push_back(describe(folder_.pending, file, is));
  }
  return {};
}

Result<void> QueueListing::list_aside(const OpenFile& from, MessageState state, std::size_t max,
                                      Infos& out) {
  const auto names = names_in(from);
  if (!names) return names.error();
  for (const auto& file : *names) {
    if (out.size() >= max) break;
    auto info = describe(from, file, state);
    info.reason = read_reason(files_, from, file).reason;
    out.push_back(std::move(info));
  }
  return {};
}

Result<std::vector<MessageInfo>> QueueListing::list(std::optional<MessageState> state,
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

Result<MessageInfo> QueueListing::show(std::string_view id) {
  auto all = list(std::nullopt, SIZE_MAX);
  if (!all) return std::move(all).error();
  for (auto& info : *all) {
    if (info.id == id) return std::move(info);
  }
  return Error{Errc::not_found, fmt::format("no message '{}' in the queue", id.substr(0, 80))};
}

Result<std::size_t> QueueListing::retry_dead(std::optional<std::string_view> id, UtcTime now) {
  const auto names = names_in(folder_.dead);
  if (!names) return names.error();
  std::size_t moved = 0;
  for (const auto& file : *names) {
    const auto info = describe(folder_.dead, file, MessageState::dead);
    if (id && info.id != *id) continue;
    const auto priority = info.message ? info.message->priority : Priority::normal;
    // What channels have had it, and whether it may have arrived, is as true as before.
    auto name = QueueName::parse(file).value_or(
        QueueName{.due = {},
                  .priority = priority,
                  .id = is_message_id(info.id) ? info.id : message_id_from(file)});
    name.due = whole_second(now, now);
    name.sequence = writer_.next_sequence();
    name.attempts = 0;
    name.progress.refused = 0;
    const int failure =
        rename_as_new(files_, folder_.dead, file, folder_.pending, name.to_string());
    if (failure == -ENOENT) continue;
    if (failure < 0) return file_error(file, "cannot be put back", failure);
    files_.unlink_at(folder_.dead.fd(), (file + ".reason").c_str(), 0);
    ++moved;
  }
  if (id && moved == 0)
    return Error{Errc::not_found, fmt::format("no dead message '{}'", id->substr(0, 80))};
  if (moved > 0) {
    if (const int failure = files_.fsync(folder_.pending.fd()); failure < 0)
      return file_error(folder_.path, "cannot sync", failure);
  }
  return moved;
}

Result<std::size_t> QueueListing::purge_dead(UtcTime before) {
  const auto names = names_in(folder_.dead);
  if (!names) return names.error();
  std::size_t removed = 0;
  for (const auto& file : *names) {
    if (read_reason(files_, folder_.dead, file).since >= before) continue;
    const int failure = files_.unlink_at(folder_.dead.fd(), file.c_str(), 0);
    if (failure < 0 && failure != -ENOENT) return file_error(file, "cannot be removed", failure);
    files_.unlink_at(folder_.dead.fd(), (file + ".reason").c_str(), 0);
    ++removed;
  }
  return removed;
}

}  // namespace btcw
