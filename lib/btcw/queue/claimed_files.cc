#include "btcw/queue/claimed_files.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <fstream>
#include <sstream>

namespace btcw {

ClaimedFiles ClaimedFiles::read() {
  ClaimedFiles claimed;
  std::ifstream locks{"/proc/locks"};
  std::string line;
  // "1: FLOCK  ADVISORY  WRITE 1234 fd:01:12345 0 EOF": proc(5)
  while (std::getline(locks, line)) {
    std::istringstream words{line};
    std::string number;
    std::string kind;
    std::string advisory;
    std::string access;
    std::string pid;
    std::string file;
    if (words >> number >> kind >> advisory >> access >> pid >> file && kind == "FLOCK")
      claimed.files_.insert(file);
  }
  return claimed;
}

bool ClaimedFiles::contains(const struct stat& file) const {
  return files_.contains(
      fmt::format("{:02x}:{:02x}:{}", major(file.st_dev), minor(file.st_dev), file.st_ino));
}

}  // namespace btcw
