// The power is cut while messages are added.
//
// What is simulated: an ext4 file system on a loop device is told to stop at once, without writing
// its journal (what xfstests does): all that the kernel held of it in memory is gone, and the next
// mount replays the journal as after a crash. What is not: a disk that loses or reorders writes it
// has reported as done.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): nanosleep is not in <ctime>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "support/child_process.h"
#include "support/queue_fixture.h"
#include "support/scale.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace btcw::test;

namespace fs = std::filesystem;

namespace {

bool run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;  // NOLINT(cert-env33-c): ours
}

/// A small ext4 file system of its own; its power can be cut.
class Disk {
 public:
  Disk() {
    is_there_ = ::geteuid() == 0 && run("truncate -s 48M '" + image() + "'") &&
                run("mkfs.ext4 -q -F '" + image() + "'") && fs::create_directory(path()) && mount();
  }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  ~Disk() {
    if (is_there_) unmount();
  }
  [[nodiscard]] bool is_there() const { return is_there_; }
  [[nodiscard]] fs::path path() const { return folder_ / "disk"; }
  [[nodiscard]] fs::path outside() const { return folder_.path(); }

  bool mount() { return run("mount -o loop '" + image() + "' '" + path().native() + "'"); }
  bool unmount() { return run("umount '" + path().native() + "'"); }
  bool sync() {
    const int fd = ::open(path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = ::syncfs(fd) == 0;
    ::close(fd);
    return is_synced;
  }
  bool cut_power() {
    constexpr auto kGoingDown = _IOR('X', 125, std::uint32_t);
    std::uint32_t without_journal = 2;
    const int fd = ::open(path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_down = ::ioctl(fd, kGoingDown, &without_journal) == 0;
    ::close(fd);
    return is_down;
  }

 private:
  [[nodiscard]] std::string image() const { return (folder_ / "image").native(); }

  TempFolder folder_;
  bool is_there_ = false;
};

/// Adds single messages and batches until that fails, and notes each id it was told is safe.
int add_until_dark(const fs::path& queue, const fs::path& notes, std::uint64_t seed) {
  const SystemClock clock;
  std::optional<QueueUser> user;
  try {
    user.emplace(queue, clock, seed);
  } catch (const std::runtime_error&) {
    return 0;  // the cut came first
  }
  const int fd = ::open(notes.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  for (int n = 0;; ++n) {
    std::vector<Queue::NewMessage> messages;
    const int count = n % 3 == 0 ? 20 : 1;
    std::string ids;
    for (int i = 0; i < count; ++i) {
      const auto id =
          "s" + std::to_string(seed) + "-" + std::to_string(n) + "-" + std::to_string(i);
      messages.push_back(new_message(id, clock.now()));
      ids += id + "\n";
    }
    if (!user->queue->add(messages)) return 0;
    if (::write(fd, ids.data(), ids.size()) < 0) return 1;
  }
}

std::set<std::string> lines_of(const fs::path& path) {
  std::set<std::string> lines;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return lines;
}

}  // namespace

TEST_CASE("messages whose adding has returned survive a power cut, and none is visible in part") {
  const int cuts = scale("BTCW_POWER_CUTS", 3);
  Disk disk;
  if (!disk.is_there()) {
    WARN("skipped: it takes root, loop devices and mkfs.ext4");
    return;
  }
  std::mt19937 random{11};
  const SystemClock clock;
  std::size_t safe = 0;
  std::size_t unsafe = 0;
  int unsynced_lost = 0;
  for (int cut = 0; cut < cuts; ++cut) {
    CAPTURE(cut);
    const auto first_seed = static_cast<std::uint64_t>(cut) * 2;
    const auto queue = disk.path() / "queue";
    const auto notes = disk.outside() / ("added" + std::to_string(cut));
    {
      std::vector<ChildProcess> producers;
      for (const auto seed : {first_seed, first_seed + 1})
        producers.emplace_back([&, seed] { return add_until_dark(queue, notes, seed); });
      const timespec wait{.tv_sec = 0, .tv_nsec = static_cast<long>(random() % 300) * 1'000'000};
      ::nanosleep(&wait, nullptr);
      // Without any sync: shows that a cut loses what is not safe.
      std::ofstream{disk.path() / "unsynced"} << "text";
      if (!disk.cut_power()) {
        WARN("skipped: this kernel's ext4 cannot be stopped");
        return;
      }
      for (auto& producer : producers) CHECK(producer.wait() == 0);
    }
    REQUIRE(disk.unmount());
    REQUIRE(disk.mount());

    if (lines_of(disk.path() / "unsynced").empty()) ++unsynced_lost;
    fs::remove(disk.path() / "unsynced");
    QueueUser user{queue, clock};
    auto claims = user.queue->take(clock.now() + seconds{60}, 100'000).value();
    std::set<std::string> found;
    for (auto& claim : claims) {
      const auto& message = claim->message();
      CHECK(message.body == "text of " + message.id);
      CHECK(found.insert(message.id).second);
      REQUIRE(user.queue->ack(std::move(claim)));
    }
    CHECK(user.queue->list(MessageState::corrupt, 10).value().empty());
    const auto acknowledged = lines_of(notes);
    CHECK(std::includes(found.begin(), found.end(), acknowledged.begin(), acknowledged.end()));
    safe += acknowledged.size();
    unsafe += found.size() - acknowledged.size();
    // The next cut finds this one's messages gone.
    REQUIRE(disk.sync());
  }
  WARN(cuts << " power cuts: all " << safe << " acknowledged messages were there, and " << unsafe
            << " that nobody was told of; a file that was not synced was lost " << unsynced_lost
            << " times");
  CHECK(safe > 0);
}
