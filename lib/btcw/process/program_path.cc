#include "btcw/process/program_path.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

constexpr std::size_t kShownBytes = 80;

bool is_program(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<std::string> find_program(const std::string& name, const Environment& environment) {
  if (name.find('/') != std::string::npos) {
    if (is_program(name)) return name;
    return Error{Errc::not_found, fmt::format("no such program: {}", quoted(name, kShownBytes))};
  }
  std::string_view folders = environment.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  while (!folders.empty()) {
    const std::size_t colon = std::min(folders.find(':'), folders.size());
    const std::string_view folder = folders.substr(0, colon);
    folders.remove_prefix(std::min(colon + 1, folders.size()));
    if (folder.empty() || folder.front() != '/') continue;  // not out of the working folder
    std::string path = fmt::format("{}/{}", folder, name);
    if (is_program(path)) return path;
  }
  return Error{Errc::not_found,
               fmt::format("no such program in $PATH: {}", quoted(name, kShownBytes))};
}

}  // namespace btcw
