#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace btcw::test {

/// One line a call, appended in one write: what is noted survives kill -9 of whoever noted it.
class CrashNotes {
 public:
  explicit CrashNotes(const std::filesystem::path& path)
      : fd_{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)} {}
  CrashNotes(const CrashNotes&) = delete;
  CrashNotes& operator=(const CrashNotes&) = delete;
  ~CrashNotes() { ::close(fd_); }

  void add(std::string line) const {
    line.push_back('\n');
    if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(9);
  }

  /// How often each line was noted.
  static std::map<std::string, int> read(const std::filesystem::path& path) {
    std::map<std::string, int> counts;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) ++counts[line];
    return counts;
  }

 private:
  int fd_;
};

}  // namespace btcw::test
