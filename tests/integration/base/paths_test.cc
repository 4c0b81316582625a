// Folders on a real disk, and the real passwd entry.
#include "btcw/base/paths.h"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/temp_folder.h"

using namespace btcw;
using btcw::test::TempFolder;

namespace {

constexpr uid_t kNobodyKnown = 3'999'999'999;  // no passwd entry

unsigned mode_of(const std::filesystem::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

// The exit code of `child`, run as a user without a passwd entry; -1 where we may not become one.
template <typename Child>
int run_as_nobody_known(Child child) {
  if (::geteuid() != 0) return -1;
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(::setuid(kNobodyKnown) == 0 ? child() : 99);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

}  // namespace

TEST_CASE("without HOME the passwd entry has the home folder") {
  const passwd* const user = ::getpwuid(::getuid());
  if (user == nullptr) return;
  const auto paths = find_paths(Environment{});
  REQUIRE(paths.has_value());
  CHECK(paths->state_dir == std::filesystem::path{user->pw_dir} / ".local/state/btcw");
  const auto relative = find_paths(Environment{{{"HOME", "relative"}}});
  CHECK(relative->state_dir == paths->state_dir);
}

TEST_CASE("a user without any home folder is told what to set") {
  const int code = run_as_nobody_known([] {
    const auto paths = find_paths(Environment{});
    const auto without_home = find_paths(Environment{
        {{"XDG_CONFIG_HOME", "/c"}, {"XDG_STATE_HOME", "/s"}, {"XDG_RUNTIME_DIR", "/r"}}});
    const bool told = !paths && paths.error().code == Errc::invalid_input &&
                      paths.error().message == "no home folder: set HOME or XDG_CONFIG_HOME";
    return told && without_home ? 0 : 1;
  });
  if (code == -1) WARN("skipped: needs root to become a user without a passwd entry");
  CHECK((code == 0 || code == -1));
}

TEST_CASE("private folders are made with their parents, for the user alone") {
  const TempFolder temp;
  const auto folder = temp / "a" / "b" / "btcw";
  REQUIRE(make_private_folder(folder).has_value());
  CHECK(mode_of(folder) == 0700);
  CHECK(mode_of(temp / "a") == 0700);
  CHECK(make_private_folder(folder).has_value());  // again
  CHECK(make_private_folder(temp / "c" / "").has_value());
}

TEST_CASE("a folder that is there keeps its mode") {
  const TempFolder temp;
  const auto folder = temp / "mine";
  REQUIRE(::mkdir(folder.c_str(), 0755) == 0);
  REQUIRE(::chmod(folder.c_str(), 0755) == 0);
  CHECK(make_private_folder(folder).has_value());
  CHECK(mode_of(folder) == 0755);
}

TEST_CASE("a folder that cannot be made is an error with the system's reason") {
  const TempFolder temp;
  std::ofstream{temp / "file"} << "x";
  const auto below_file = make_private_folder(temp / "file" / "btcw");
  REQUIRE_FALSE(below_file.has_value());
  CHECK(below_file.error().code == Errc::unavailable);
  CHECK(below_file.error().message.find("Not a directory") != std::string::npos);
  CHECK_FALSE(make_private_folder(temp / "file").has_value());
  CHECK_FALSE(make_private_folder({}).has_value());
  CHECK_FALSE(make_private_folder(temp / std::string(300, 'x')).has_value());
  std::filesystem::create_symlink("nowhere", temp / "dangling");
  CHECK_FALSE(make_private_folder(temp / "dangling").has_value());
}

TEST_CASE("a folder of another user is refused") {
  const TempFolder temp;
  const auto folder = temp / "theirs";
  REQUIRE(::mkdir(folder.c_str(), 0777) == 0);
  REQUIRE(::chmod(temp.path().c_str(), 0755) == 0);
  const int code = run_as_nobody_known([&] {
    const auto made = make_private_folder(folder);
    return !made && made.error().code == Errc::rejected ? 0 : 1;
  });
  if (code == -1) WARN("skipped: needs root to become another user");
  CHECK((code == 0 || code == -1));
}
