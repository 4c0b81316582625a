#pragma once

#include <spawn.h>

#include <string>
#include <vector>

namespace btcw {

/// What posix_spawn is told about every program that we start: a process group of its own, and no
/// signal that is blocked or ignored because we do so.
class SpawnSettings {
 public:
  SpawnSettings();
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings();

  /// To be added to: the program's descriptors.
  [[nodiscard]] posix_spawn_file_actions_t* actions() { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

/// The form in which posix_spawn takes words and variables; good as long as `texts` is.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace btcw
