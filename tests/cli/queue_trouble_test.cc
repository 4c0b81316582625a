// A queue on a disk without room, and one full of what is no message, through the program.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "notify_desk.h"
#include "support/sanitizer.h"

namespace fs = std::filesystem;
using btcw::test::Desk;
using btcw::test::lines_in;
using btcw::test::Outcome;
using btcw::test::Sandbox;
using btcw::test::text_of;

namespace {

/// Runs a line of the shell in which $BTCW is the program with the desk's configuration.
Outcome shell(const Desk& desk, const std::string& line) {
  const Sandbox sandbox{"/bin/sh"};
  const auto config = desk.sandbox.root() / "shell.toml";
  return sandbox.run(btcw::test::Invocation{
      .arguments = {"-c", "BTCW='" BTCW_EXECUTABLE " --config " + config.string() + "'\n" + line}});
}

/// A desk that a shell can use too, with the queue wherever it should be.
void write_config(const Desk& desk, const fs::path& queue) {
  desk.sandbox.write_file("shell.toml", "[general]\nstate_dir = \"" + desk.state().string() +
                                            "\"\n[queue]\ndir = \"" + queue.string() + "\"\n");
}

/// A file system in memory of that size; nothing where that is not allowed.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path place, const std::string& size = "64k") : place_{std::move(place)} {
    fs::create_directories(place_);
    const std::string options = "mode=0700,size=" + size;
    there_ = ::mount("none", place_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (there_) ::umount2(place_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool there() const { return there_; }

 private:
  fs::path place_;
  bool there_ = false;
};

std::set<std::string> visible_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder}) {
    const std::string name = entry.path().filename();
    if (!name.starts_with('.')) names.insert(name);
  }
  return names;
}

