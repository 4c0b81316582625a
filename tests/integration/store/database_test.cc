#include "btcw/store/database.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/child_process.h"
#include "support/temp_folder.h"
#include "support/written_file.h"

using namespace btcw;
using test::ChildProcess;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

constexpr std::array kOne{"CREATE TABLE thing(name TEXT PRIMARY KEY, size INTEGER NOT NULL)"};
constexpr std::array kTwo{kOne[0], "ALTER TABLE thing ADD COLUMN colour TEXT"};
constexpr DatabaseOptions kOptions{
    .application_id = 7, .migrations = kOne, .busy_timeout = milliseconds{50}};

Result<Database> open(const fs::path& file, std::span<const char* const> migrations = kOne) {
  return Database::open(file, {.application_id = 7, .migrations = migrations});
}

std::int64_t number(Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  REQUIRE(statement);
  const auto row = statement->step();
  REQUIRE(row);
  REQUIRE(*row);
  return statement->integer(0);
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("a new database is private, in WAL mode and of the latest version") {
  const TempFolder folder;
  const fs::path file = folder / "state/btcw/log.db";

  auto database = open(file, kTwo);

  REQUIRE(database);
  CHECK(mode_of(file) == 0600);
  CHECK(mode_of(file.parent_path()) == 0700);
  CHECK(number(*database, "PRAGMA user_version") == 2);
  CHECK(number(*database, "PRAGMA application_id") == 7);
  CHECK(number(*database, "PRAGMA foreign_keys") == 1);
  CHECK(number(*database, "PRAGMA synchronous") == 1);
  CHECK(number(*database, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'") ==
        1);
  REQUIRE(database->execute("INSERT INTO thing VALUES('a', 1, 'red')"));
  CHECK(mode_of(file.string() + "-wal") == 0600);
}

TEST_CASE("what a transaction committed is there when the file is opened again") {
  const TempFolder folder;
  const fs::path file = folder / "log.db";
  {
    auto database = Database::open(
        file, {.application_id = 7, .migrations = kOne, .synchronous = Synchronous::full});
    REQUIRE(database);
    CHECK(number(*database, "PRAGMA synchronous") == 2);
    auto transaction = Transaction::begin(*database);
    REQUIRE(transaction);
    auto insert = database->prepare("INSERT INTO thing VALUES(?, ?)");
    REQUIRE(insert);
    REQUIRE(insert->bind("a\0b ü").bind(std::int64_t{1}).run());
    REQUIRE(insert->bind("").bind(INT64_MIN).run());
    CHECK(database->changes() == 1);
    REQUIRE(transaction->commit());
    {
      auto undone = Transaction::begin(*database);
      REQUIRE(undone);
      REQUIRE(database->execute("DELETE FROM thing"));
    }
  }

  auto again = open(file, kTwo);

  REQUIRE(again);
  auto rows = again->prepare("SELECT name, size, colour FROM thing ORDER BY size");
  REQUIRE(rows);
  REQUIRE(rows->step().value_or(false));
  CHECK(rows->text(0).empty());
  CHECK_FALSE(rows->is_null(0));
  CHECK(rows->integer(1) == INT64_MIN);
  CHECK(rows->is_null(2));
  CHECK(rows->text(2).empty());
  REQUIRE(rows->step().value_or(false));
  CHECK(rows->text(0) == "a\0b ü");
  CHECK(rows->step().value_or(true) == false);
}

TEST_CASE("a file that is not ours is refused and left as it was") {
  struct Case {
    std::string_view why;
    Errc code;
    std::string_view message;
    void (*make)(const fs::path& file);
  };
  const auto row = GENERATE(values<Case>({
      {"text", Errc::bad_data, "not a database",
       [](const fs::path& file) { std::ofstream{file} << std::string(5000, 'x'); }},
      {"another program's", Errc::rejected, "another program",
       [](const fs::path& file) {
         auto other = Database::open(file, {.application_id = 8, .migrations = kOne});
         REQUIRE(other);
       }},
      {"without a mark, but with tables", Errc::rejected, "another program",
       [](const fs::path& file) {
         auto other = Database::open(file, {});
         REQUIRE(other);
         REQUIRE(other->execute("CREATE TABLE mine(a)"));
       }},
      {"of a newer version", Errc::rejected, "newer than this btcw knows (1)",
       [](const fs::path& file) { REQUIRE(open(file, kTwo)); }},
      {"of a version that cannot be", Errc::bad_data, "version -3",
       [](const fs::path& file) {
         auto other = open(file);
         REQUIRE(other);
         REQUIRE(other->execute("PRAGMA user_version = -3"));
       }},
      {"a link to a good one", Errc::rejected, "symbolic link",
       [](const fs::path& file) {
         const fs::path other = file.string() + ".real";
         REQUIRE(open(other));
         fs::create_symlink(other, file);
       }},
      {"a link to nothing", Errc::rejected, "symbolic link",
       [](const fs::path& file) { fs::create_symlink("/nowhere", file); }},
      {"a folder", Errc::rejected, "not a file",
       [](const fs::path& file) { fs::create_directory(file); }},
      {"a FIFO", Errc::rejected, "not a file",
       [](const fs::path& file) { REQUIRE(::mkfifo(file.c_str(), 0600) == 0); }},
  }));
  CAPTURE(row.why);
  const TempFolder folder;
  const fs::path file = folder / "log.db";
  row.make(file);
  const std::string before = fs::is_regular_file(file) ? bytes_of(file) : "";

  const auto database = open(file);

  REQUIRE_FALSE(database);
  CHECK(database.error().code == row.code);
  CAPTURE(database.error().message);
  CHECK(database.error().message.find(row.message) != std::string::npos);
  CHECK(database.error().message.find("log.db") != std::string::npos);
  if (fs::is_regular_file(file)) CHECK(bytes_of(file) == before);
}

TEST_CASE("a folder on the way may be a link") {
  const TempFolder folder;
  fs::create_directory(folder / "real");
  fs::create_directory_symlink(folder / "real", folder / "state");

  CHECK(open(folder / "state/log.db"));
  CHECK(fs::exists(folder / "real/log.db"));
}

TEST_CASE("a migration that fails leaves the version before it") {
  const TempFolder folder;
  const fs::path file = folder / "log.db";
  REQUIRE(open(file));
  constexpr std::array kBroken{kOne[0], "ALTER TABLE thing ADD COLUMN colour TEXT; DROP TABLE no"};

  const auto database = open(file, kBroken);

  REQUIRE_FALSE(database);
  CHECK(database.error().code == Errc::bad_data);
  auto again = open(file);
  REQUIRE(again);
  CHECK(number(*again, "SELECT count(*) FROM pragma_table_info('thing')") == 2);
}

TEST_CASE("a lock that another holds for long is an error that passes") {
  const TempFolder folder;
  auto one = Database::open(folder / "log.db", kOptions);
  auto other = Database::open(folder / "log.db", kOptions);
  REQUIRE(one);
  REQUIRE(other);
  auto held = Transaction::begin(*one);
  REQUIRE(held);

  const auto begun = Transaction::begin(*other);

  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == Errc::unavailable);
  CHECK(begun.error().message.find("locked") != std::string::npos);
  REQUIRE(held->commit());
  CHECK(Transaction::begin(*other));
}

TEST_CASE("a statement that fails can be used again") {
  const TempFolder folder;
  auto database = open(folder / "log.db");
  REQUIRE(database);
  auto insert = database->prepare("INSERT INTO thing VALUES(?, ?)");
  REQUIRE(insert);
  REQUIRE(insert->bind("a").bind(std::int64_t{1}).run());

  const auto twice = insert->bind("a").bind(std::int64_t{2}).run();

  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == Errc::rejected);
  CHECK(insert->bind("b").bind(std::int64_t{2}).run());
  const auto null = insert->bind("c").bind_null().run();
  REQUIRE_FALSE(null);
  CHECK(null.error().code == Errc::rejected);
  const auto no_table = database->prepare("SELECT * FROM nothing");
  REQUIRE_FALSE(no_table);
  CHECK(no_table.error().code == Errc::bad_data);
}

