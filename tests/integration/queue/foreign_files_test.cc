// What other programs put into a queue folder, and what they see there.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/written_file.h"

using namespace btcw;
using namespace btcw::test;

namespace fs = std::filesystem;

namespace {

using Ids = std::vector<std::string>;

/// The queue of a consumer that looks a minute after the files were written.
struct Fixture {
  Fixture() : user{folder.path(), system} {}

  std::vector<std::unique_ptr<Claim>> take() {
    auto taken = user.queue->take(system.now() + seconds{60}, 100'000);
    REQUIRE(taken.has_value());
    return *std::move(taken);
  }
  std::vector<MessageInfo> corrupt() {
    return user.queue->list(MessageState::corrupt, SIZE_MAX).value();
  }

  TempFolder folder;
  SystemClock system;
  QueueUser user;
};

std::string texts_of(const std::vector<std::unique_ptr<Claim>>& claims) {
  std::string texts;
  for (const auto& claim : claims) texts += claim->message().body + " ";
  return texts;
}

}  // namespace

TEST_CASE("files of other writers are drained under any name") {
  const auto* name = GENERATE("2026-11-22T10:00:00.123456_1a2b3c4d.json",
                              "20261122_100000_123456.json", "a.json", "a b\nc.json", "-rf.json",
                              "%n$(id)`id`;'\".json", "\xff\xfe.json", "\xe2\x82\xbf.json");
  CAPTURE(name);
  Fixture queue;
  written(queue.folder, name, R"({"message":"a","channel":"x","unknown":17})");

  auto claims = queue.take();

  REQUIRE(claims.size() == 1);
  CHECK(claims[0]->message().body == "a");
  CHECK(claims[0]->message().channels == Ids{"x"});
  CHECK(claims[0]->message().extra_json == R"({"unknown":17})");
  const auto id = claims[0]->message().id;
  // Put off, it is named like one of ours, and keeps its id.
  REQUIRE(queue.user.queue->postpone(std::move(claims[0]), queue.system.now(),
                                     Queue::Attempt::counts, {}));
  claims = queue.take();
  REQUIRE(claims.size() == 1);
  CHECK(claims[0]->message().id == id);
  CHECK(claims[0]->attempts() == 1);
  REQUIRE(queue.user.queue->ack(std::move(claims[0])));
  CHECK(names_in(queue.folder.path()).empty());
}

TEST_CASE("a file dated in the future is not held back") {
  Fixture queue;
  const auto path = written(queue.folder, "a.json", R"({"text":"a"})");
  fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::hours{24});
  CHECK(queue.take().size() == 1);
}

TEST_CASE("a file that another program is still writing is left alone for ten seconds") {
  const auto* begun = GENERATE("", "{", R"({"text":"a)", R"({"text":"a"}{)");
  Fixture queue;
  written(queue.folder, "a.json", begun);
  CHECK(queue.user.queue->take(queue.system.now(), 10).value().empty());
  CHECK(names_in(queue.folder.path()) == Ids{"a.json"});
  written(queue.folder, "a.json", R"({"text":"a"})");
  CHECK(texts_of(queue.user.queue->take(queue.system.now(), 10).value()) == "a ");

  written(queue.folder, "b.json", begun);
  CHECK(texts_of(queue.take()) == "a ");  // a minute later
  REQUIRE(queue.corrupt().size() == 1);
  CHECK(queue.corrupt()[0].id == "b.json");
  CHECK(queue.corrupt()[0].reason.starts_with("not a message: not JSON"));
}

TEST_CASE("what is no message is put aside as it was, with the reason, and is in nobody's way") {
  Fixture queue;
  const auto secret = written(queue.folder, ".outside", R"({"text":"not for delivery"})");
  fs::create_symlink(secret, queue.folder / "link.json");
  fs::create_symlink("nowhere", queue.folder / "dangling.json");
  fs::create_symlink("loop.json", queue.folder / "loop.json");
  REQUIRE(::mkfifo((queue.folder / "fifo.json").c_str(), 0600) == 0);
  fs::create_directory(queue.folder / "folder.json");
  written(queue.folder, "folder.json/inside.json", R"({"text":"not for delivery"})");
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = (queue.folder / "socket.json").native();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  written(queue.folder, "large.json", R"({"text":")" + std::string(1024 * 1024, 'a') + "\"}");
  written(queue.folder, "list.json", "[]");
  const std::string long_name = std::string(250, 'n') + ".json";
  written(queue.folder, long_name, "x");
  written(queue.folder, "good.json", R"({"text":"good"})");

  CHECK(texts_of(queue.take()) == "good ");

  struct Case {
    std::string_view name;
    std::string_view reason;
  };
  const auto found = queue.corrupt();
  CHECK(found.size() == 9);
  for (const auto& [name, reason] :
       {Case{"link.json", "a symbolic link"}, Case{"dangling.json", "a symbolic link"},
        Case{"loop.json", "a symbolic link"}, Case{"fifo.json", "not a regular file"},
        Case{"folder.json", "a folder"}, Case{"socket.json", "not a regular file"},
        Case{"large.json", "larger than 1048576 bytes"}, Case{"list.json", "not a JSON object"}}) {
    CAPTURE(name);
    const auto info = queue.user.queue->show(name);
    REQUIRE(info.has_value());
    CHECK(info->state == MessageState::corrupt);
    CHECK(info->reason.find(reason) != std::string::npos);
  }
  CHECK(fs::file_size(queue.folder / ".corrupt/list.json") == 2);
  CHECK(fs::exists(secret));
  CHECK(fs::exists(queue.folder / ".corrupt/folder.json/inside.json"));
  CHECK(queue.user.log.count(LogLevel::warning, "put aside what is no message") == 9);
  CHECK(queue.take().size() == 1);
  ::close(socket);
}