void make_old(const fs::path& path) {
  const timespec times[2] = {{.tv_sec = 1'700'000'000, .tv_nsec = 0},
                             {.tv_sec = 1'700'000'000, .tv_nsec = 0}};
  ::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
}

/// The n-th of ten thousand files that have no business in a queue.
void put_hostile(const fs::path& queue, int n) {
  const std::string number = std::to_string(n);
  const fs::path path = queue / (n % 3 == 0   ? "a file\n" + number + ".json"
                                 : n % 3 == 1 ? "20261122T100000Z-n-" + number + ".json"
                                              : "--" + number + " '\"$(x)\xff.json");
  const auto write = [&](const std::string& text) { std::ofstream{path} << text; };
  switch (n % 10) {
    case 0:
      write(R"({"text":"cut sho)");
      break;
    case 1:
      write(std::string("\x7f\x45LF\0\1\2\3", 8));
      break;
    case 2:
      write(std::string(5000, '['));
      break;
    case 3:
      ::symlink("/etc/passwd", path.c_str());
      break;
    case 4:
      ::mkfifo(path.c_str(), 0600);
      break;
    case 5:
      fs::create_directory(path);
      break;
    case 6:
      write("{\"text\":\"\xff\xfe\"}");
      break;
    case 7:
      write(R"([{"text":"a list"}])");
      break;
    case 8:
      write(R"({"nothing":"to say"})");
      break;
    default:
      write("");
      ::truncate(path.c_str(), n % 100 == 9 ? 1LL << 40 : 0);
      break;
  }
  make_old(path);
}

}  // namespace

TEST_CASE("on a full disk notify fails with a reason, nothing is visible, and the queue drains") {
  const Desk desk;
  const fs::path disk = desk.sandbox.root() / "disk";
  const SmallDisk small{disk};
  if (!small.there()) {
    WARN("skipped: a file system cannot be mounted here");
    return;
  }
  const fs::path queue = disk / "queue";
  write_config(desk, queue);
  // A message takes a page, and the folders one each.
  const Outcome filled = shell(desk, "while $BTCW notify hello; do :; done");
  CHECK_THAT(filled.err, Catch::Contains("No space left on device"));
  const std::size_t added = lines_in(filled.out);
  CHECK(added > 5);
  CHECK(visible_in(queue).size() == added);

  const Outcome single = shell(desk, "$BTCW notify hello; echo $?");
  CHECK(single.out == "1\n");
  CHECK(lines_in(single.err) == 1);
  const Outcome bulk =
      shell(desk, "yes '{\"text\":\"a\"}' | head -n 500 | $BTCW notify --ndjson; echo $?");
  CHECK(bulk.out == "1\n");
  CHECK(visible_in(queue).size() == added);
  CHECK(fs::is_empty(queue / ".tmp"));

  const Outcome drained = shell(desk, "$BTCW queue-drain --json; echo $?");
  CHECK_THAT(drained.out, Catch::Contains("{\"delivered\":" + std::to_string(added) +
                                          ",\"deferred\":0,\"dead\":0,\"pending\":0}\n0\n"));
  CHECK(lines_in(text_of(desk.state() / "notifications.ndjson")) == added);
}

TEST_CASE("what cannot be delivered from a full disk is put off, and delivered from it later") {
  const Desk desk;
  const fs::path disk = desk.sandbox.root() / "disk";
  const SmallDisk small{disk};
  if (!small.there()) {
    WARN("skipped: a file system cannot be mounted here");
    return;
  }
  // All of it on the full disk: the queue, the state, and the file that messages go to.
  desk.sandbox.write_file("shell.toml", "[general]\nstate_dir = \"" + disk.string() +
                                            "\"\n[channel.out]\ntype = \"file\"\npath = \"" +
                                            (disk / "out").string() + "\"\n");
  const Outcome filled = shell(desk, "while $BTCW notify hello; do :; done");
  CHECK_THAT(filled.err, Catch::Contains("No space left on device"));
  const std::size_t added = visible_in(disk / "queue").size();
  REQUIRE(added > 3);
  const Outcome drained = shell(desk, "$BTCW queue-drain; echo $?");
  CAPTURE(drained.err);
  const std::size_t left = visible_in(disk / "queue").size();
  const auto delivered = fs::exists(disk / "out") ? lines_in(text_of(disk / "out")) : 0;
  CHECK(delivered + left == added);
}

TEST_CASE("a file size limit is an error like a full disk, and nothing is visible") {
  if (btcw::test::kSanitized) {
    WARN("skipped: a sanitizer writes files of its own and dies of the limit");
    return;
  }
  const Desk desk;
  write_config(desk, desk.queue());
  const Outcome outcome = shell(desk, "ulimit -f 0; $BTCW notify hello; echo $?");
  CHECK(outcome.out == "1\n");
  CHECK_THAT(outcome.err, Catch::Contains("File too large"));
  CHECK(visible_in(desk.queue()).empty());
  CHECK(fs::is_empty(desk.queue() / ".tmp"));
}

TEST_CASE("a program that a channel runs has the usual signals") {
  const Desk desk;
  desk.sandbox.write_file(
      "shell.toml",
      "[general]\nstate_dir = \"" + desk.state().string() +
          "\"\n[channel.p]\ntype = \"exec\"\ncommand = [\"/bin/sh\", \"-c\", \"grep -E "
          "'^Sig(Blk|Ign)' /proc/self/status >" +
          (desk.sandbox.root() / "signals").string() + "\"]\n");
  CHECK(
      shell(desk, "$BTCW notify hello && $BTCW queue-drain --follow --max 1; echo $?").exit_code ==
      0);
  std::ifstream signals{desk.sandbox.root() / "signals"};
  std::string name;
  std::string bits;
  int sets = 0;
  for (; signals >> name >> bits; ++sets) {
    CAPTURE(name, bits);
    // Not those above 31: the C library has two of its own there.
    CHECK((std::stoull(bits, nullptr, 16) & 0x7fffffffU) == 0);
  }
  CHECK(sets == 2);
}

TEST_CASE(
    "among ten thousand hostile files every message is delivered, the rest put aside with why") {
  const Desk desk;
  // Where it may: disks take their time to forget so many files.
  const SmallDisk disk{desk.queue(), "300m"};
  REQUIRE(desk.run({"queue-drain"}).exit_code == 0);
  constexpr int kHostile = btcw::test::kSanitized ? 1'000 : 10'000;
  constexpr std::size_t kMessages = 500;
  std::string lines;
  for (std::size_t i = 0; i < kMessages; ++i)
    lines += "{\"text\":\"good " + std::to_string(i) + "\"}\n";
  REQUIRE(desk.run({"notify", "--ndjson"}, lines).exit_code == 0);
  for (int n = 0; n < kHostile; ++n) put_hostile(desk.queue(), n);

  const Outcome drained = desk.run({"queue-drain", "-q", "--json"});
  CHECK(drained.exit_code == 0);
  CHECK(drained.out == "{\"delivered\":500,\"deferred\":0,\"dead\":0,\"pending\":0}\n");
  const std::string delivered = text_of(desk.state() / "notifications.ndjson");
  CHECK(lines_in(delivered) == kMessages);
  for (std::size_t i = 0; i < kMessages; ++i) {
    CHECK(delivered.find("\"good " + std::to_string(i) + "\"") != std::string::npos);
  }
  CHECK(visible_in(desk.queue()).empty());
  std::size_t aside = 0;
  std::size_t reasons = 0;
  for (const auto& entry : fs::directory_iterator{desk.queue() / ".corrupt"}) {
    (entry.path().extension() == ".reason" ? reasons : aside) += 1;
  }
  CHECK(aside == kHostile);
  CHECK(reasons == kHostile);
  CHECK(lines_in(desk.run({"queue-drain", "--list", "--state", "corrupt"}).out) == kHostile);
}
