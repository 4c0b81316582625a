#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/queue/file_queue.h"
#include "support/faulty_files.h"
#include "support/recording_log.h"
#include "support/seeded_random.h"
#include "support/temp_folder.h"

namespace btcw::test {

/// A message of that id and text that is due at `due`.
inline Queue::NewMessage new_message(std::string_view id, UtcTime due,
                                     Priority priority = Priority::normal) {
  Notification message{.id = std::string{id}, .body = "text of " + std::string{id}, .created = due};
  message.priority = priority;
  return {.message = std::move(message), .due = due};
}

/// What a process needs to work on a queue folder. After a fork, the child makes its own.
struct QueueUser {
  explicit QueueUser(const std::filesystem::path& folder, const Clock& clock,
                     std::uint64_t seed = 1)
      : random{seed} {
    auto opened = open_file_queue(folder, {files, clock, random, log});
    if (!opened) throw std::runtime_error{opened.error().message};
    queue = *std::move(opened);
  }

  FaultyFiles files;
  SeededRandom random;
  RecordingLog log;
  std::unique_ptr<Queue> queue;
};

/// The names in a folder, sorted; its own sub-folders and whatever begins with '.' left out.
inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    auto name = entry.path().filename().native();
    if (name.front() != '.') names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The ids of claims, in their order.
inline std::vector<std::string> ids_of(const std::vector<std::unique_ptr<Claim>>& claims) {
  std::vector<std::string> ids;
  for (const auto& claim : claims) ids.push_back(claim->message().id);
  return ids;
}

}  // namespace btcw::test
