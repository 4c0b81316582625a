#include "btcw/store/sqlite_journal.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "btcw/store/database.h"
#include "btcw/store/journal_module.h"

namespace btcw {
namespace {

constexpr std::int32_t kApplicationId = 0x6274636A;  // "btcj"

constexpr const char* kVersion1 = R"(
CREATE TABLE journal(identity TEXT NOT NULL);
INSERT INTO journal VALUES(lower(hex(randomblob(8))));
CREATE TABLE rule_state(
  scope TEXT NOT NULL, alert TEXT NOT NULL, symbol TEXT NOT NULL, rule TEXT NOT NULL,
  state TEXT NOT NULL, PRIMARY KEY(scope, alert, symbol)) WITHOUT ROWID;
CREATE TABLE progress(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox(
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, message TEXT NOT NULL,
  due INTEGER NOT NULL, staged_in TEXT NOT NULL);
)";
constexpr std::array kMigrations{kVersion1};

/// The statements that every tick may need, prepared once.
struct Statements {
  Statement put_state;
  Statement drop_scope;
  Statement forget_state;
  Statement put_progress;
  Statement remove_progress;
  Statement find_progress;
  Statement add_outbox;
  Statement stage_outbox;
  Statement remove_outbox;

  static Result<Statements> prepare(Database& database);
};

Result<Statements> Statements::prepare(Database& database) {
  std::optional<Error> failure;
  const auto statement = [&](std::string_view sql) -> std::optional<Statement> {
    auto prepared = database.prepare(sql);
    if (prepared) return *std::move(prepared);
    if (!failure) failure = std::move(prepared).error();
    return std::nullopt;
  };
  auto put_state = statement("INSERT OR REPLACE INTO rule_state VALUES(?, ?, ?, ?, ?)");
  auto drop_scope = statement("DELETE FROM rule_state WHERE scope = ?");
  auto forget_state =
      statement("DELETE FROM rule_state WHERE scope = ? AND alert = ? AND symbol = ?");
  auto put_progress = statement("INSERT OR REPLACE INTO progress VALUES(?, ?)");
  auto remove_progress = statement("DELETE FROM progress WHERE key = ?");
  auto find_progress = statement("SELECT value FROM progress WHERE key = ?");
  auto add_outbox =
      statement("INSERT OR IGNORE INTO outbox(id, message, due, staged_in) VALUES(?, ?, ?, ?)");
  auto stage_outbox = statement("UPDATE outbox SET staged_in = ? WHERE id = ?");
  auto remove_outbox = statement("DELETE FROM outbox WHERE id = ?");
  if (failure) return *std::move(failure);
  return Statements{
      *std::move(put_state),    *std::move(drop_scope),      *std::move(forget_state),
      *std::move(put_progress), *std::move(remove_progress), *std::move(find_progress),
      *std::move(add_outbox),   *std::move(stage_outbox),    *std::move(remove_outbox)};
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(Database database, Statements statements, std::string identity)
      : database_{std::move(database)},
        statements_{std::move(statements)},
        identity_{std::move(identity)} {}

  Result<void> write(const JournalChanges& changes) override;
  Result<std::vector<KeptState>> states(std::string_view scope) override;
  Result<std::optional<std::string>> progress(std::string_view key) override;
  Result<std::vector<Progress>> list_progress(std::string_view prefix) override;
  Result<std::vector<OutboxRow>> outbox(std::size_t max) override;
  [[nodiscard]] const std::string& identity() const override { return identity_; }

 private:
  Result<void> write_states(const JournalChanges& changes);
  Result<void> write_progress(const JournalChanges& changes);
  Result<void> write_outbox(const JournalChanges& changes);

  Database database_;
  Statements statements_;
  std::string identity_;
};

Result<void> SqliteJournal::write(const JournalChanges& changes) {
  if (changes.empty()) return {};
  auto transaction = Transaction::begin(database_);
  if (!transaction) return std::move(transaction).error();
  if (auto done = write_states(changes); !done) return done;
  if (auto done = write_progress(changes); !done) return done;
  if (auto done = write_outbox(changes); !done) return done;
  return transaction->commit();
}

Result<void> SqliteJournal::write_states(const JournalChanges& changes) {
  for (const std::string& scope : changes.dropped) {
    if (auto done = statements_.drop_scope.bind(scope).run(); !done) return done;
  }
  for (const KeptState& gone : changes.forgotten) {
    auto done = statements_.forget_state.bind(gone.scope).bind(gone.alert).bind(gone.symbol).run();
    if (!done) return done;
  }
  for (const KeptState& kept : changes.states) {
    auto done = statements_.put_state.bind(kept.scope)
                    .bind(kept.alert)
                    .bind(kept.symbol)
                    .bind(kept.rule)
                    .bind(kept.state)
                    .run();
    if (!done) return done;
  }
  return {};
}

Result<void> SqliteJournal::write_progress(const JournalChanges& changes) {
  for (const Progress& one : changes.progress) {
    auto done = one.value.empty() ? statements_.remove_progress.bind(one.key).run()
                                  : statements_.put_progress.bind(one.key).bind(one.value).run();
    if (!done) return done;
  }
  return {};
}

Result<void> SqliteJournal::write_outbox(const JournalChanges& changes) {
  for (const std::string& id : changes.sent) {
    if (auto done = statements_.remove_outbox.bind(id).run(); !done) return done;
  }
  for (const std::string& id : changes.staged) {
    if (auto done = statements_.stage_outbox.bind(changes.staged_in).bind(id).run(); !done) {
      return done;
    }
  }
  for (const OutboxRow& row : changes.outbox) {
    auto done = statements_.add_outbox.bind(row.id)
                    .bind(row.message)
                    .bind(to_unix_ms(row.due))
                    .bind(row.staged_in)
                    .run();
    if (!done) return done;
  }
  return {};
}

/// Calls `take` for each row of `statement`.
template <typename Take>
Result<void> for_each_row(Statement& statement, Take take) {
  for (;;) {
    const auto row = statement.step();
    if (!row) return row.error();
    if (!*row) return {};
    take(statement);
  }
}

Result<std::vector<KeptState>> SqliteJournal::states(std::string_view scope) {
  auto rows =
      database_.prepare("SELECT alert, symbol, rule, state FROM rule_state WHERE scope = ?");
  if (!rows) return std::move(rows).error();
  rows->bind(scope);
  std::vector<KeptState> states;
  auto read = for_each_row(*rows, [&](const Statement& row) {
    states.push_back({.scope = std::string{scope},
                      .alert = std::string{row.text(0)},
                      .symbol = std::string{row.text(1)},
                      .rule = std::string{row.text(2)},
                      .state = std::string{row.text(3)}});
  });
  if (!read) return std::move(read).error();
  return states;
}

Result<std::optional<std::string>> SqliteJournal::progress(std::string_view key) {
  Statement& find = statements_.find_progress;
  const auto found = find.bind(key).step();
  if (!found) return found.error();
  std::optional<std::string> value;
  if (*found) value = std::string{find.text(0)};
  find.reset();
  return value;
}

Result<std::vector<Progress>> SqliteJournal::list_progress(std::string_view prefix) {
  auto rows = database_.prepare(
      "SELECT key, value FROM progress WHERE substr(key, 1, length(?)) = ? ORDER BY key");
  if (!rows) return std::move(rows).error();
  rows->bind(prefix).bind(prefix);
  std::vector<Progress> all;
  auto read = for_each_row(*rows, [&](const Statement& row) {
    all.push_back({std::string{row.text(0)}, std::string{row.text(1)}});
  });
  if (!read) return std::move(read).error();
  return all;
}

Result<std::vector<OutboxRow>> SqliteJournal::outbox(std::size_t max) {
  auto rows =
      database_.prepare("SELECT id, message, due, staged_in FROM outbox ORDER BY number LIMIT ?");
  if (!rows) return std::move(rows).error();
  constexpr std::size_t kMost = INT64_MAX;
  rows->bind(static_cast<std::int64_t>(std::min(max, kMost)));
  std::vector<OutboxRow> all;
  auto read = for_each_row(*rows, [&](const Statement& row) {
    all.push_back({.id = std::string{row.text(0)},
                   .message = std::string{row.text(1)},
                   .due = from_unix_ms(row.integer(2)),
                   .staged_in = std::string{row.text(3)}});
  });
  if (!read) return std::move(read).error();
  return all;
}

Result<std::string> read_identity(Database& database) {
  auto row = database.prepare("SELECT identity FROM journal");
  if (!row) return std::move(row).error();
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return Error{Errc::bad_data, "the journal has no identity"};
  return std::string{row->text(0)};
}

}  // namespace

Result<std::unique_ptr<Journal>> open_sqlite_journal(const std::filesystem::path& file) {
  auto database = Database::open(file, {.application_id = kApplicationId,
                                        .migrations = kMigrations,
                                        .synchronous = Synchronous::full});
  if (!database) return std::move(database).error();
  auto statements = Statements::prepare(*database);
  if (!statements) return std::move(statements).error();
  auto identity = read_identity(*database);
  if (!identity) return std::move(identity).error();
  return std::make_unique<SqliteJournal>(*std::move(database), *std::move(statements),
                                         *std::move(identity));
}

}  // namespace btcw

extern "C" const btcw::JournalModule* btcw_journal_module() noexcept {
  static constexpr btcw::JournalModule kModule{.version = BTCW_VERSION,
                                               .open = btcw::open_sqlite_journal};
  return &kModule;
}