TEST_CASE("a large file is put aside at once, young as it is") {
  Fixture queue;
  written(queue.folder, "large.json", R"({"text":")" + std::string(1024 * 1024, 'a') + "\"}");
  CHECK(queue.user.queue->take(queue.system.now(), 10).value().empty());
  CHECK(queue.corrupt().size() == 1);
}

TEST_CASE("a message of ours that cannot be read any more is put aside, whatever its age") {
  Fixture queue;
  written(queue.folder, "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.json", "{\"text");
  CHECK(queue.user.queue->take(queue.system.now(), 10).value().empty());
  CHECK(queue.corrupt().size() == 1);
}

TEST_CASE("a file without permission to read is put aside") {
  if (::geteuid() == 0) {
    WARN("skipped: root reads everything");
    return;
  }
  Fixture queue;
  fs::permissions(written(queue.folder, "a.json", R"({"text":"a"})"), fs::perms::none);
  CHECK(queue.take().empty());
  REQUIRE(queue.corrupt().size() == 1);
  CHECK(queue.corrupt()[0].reason == "cannot be read");
}

TEST_CASE("among thousands of hostile files every message is delivered") {
  Fixture queue;
  std::mt19937 random{7};
  const std::string whole = R"({"text":"good","meta":{"a":[1,2,3]}})";
  int good = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes;
    switch (i % 6) {
      case 0:
        bytes = whole;
        ++good;
        break;
      case 1:
        bytes = whole.substr(0, random() % whole.size());
        break;
      case 2:
        for (auto n = random() % 300; n > 0; --n) bytes.push_back(static_cast<char>(random()));
        break;
      case 3:
        bytes = std::string(random() % 20'000, '[');
        break;
      case 4:
        bytes = "{\"text\":" + std::string(random() % 3, '{') + "}";
        break;
      default:
        bytes.assign(random() % 100, '\0');
        break;
    }
    std::string name = "f" + std::to_string(i);
    for (auto n = random() % 10; n > 0; --n) name.push_back("\n ;'*\t\x01\xc3"[random() % 8]);
    written(queue.folder, name + ".json", bytes);
  }
  const auto claims = queue.take();
  CHECK(claims.size() == static_cast<std::size_t>(good));
  const auto corrupt = queue.corrupt();
  CHECK(corrupt.size() == static_cast<std::size_t>(3000 - good));
  for (const auto& info : corrupt) {
    if (info.reason.empty()) FAIL(info.id);
  }
}

TEST_CASE("Python's glob, json.load and os.remove work on the files of a queue") {
  if (std::system("python3 -c pass") != 0) {  // NOLINT(cert-env33-c): a fixed text
    WARN("skipped: no python3");
    return;
  }
  Fixture queue;
  const auto now = queue.system.now();
  std::vector messages{new_message("b", now), new_message("c", now, Priority::low),
                       new_message("a", now, Priority::urgent)};
  messages[0].message.title = "\xe2\x82\xbf";
  REQUIRE(queue.user.queue->add(messages));
  const auto script = written(queue.folder, ".reader.py", R"(
import glob, json, os, sys
folder = sys.argv[1]
ids = []
for path in sorted(glob.glob(folder + "/*.json")):
    with open(path, encoding="utf-8") as f:
        message = json.load(f)
    assert message["text"] == "text of " + message["id"], message
    ids.append(message["id"])
    if message["id"] != "c":
        os.remove(path)
assert ids == ["a", "b", "c"], ids
)");
  const auto command = "python3 '" + script.native() + "' '" + queue.folder.path().native() + "'";
  CHECK(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c): a fixed text
  CHECK(ids_of(queue.take()) == Ids{"c"});
}

TEST_CASE("a message that a reader of another program removes is nobody's trouble") {
  Fixture queue;
  REQUIRE(queue.user.queue->add(std::vector{new_message("a", queue.system.now())}));
  const int end = GENERATE(0, 1, 2);
  auto claims = queue.take();
  REQUIRE(claims.size() == 1);
  fs::remove(queue.folder / claims[0]->ticket());
  if (end == 0) CHECK(queue.user.queue->ack(std::move(claims[0])).has_value());
  if (end == 1) {
    CHECK(queue.user.queue
              ->postpone(std::move(claims[0]), queue.system.now(), Queue::Attempt::counts, {})
              .has_value());
  }
  if (end == 2) CHECK(queue.user.queue->bury(std::move(claims[0]), "no", {}).has_value());
  CHECK(queue.take().empty());
  CHECK(names_in(queue.folder / ".dead").empty());
}
