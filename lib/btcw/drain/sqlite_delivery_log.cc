#include "btcw/drain/sqlite_delivery_log.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/drain/cap_windows.h"
#include "btcw/store/database.h"

namespace btcw {
namespace {

constexpr std::int32_t kApplicationId = 0x62746364;  // "btcd"
constexpr std::size_t kMostWaiting = 10'000;

constexpr const char* kVersion1 = R"(
CREATE TABLE delivery(
  message TEXT NOT NULL, channel TEXT NOT NULL, attempt INTEGER NOT NULL, result TEXT NOT NULL,
  at INTEGER NOT NULL, took INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE INDEX delivery_at ON delivery(at);
CREATE INDEX delivery_message ON delivery(message);
CREATE TABLE send(channel TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX send_channel ON send(channel, at);
CREATE TABLE block(channel TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
)";
constexpr std::array kMigrations{kVersion1};

/// The statements that every message needs, prepared once.
struct Statements {
  Statement insert_delivery;
  Statement insert_send;
  Statement settle_sends;  // what the clock's steps left in the future
  Statement forget_sends;
  Statement nth_newest_send;
  Statement insert_block;
  Statement find_block;

  static Result<Statements> prepare(Database& database);
};

Result<Statements> Statements::prepare(Database& database) {
  auto insert_delivery = database.prepare("INSERT INTO delivery VALUES(?, ?, ?, ?, ?, ?, ?)");
  if (!insert_delivery) return std::move(insert_delivery).error();
  auto insert_send = database.prepare("INSERT INTO send VALUES(?, ?)");
  if (!insert_send) return std::move(insert_send).error();
  auto settle_sends = database.prepare("UPDATE send SET at = ? WHERE channel = ? AND at > ?");
  if (!settle_sends) return std::move(settle_sends).error();
  auto forget_sends = database.prepare("DELETE FROM send WHERE channel = ? AND at <= ?");
  if (!forget_sends) return std::move(forget_sends).error();
  auto nth_newest_send = database.prepare(
      "SELECT at FROM send WHERE channel = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?");
  if (!nth_newest_send) return std::move(nth_newest_send).error();
  auto insert_block = database.prepare(
      "INSERT INTO block VALUES(?, ?) ON CONFLICT DO UPDATE SET until = max(until, "
      "excluded.until)");
  if (!insert_block) return std::move(insert_block).error();
  auto find_block = database.prepare("SELECT until FROM block WHERE channel = ? AND until > ?");
  if (!find_block) return std::move(find_block).error();
  return Statements{.insert_delivery = *std::move(insert_delivery),
                    .insert_send = *std::move(insert_send),
                    .settle_sends = *std::move(settle_sends),
                    .forget_sends = *std::move(forget_sends),
                    .nth_newest_send = *std::move(nth_newest_send),
                    .insert_block = *std::move(insert_block),
                    .find_block = *std::move(find_block)};
}

class SqliteDeliveryLog final : public DeliveryLog {
 public:
  SqliteDeliveryLog(Database database, Statements statements, const Clock& clock)
      : database_{std::move(database)}, statements_{std::move(statements)}, clock_{clock} {}

  void record(DeliveryRecord record) override;
  Result<void> flush() override;
  Result<std::optional<UtcTime>> reserve(std::string_view channel, const Caps& caps,
                                         UtcTime now) override;
  Result<void> block(std::string_view channel, UtcTime until) override;
  Result<std::optional<UtcTime>> blocked_until(std::string_view channel, UtcTime now) override;
  Result<std::vector<DeliveryRecord>> list(const Query& query) override;
  Result<std::size_t> prune(UtcTime before) override;

 private:
  Result<void> forget_old_sends(std::string_view channel, UtcTime now);
  Result<std::optional<UtcTime>> first_room(std::string_view channel, const Caps& caps,
                                            UtcTime now);

  Database database_;
  Statements statements_;
  const Clock& clock_;
  std::deque<DeliveryRecord> waiting_;
};

void SqliteDeliveryLog::record(DeliveryRecord record) {
  if (waiting_.size() == kMostWaiting) waiting_.pop_front();
  waiting_.push_back(std::move(record));
}

Result<void> SqliteDeliveryLog::flush() {
  if (waiting_.empty()) return {};
  auto transaction = Transaction::begin(database_);
  if (!transaction) return std::move(transaction).error();
  for (const DeliveryRecord& record : waiting_) {
    auto written = statements_.insert_delivery.bind(record.id)
                       .bind(record.channel)
                       .bind(record.attempt)
                       .bind(to_string(record.result))
                       .bind(to_unix_ms(record.at))
                       .bind(record.took.count())
                       .bind(record.detail)
                       .run();
    if (!written) return written;
  }
  auto committed = transaction->commit();
  if (committed) waiting_.clear();
  return committed;
}

Result<std::optional<UtcTime>> SqliteDeliveryLog::reserve(std::string_view channel,
                                                          const Caps& caps, UtcTime now) {
  if (!caps.any()) return blocked_until(channel, now);
  auto transaction = Transaction::begin(database_);
  if (!transaction) return std::move(transaction).error();
  const auto blocked = blocked_until(channel, now);
  if (!blocked) return blocked.error();
  if (auto done = forget_old_sends(channel, now); !done) return std::move(done).error();
  const auto room = first_room(channel, caps, now);
  if (!room) return room.error();
  const auto later = std::max(*blocked, *room);  // nullopt is the smallest
  if (!later) {
    auto counted = statements_.insert_send.bind(channel).bind(to_unix_ms(now)).run();
    if (!counted) return std::move(counted).error();
  }
  if (auto committed = transaction->commit(); !committed) return std::move(committed).error();
  return later;
}

Result<void> SqliteDeliveryLog::forget_old_sends(std::string_view channel, UtcTime now) {
  auto settled = statements_.settle_sends.bind(to_unix_ms(now))
                     .bind(channel)
                     .bind(to_unix_ms(now + kMostClockSkew))
                     .run();
  if (!settled) return settled;
  return statements_.forget_sends.bind(channel).bind(to_unix_ms(now - kLongestWindow)).run();
}

/// The first moment at which every window has room; nullopt: now.
Result<std::optional<UtcTime>> SqliteDeliveryLog::first_room(std::string_view channel,
                                                             const Caps& caps, UtcTime now) {
  std::optional<UtcTime> first;
  for (const CapWindow& window : windows_of(caps)) {
    if (window.cap <= 0) continue;
    Statement& nth = statements_.nth_newest_send;
    const auto is_full =
        nth.bind(channel).bind(to_unix_ms(now - window.length)).bind(window.cap - 1).step();
    if (!is_full) return is_full.error();
    if (!*is_full) continue;
    first = std::max(first, std::optional{from_unix_ms(nth.integer(0)) + window.length});
    nth.reset();
  }
  return first;
}

Result<void> SqliteDeliveryLog::block(std::string_view channel, UtcTime until) {
  return statements_.insert_block.bind(channel).bind(to_unix_ms(until)).run();
}

Result<std::optional<UtcTime>> SqliteDeliveryLog::blocked_until(std::string_view channel,
                                                                UtcTime now) {
  Statement& find = statements_.find_block;
  const auto found = find.bind(channel).bind(to_unix_ms(now)).step();
  if (!found) return found.error();
  std::optional<UtcTime> until;
  if (*found) until = from_unix_ms(find.integer(0));
  find.reset();
  return until;
}

/// The statement for what `query` asks, with its parameters bound.
Result<Statement> select(Database& database, const DeliveryLog::Query& query) {
  std::string sql = "SELECT message, channel, attempt, result, at, took, detail FROM delivery";
  std::string_view joint = " WHERE ";
  const auto narrow = [&](bool wanted, std::string_view condition) {
    if (!wanted) return;
    sql.append(joint).append(condition);
    joint = " AND ";
  };
  narrow(query.id.has_value(), "message = ?");
  narrow(query.channel.has_value(), "channel = ?");
  narrow(query.since.has_value(), "at >= ?");
  sql += " ORDER BY at DESC, rowid DESC LIMIT ?";
  auto statement = database.prepare(sql);
  if (!statement) return statement;
  if (query.id) statement->bind(*query.id);
  if (query.channel) statement->bind(*query.channel);
  if (query.since) statement->bind(to_unix_ms(*query.since));
  constexpr std::size_t kMost = INT64_MAX;
  statement->bind(static_cast<std::int64_t>(std::min(query.max, kMost)));
  return statement;
}

Result<DeliveryRecord> record_of(const Statement& row) {
  const auto result = find_delivery_result(row.text(3));
  if (!result) return Error{Errc::bad_data, "not a result: " + quoted(row.text(3))};
  return DeliveryRecord{.id = std::string{row.text(0)},
                        .channel = std::string{row.text(1)},
                        .attempt = static_cast<int>(row.integer(2)),
                        .result = *result,
                        .at = from_unix_ms(row.integer(4)),
                        .took = milliseconds{row.integer(5)},
                        .detail = std::string{row.text(6)}};
}

Result<std::vector<DeliveryRecord>> SqliteDeliveryLog::list(const Query& query) {
  if (auto written = flush(); !written) return std::move(written).error();
  auto rows = select(database_, query);
  if (!rows) return std::move(rows).error();
  std::vector<DeliveryRecord> records;
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return records;
    auto record = record_of(*rows);
    if (!record) return std::move(record).error();
    records.push_back(*std::move(record));
  }
}

Result<std::size_t> SqliteDeliveryLog::prune(UtcTime before) {
  const UtcTime now = clock_.now();
  auto transaction = Transaction::begin(database_);
  if (!transaction) return std::move(transaction).error();
  auto deliveries = database_.prepare("DELETE FROM delivery WHERE at < ?");
  if (!deliveries) return std::move(deliveries).error();
  if (auto done = deliveries->bind(to_unix_ms(before)).run(); !done) return std::move(done).error();
  const auto removed = static_cast<std::size_t>(database_.changes());
  auto sends = database_.prepare("DELETE FROM send WHERE at <= ?");
  if (!sends) return std::move(sends).error();
  if (auto done = sends->bind(to_unix_ms(now - kLongestWindow)).run(); !done) {
    return std::move(done).error();
  }
  auto blocks = database_.prepare("DELETE FROM block WHERE until <= ?");
  if (!blocks) return std::move(blocks).error();
  if (auto done = blocks->bind(to_unix_ms(now)).run(); !done) return std::move(done).error();
  if (auto committed = transaction->commit(); !committed) return std::move(committed).error();
  return removed;
}

}  // namespace

Result<std::unique_ptr<DeliveryLog>> open_sqlite_delivery_log(const std::filesystem::path& file,
                                                              const Clock& clock) {
  auto database =
      Database::open(file, {.application_id = kApplicationId, .migrations = kMigrations});
  if (!database) return std::move(database).error();
  auto statements = Statements::prepare(*database);
  if (!statements) return std::move(statements).error();
  return std::make_unique<SqliteDeliveryLog>(*std::move(database), *std::move(statements), clock);
}

}  // namespace btcw
