#include "btcw/base/paths.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

using std::filesystem::path;

std::optional<path> absolute_path(const Environment& environment, std::string_view name) {
  const auto value = environment.get(name);
  if (!value || !value->starts_with('/')) return std::nullopt;
  return path{*value};
}

std::optional<path> home_of_user() {
  std::array<char, 16'384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  const int failure = ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  if (failure != 0 || found == nullptr || found->pw_dir == nullptr) return std::nullopt;
  if (found->pw_dir[0] != '/') return std::nullopt;
  return path{found->pw_dir};
}

// Asked for the home folder only when a variable is missing: the passwd entry may come over the
// network.
class Homes {
 public:
  explicit Homes(const Environment& environment) : environment_{environment} {}

  Result<path> base(std::string_view variable, std::string_view below_home) {
    if (auto set = absolute_path(environment_, variable)) return *set;
    if (!home_) home_ = absolute_path(environment_, "HOME");
    if (!home_) home_ = home_of_user();
    if (!home_) {
      return Error{Errc::invalid_input, "no home folder: set HOME or " + std::string{variable}};
    }
    return *home_ / below_home;
  }

 private:
  const Environment& environment_;
  std::optional<path> home_;
};

std::string shown(const path& folder) { return quoted(folder.native(), 200); }

Error failed(const path& folder, int reason) {
  return {Errc::unavailable,
          "folder " + shown(folder) + ": " + std::generic_category().message(reason)};
}

// 0, or errno.
int make_one(const path& folder) {
  if (::mkdir(folder.c_str(), S_IRWXU) == 0) return 0;
  const int reason = errno;
  // Also what cannot be made (a parent on a read-only disk) is fine as long as it is there.
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) return reason;
  return S_ISDIR(found.st_mode) ? 0 : ENOTDIR;
}

}  // namespace

Result<Paths> find_paths(const Environment& environment) {
  Homes homes{environment};
  auto config = homes.base("XDG_CONFIG_HOME", ".config");
  if (!config) return std::move(config).error();
  auto state = homes.base("XDG_STATE_HOME", ".local/state");
  if (!state) return std::move(state).error();
  auto cache = Result<path>{path{}};
  if (auto runtime = absolute_path(environment, "XDG_RUNTIME_DIR")) {
    cache = *runtime;
  } else {
    cache = homes.base("XDG_CACHE_HOME", ".cache");
  }
  if (!cache) return std::move(cache).error();
  return Paths{.config_file = *config / "btcw" / "config.toml",
               .state_dir = *state / "btcw",
               .cache_dir = *cache / "btcw"};
}

Result<void> make_private_folder(const path& folder) {
  if (folder.empty()) return failed(folder, ENOENT);
  path so_far;
  for (const path& part : folder) {
    so_far /= part;
    if (const int reason = make_one(so_far); reason != 0) return failed(so_far, reason);
  }
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) return failed(folder, errno);
  if (found.st_uid != ::geteuid()) {
    return Error{Errc::rejected, "folder " + shown(folder) + " belongs to another user"};
  }
  return {};
}

}  // namespace btcw
