#include "btcw/store/journal.h"

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "btcw/store/backup.h"
#include "btcw/store/database.h"
#include "support/temp_folder.h"
#include "support/written_file.h"

using namespace btcw;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

constexpr std::int32_t kJournalId = 0x6274636A;

std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::unique_ptr<Journal> opened(const fs::path& file) {
  auto journal = open_journal(file);
  REQUIRE(journal);
  return *std::move(journal);
}

KeptState state(std::string alert, std::string text, std::string scope = {}) {
  return {.scope = std::move(scope),
          .alert = std::move(alert),
          .symbol = "BTC/USDT",
          .rule = "r1",
          .state = std::move(text)};
}

OutboxRow row(std::string id) {
  return {.id = std::move(id), .message = R"({"text":"hi"})", .due = from_unix_ms(5)};
}

}  // namespace

TEST_CASE("a journal has what was written when it is opened again") {
  const TempFolder folder;
  const fs::path file = journal_file(folder / "state");
  std::string identity;
  {
    const auto journal = opened(file);
    identity = journal->identity();
    CHECK(identity.size() == 16);
    REQUIRE(journal->write({.states = {state("a", "1"), state("b", "1", "replay")},
                            .progress = {{"signals/x", "12"}, {"signals/y", "7"}, {"other", "1"}},
                            .outbox = {row("m1"), row("m2")}}));
    REQUIRE(journal->write({.states = {state("a", "2")}, .progress = {{"signals/x", "13"}}}));
  }

  const auto journal = opened(file);

  CHECK(journal->identity() == identity);
  CHECK(journal->states("").value() == std::vector{state("a", "2")});
  CHECK(journal->states("replay").value() == std::vector{state("b", "1", "replay")});
  CHECK(journal->progress("signals/x").value() == "13");
  CHECK(journal->progress("signals").value() == std::nullopt);
  CHECK(journal->list_progress("signals/").value() ==
        std::vector<Progress>{{"signals/x", "13"}, {"signals/y", "7"}});
  CHECK(journal->outbox(9).value() == std::vector{row("m1"), row("m2")});
  CHECK(journal->outbox(1).value() == std::vector{row("m1")});
}

TEST_CASE("a row of the outbox is staged, sent and never there twice") {
  const TempFolder folder;
  const auto journal = opened(folder / "watch.db");
  REQUIRE(journal->write({.outbox = {row("m1"), row("m2")}}));
  OutboxRow other = row("m1");
  other.message = "another text";

  REQUIRE(journal->write({.outbox = {other}}));
  REQUIRE(journal->write({.staged = {"m2", "unknown"}, .staged_in = "/q"}));
  OutboxRow staged = row("m2");
  staged.staged_in = "/q";
  CHECK(journal->outbox(9).value() == std::vector{row("m1"), staged});

  REQUIRE(journal->write({.sent = {"m1", "unknown"}}));
  CHECK(journal->outbox(9).value() == std::vector{staged});
}

TEST_CASE("a scope is dropped with all of its states, a key by an empty value") {
  const TempFolder folder;
  const auto journal = opened(folder / "watch.db");
  REQUIRE(journal->write(
      {.states = {state("a", "1"), state("b", "1", "replay")}, .progress = {{"k", "1"}}}));

  REQUIRE(journal->write(
      {.states = {state("c", "1", "replay")}, .progress = {{"k", ""}}, .dropped = {"replay"}}));

  CHECK(journal->states("").value() == std::vector{state("a", "1")});
  CHECK(journal->states("replay").value() == std::vector{state("c", "1", "replay")});
  CHECK(journal->progress("k").value() == std::nullopt);
}

TEST_CASE("changes of which one cannot be made are not made at all") {
  const TempFolder folder;
  const fs::path file = folder / "watch.db";
  const auto journal = opened(file);
  auto saboteur = Database::open(
      file, {.application_id = kJournalId, .migrations = std::array<const char*, 1>{""}});
  REQUIRE(saboteur);
  REQUIRE(
      saboteur->execute("CREATE TRIGGER no BEFORE INSERT ON outbox WHEN new.id = 'm2' "
                        "BEGIN SELECT raise(ABORT, 'no'); END"));

  const auto written = journal->write(
      {.states = {state("a", "1")}, .progress = {{"k", "1"}}, .outbox = {row("m1"), row("m2")}});

  REQUIRE_FALSE(written);
  CHECK(journal->states("").value().empty());
  CHECK(journal->progress("k").value() == std::nullopt);
  CHECK(journal->outbox(9).value().empty());
}

TEST_CASE("a journal of a newer btcw and a damaged one are refused untouched") {
  const TempFolder folder;
  const fs::path file = folder / "watch.db";
  SECTION("newer") {
    opened(file);
    {
      auto newer = Database::open(
          file, {.application_id = kJournalId, .migrations = std::array<const char*, 1>{""}});
      REQUIRE(newer);
      REQUIRE(newer->execute("PRAGMA user_version = 2"));
    }
    const std::string before = bytes_of(file);

    const auto journal = open_journal(file);

    REQUIRE_FALSE(journal);
    CHECK(journal.error().code == Errc::rejected);
    CHECK_THAT(journal.error().message, Catch::Contains("newer than this btcw knows"));
    CHECK(bytes_of(file) == before);
  }
  SECTION("damaged") {
    std::ofstream{file} << std::string(8192, 'x');
    const std::string before = bytes_of(file);

    const auto journal = open_journal(file);

    REQUIRE_FALSE(journal);
    CHECK(journal.error().code == Errc::bad_data);
    CHECK(bytes_of(file) == before);
  }
}

TEST_CASE("a backup is a whole database while somebody goes on writing") {
  const TempFolder folder;
  const fs::path file = folder / "watch.db";
  const auto journal = opened(file);
  REQUIRE(journal->write({.progress = {{"k", "1"}}}));
  const fs::path target = folder / "backups" / "watch.db";

  REQUIRE(back_up_database(file, target));
  REQUIRE(journal->write({.progress = {{"k", "2"}}}));
  CHECK(opened(target)->progress("k").value() == "1");
  REQUIRE(back_up_database(file, target));
  CHECK(opened(target)->progress("k").value() == "2");

  CHECK(fs::status(target).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(opened(target)->identity() == journal->identity());
}

TEST_CASE("a backup that cannot be made leaves the older one") {
  const TempFolder folder;
  const fs::path target = folder / "copy.db";
  test::written(folder, "copy.db", "older");
  SECTION("no such database") {
    const auto made = back_up_database(folder / "none.db", target);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Errc::not_found);
  }
  SECTION("no database") {
    test::written(folder, "text.db", std::string(5000, 'x'));
    const auto made = back_up_database(folder / "text.db", target);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Errc::bad_data);
  }
  CHECK(bytes_of(target) == "older");
  CHECK_FALSE(fs::exists(folder / ".copy.db.part"));
}

TEST_CASE("a backup is refused where a folder has its name") {
  const TempFolder folder;
  opened(folder / "watch.db");
  fs::create_directory(folder / "copy.db");

  const auto made = back_up_database(folder / "watch.db", folder / "copy.db");

  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::rejected);
}