TEST_CASE("a damaged database is an error and never a crash") {
  const TempFolder folder;
  const fs::path file = folder / "log.db";
  {
    auto database = open(file);
    REQUIRE(database);
    for (int i = 0; i < 2000; ++i) {
      auto insert = database->prepare("INSERT INTO thing VALUES(?, 1)");
      REQUIRE(insert);
      REQUIRE(insert->bind("name " + std::to_string(i)).run());
    }
  }
  std::string bytes = bytes_of(file);
  REQUIRE(bytes.size() > 20'000);
  for (std::size_t at = 4096; at < bytes.size(); at += 64) bytes.replace(at, 32, 32, '\xa5');
  std::ofstream{file, std::ios::binary} << bytes;

  auto database = open(file);

  if (!database) {
    CHECK(database.error().code == Errc::bad_data);
    return;
  }
  auto rows = database->prepare("SELECT name, size FROM thing ORDER BY name");
  REQUIRE(rows);
  Result<bool> row = true;
  while (row && *row) row = rows->step();
  REQUIRE_FALSE(row);
  CHECK(row.error().code == Errc::bad_data);
}

TEST_CASE("many processes that make one database at once all get it") {
  const TempFolder folder;
  const fs::path file = folder / "new/log.db";
  std::vector<ChildProcess> children;
  for (int i = 0; i < 8; ++i) {
    children.emplace_back([&] {
      auto database = open(file, kTwo);
      if (!database) return 1;
      return database->execute("INSERT OR IGNORE INTO thing VALUES('a', 1, NULL)") ? 0 : 2;
    });
  }
  for (ChildProcess& child : children) CHECK(child.wait() == 0);

  auto database = open(file, kTwo);

  REQUIRE(database);
  CHECK(number(*database, "SELECT count(*) FROM thing") == 1);
}

TEST_CASE("a write for which there is no room is an error, and what was there stays") {
  const TempFolder folder;
  const fs::path file = folder / "log.db";
  REQUIRE(open(file));
  // A limit on the size of files fails a write as a full disk does, and needs no disk of its own.
  ChildProcess child{[&] {
    std::signal(SIGXFSZ, SIG_IGN);
    auto database = open(file);
    if (!database || !database->execute("INSERT INTO thing VALUES('before', 1)")) return 1;
    const rlimit limit{.rlim_cur = 64 * 1024, .rlim_max = 64 * 1024};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    auto transaction = Transaction::begin(*database);
    if (!transaction) return 3;
    auto insert = database->prepare("INSERT INTO thing VALUES(?, 1)");
    if (!insert) return 4;
    Result<void> done;
    for (int i = 0; i < 1000 && done; ++i) {
      done = insert->bind(std::to_string(i) + std::string(10'000, 'x')).run();
    }
    if (done) done = transaction->commit();
    if (done) return 5;
    return done.error().code == Errc::unavailable ? 0 : 6;
  }};
  CHECK(child.wait() == 0);

  auto database = open(file);

  REQUIRE(database);
  CHECK(number(*database, "SELECT count(*) FROM thing") == 1);
}
