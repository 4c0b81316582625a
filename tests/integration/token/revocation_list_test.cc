#include "btcw/token/revocation_list.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "support/run_btcw.h"
#include "support/sanitizer.h"

using btcw::Errc;
using btcw::from_unix_ms;
using btcw::seconds;
using btcw::UtcTime;
using btcw::test::Sandbox;
using btcw::token::Revocation;
using btcw::token::RevocationList;

namespace {

const UtcTime kNow = from_unix_ms(1'800'000'000'000);

// A folder of its own; nothing is run in it.
struct Folder {
  Sandbox sandbox{"/bin/true"};
  std::filesystem::path file = sandbox.root() / "revoked";

  [[nodiscard]] std::string text() const {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  void write(const std::string& text) const {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
  }
};

Revocation revocation(const std::string& jti, seconds lifetime = std::chrono::hours{1}) {
  return {.jti = jti, .until = kNow + lifetime, .revoked_at = kNow};
}

std::vector<Revocation> many(int count, seconds lifetime = std::chrono::hours{1}) {
  std::vector<Revocation> all;
  for (int i = 0; i < count; ++i) all.push_back(revocation("jti-" + std::to_string(i), lifetime));
  return all;
}

void add(const Folder& folder, const std::vector<Revocation>& revocations) {
  const auto added = RevocationList{folder.file}.add(revocations);
  if (!added) FAIL(added.error().message);
}

bool is_revoked(const Folder& folder, const std::string& jti) {
  const auto found = RevocationList{folder.file}.contains(jti);
  if (!found) FAIL(found.error().message);
  return *found;
}

}  // namespace

TEST_CASE("without a file nothing is revoked") {
  const Folder folder;
  CHECK_FALSE(is_revoked(folder, "a"));
  CHECK(RevocationList{folder.file}.list()->empty());
  CHECK(RevocationList{folder.file}.prune(kNow).value() == 0);
  CHECK_FALSE(std::filesystem::exists(folder.file));
}

TEST_CASE("what is revoked is found by every list, and nothing else is") {
  const Folder folder;
  const std::vector<std::string> ids{"a",   "b c",  "quote\"", "line\nend",          "é€😀",
                                     "\\u", "\x7f", "a.b.c",   std::string(512, 'x')};
  for (const std::string& id : ids) add(folder, {revocation(id)});
  for (const std::string& id : ids) {
    CAPTURE(id);
    CHECK(is_revoked(folder, id));
    CHECK_FALSE(is_revoked(folder, id + "x"));
    CHECK_FALSE(is_revoked(folder, id.substr(1)));
  }
  CHECK(RevocationList{folder.file}.list()->size() == ids.size());
  struct stat status {};
  ::stat(folder.file.c_str(), &status);
  CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("an identity that is empty or too long is refused, and nothing is added") {
  const Folder folder;
  for (const std::string& bad : {std::string{}, std::string(513, 'x')}) {
    const auto added =
        RevocationList{folder.file}.add(std::vector{revocation("good"), revocation(bad)});
    REQUIRE_FALSE(added.has_value());
    CHECK(added.error().code == Errc::invalid_input);
  }
  CHECK_FALSE(is_revoked(folder, "good"));
}

TEST_CASE("revoking again keeps one record, with the later end") {
  const Folder folder;
  add(folder,
      {revocation("a", seconds{10}), revocation("a", seconds{99}), revocation("a", seconds{5})});
  const auto listed = RevocationList{folder.file}.list();
  REQUIRE(listed->size() == 1);
  CHECK(listed->front().until == kNow + seconds{99});
  add(folder, {{.jti = "a", .revoked_at = kNow}});
  CHECK(RevocationList{folder.file}.list()->front().until == std::nullopt);
}

TEST_CASE("many records are put in order, and all are found, also by a list that was open") {
  const Folder folder;
  RevocationList open{folder.file};
  CHECK_FALSE(open.contains("jti-7").value());
  add(folder, many(3000));
  add(folder, {revocation("late")});
  for (int i = 0; i < 3000; i += 7) {
    const std::string id = "jti-" + std::to_string(i);
    CAPTURE(id);
    CHECK(open.contains(id).value());
    if (i % 91 == 0) CHECK(is_revoked(folder, id));
  }
  CHECK(open.contains("late").value());
  CHECK_FALSE(open.contains("jti-3000").value());
  for (int i = 3000; i < 3200; ++i) CHECK_FALSE(is_revoked(folder, "jti-" + std::to_string(i)));
  add(folder, {revocation("later")});
  CHECK(open.contains("later").value());
}

TEST_CASE("pruning forgets what expired longer ago than any leeway, and nothing else") {
  const Folder folder;
  add(folder, {revocation("old", seconds{-301}),
               revocation("recent", seconds{-299}),
               revocation("valid"),
               {.jti = "for good", .revoked_at = kNow}});
  CHECK(RevocationList{folder.file}.prune(kNow).value() == 1);
  CHECK_FALSE(is_revoked(folder, "old"));
  CHECK(is_revoked(folder, "recent"));
  CHECK(is_revoked(folder, "valid"));
  CHECK(is_revoked(folder, "for good"));
  CHECK(RevocationList{folder.file}.prune(kNow + std::chrono::hours{24}).value() == 2);
  CHECK(RevocationList{folder.file}.list()->size() == 1);
}

TEST_CASE("a record that was cut off at the end never counted, and the next one mends the file") {
  const Folder folder;
  add(folder, many(50));
  const std::string whole = folder.text();
  add(folder, {revocation("torn")});
  const std::string with_torn = folder.text();
  for (std::size_t size = whole.size(); size < with_torn.size(); ++size) {
    CAPTURE(size);
    folder.write(with_torn.substr(0, size));
    CHECK_FALSE(is_revoked(folder, "torn"));
    CHECK(is_revoked(folder, "jti-49"));
    add(folder, {revocation("next")});
    CHECK(is_revoked(folder, "next"));
    CHECK(is_revoked(folder, "jti-49"));
    CHECK_FALSE(is_revoked(folder, "torn"));
  }
}

TEST_CASE("a first write that was cut off leaves a file without records") {
  const Folder folder;
  add(folder, {revocation("a")});
  const std::string whole = folder.text();
  for (std::size_t size = 0; size < btcw::token::kFileHeaderBytes - 1; ++size) {
    folder.write(whole.substr(0, size));
    CAPTURE(size);
    CHECK_FALSE(is_revoked(folder, "a"));
    add(folder, {revocation("b")});
    CHECK(is_revoked(folder, "b"));
  }
}

TEST_CASE("no byte of the file can change without an error, or the revocation still being seen") {
  const Folder folder;
  add(folder, many(600));
  REQUIRE(RevocationList{folder.file}.prune(kNow).has_value());
  add(folder, {revocation("tail-1"), revocation("tail-2")});
  const std::string whole = folder.text();
  REQUIRE(whole.size() > 30000);
  // One in the sorted part, one behind it; every byte of their lines and a part of the others'.
  for (const std::string& id : {std::string{"jti-300"}, std::string{"tail-1"}}) {
    const std::size_t line = whole.find('"' + id + '"');
    for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
      const bool is_near = at + 60 > line && at < line + 60;
      if (!is_near && at > 45 && at % 41 != 0) continue;
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
      folder.write(damaged);
      const auto found = RevocationList{folder.file}.contains(id);
      if (found && !*found) FAIL(id << " passes with byte " << at << " changed");
      if (!found) CHECK(found.error().code == Errc::bad_data);
    }
  }
}

TEST_CASE("a file whose sorted part is cut short is an error, not an empty list") {
  const Folder folder;
  add(folder, many(600));
  REQUIRE(RevocationList{folder.file}.prune(kNow).has_value());
  const std::string whole = folder.text();
  for (const std::size_t size :
       {whole.size() - 1, whole.size() / 2, std::size_t{100}, std::size_t{41}}) {
    folder.write(whole.substr(0, size));
    CHECK_FALSE(RevocationList{folder.file}.contains("jti-1").has_value());
    CHECK_FALSE(RevocationList{folder.file}.list().has_value());
    CHECK_FALSE(RevocationList{folder.file}.add(many(1)).has_value());
    CHECK_FALSE(RevocationList{folder.file}.prune(kNow).has_value());
  }
}

TEST_CASE("what is no revocation file is an error") {
  const Folder folder;
  for (const std::string& text :
       {std::string(100, '\0'), std::string{"hello\n"}, std::string(41, 'x') + "\n",
        std::string{"{\"revoked\":[]}\n"} + std::string(60, ' ')}) {
    folder.write(text);
    CHECK_FALSE(RevocationList{folder.file}.contains("a").has_value());
    CHECK_FALSE(RevocationList{folder.file}.add(many(1)).has_value());
  }
}

TEST_CASE("repairing leaves out the damaged records and keeps the others") {
  const Folder folder;
  add(folder, many(600));
  std::string text = folder.text();
  const std::size_t line = text.find("\"jti-300\"");
  text[line + 2] = 'X';
  folder.write(text);
  CHECK_FALSE(RevocationList{folder.file}.list().has_value());
  CHECK(RevocationList{folder.file}.repair(kNow).value() == 1);
  CHECK(RevocationList{folder.file}.list()->size() == 599);
  CHECK_FALSE(is_revoked(folder, "jti-300"));
  CHECK(is_revoked(folder, "jti-301"));
}

TEST_CASE("a first line that is damaged can be repaired too") {
  const Folder folder;
  add(folder, many(20));
  std::string text = folder.text();
  text[20] = 'X';
  folder.write(text);
  CHECK_FALSE(RevocationList{folder.file}.contains("jti-1").has_value());
  CHECK(RevocationList{folder.file}.repair(kNow).value() == 1);
  CHECK(is_revoked(folder, "jti-1"));
}

TEST_CASE("a file that cannot be opened is an error") {
  const Folder folder;
  std::filesystem::create_directory(folder.file);
  CHECK_FALSE(RevocationList{folder.file}.contains("a").has_value());
  CHECK_FALSE(RevocationList{folder.file}.add(many(1)).has_value());
  CHECK_FALSE(RevocationList{folder.file / "absent" / "revoked"}.add(many(1)).has_value());
}

TEST_CASE("a hundred thousand revocations do not slow a look-up down") {
  const Folder folder;
  add(folder, many(100'000));
  REQUIRE(RevocationList{folder.file}.prune(kNow).has_value());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    CHECK(is_revoked(folder, "jti-" + std::to_string(i * 997)));
  }
  const auto each = (std::chrono::steady_clock::now() - start) / 100;
  // Some 12 reads of 8 KiB; a slow disk's cache would still be far below.
  CHECK(each < std::chrono::milliseconds{btcw::test::kSanitized ? 100 : 5});
}

TEST_CASE("threads that add at once lose nothing") {
  const Folder folder;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&folder, t] {
      for (int i = 0; i < 40; ++i) {
        RevocationList list{folder.file};
        std::vector<Revocation> batch;
        for (int j = 0; j < 25; ++j) {
          batch.push_back(revocation(std::to_string(t) + '-' + std::to_string(i * 25 + j)));
        }
        if (!list.add(batch)) return;
        static_cast<void>(list.contains("x"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(RevocationList{folder.file}.list()->size() == 8000);
}

TEST_CASE("a list that stays open sees every revocation, however often the file is written anew") {
  const Folder folder;
  add(folder, {revocation("jti-100", seconds{0})});
  RevocationList open{folder.file};
  for (int i = 0; i < 20; ++i) CHECK(open.contains("jti-100").value());
  // As many bytes each time, in a file that may get the number of one that is gone.
  for (int i = 101; i < 400; ++i) {
    const std::string id = "jti-" + std::to_string(i);
    add(folder, {revocation(id, seconds{1000 * (i - 100)})});
    const UtcTime then = kNow + seconds{1000 * (i - 100)};
    REQUIRE(RevocationList{folder.file}.prune(then).value() == 1);
    if (i % 4 != 0) continue;
    const auto found = open.contains(id);
    CAPTURE(id);
    REQUIRE(found.has_value());
    REQUIRE(*found);
    REQUIRE_FALSE(open.contains("jti-100").value());
  }
  std::filesystem::remove(folder.file);
  CHECK_FALSE(open.contains("jti-399").value());
}
