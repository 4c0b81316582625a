#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "btcw/history/candle_ladder.h"
#include "btcw/history/history_module.h"
#include "btcw/store/database.h"

namespace btcw::history {
namespace {

constexpr std::int32_t kApplicationId = 0x62746368;  // "btch"
constexpr std::int64_t kMostPruned = 5'000;

// Times in seconds since 1970, prices as text, for they are exact. The rows of one series lie side
// by side, in the order of time: a chart reads them in one go.
constexpr const char* kVersion1 = R"(
CREATE TABLE series(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE price(
  series INTEGER NOT NULL, second INTEGER NOT NULL, price TEXT NOT NULL,
  PRIMARY KEY(series, second)) WITHOUT ROWID;
CREATE TABLE candle(
  series INTEGER NOT NULL, interval INTEGER NOT NULL, start INTEGER NOT NULL,
  open TEXT NOT NULL, high TEXT NOT NULL, low TEXT NOT NULL, close TEXT NOT NULL,
  PRIMARY KEY(series, interval, start)) WITHOUT ROWID;
)";
constexpr std::array kMigrations{kVersion1};

std::int64_t seconds_of(UtcTime time) {
  return std::chrono::floor<seconds>(time).time_since_epoch().count();
}
UtcTime time_of(std::int64_t since_1970) { return UtcTime{seconds{since_1970}}; }

struct Statements {
  Statement put_price;
  Statement put_candle;
  Statement add_series;
  Statement find_series;

  static Result<Statements> prepare(Database& database) {
    auto put_price = database.prepare("INSERT OR REPLACE INTO price VALUES(?, ?, ?)");
    if (!put_price) return std::move(put_price).error();
    auto put_candle = database.prepare("INSERT OR REPLACE INTO candle VALUES(?, ?, ?, ?, ?, ?, ?)");
    if (!put_candle) return std::move(put_candle).error();
    auto add_series = database.prepare("INSERT OR IGNORE INTO series(name) VALUES(?)");
    if (!add_series) return std::move(add_series).error();
    auto find_series = database.prepare("SELECT id FROM series WHERE name = ?");
    if (!find_series) return std::move(find_series).error();
    return Statements{*std::move(put_price), *std::move(put_candle), *std::move(add_series),
                      *std::move(find_series)};
  }
};

class SqliteHistoryStore final : public HistoryStore {
 public:
  SqliteHistoryStore(Database database, Statements statements)
      : database_{std::move(database)}, statements_{std::move(statements)} {}

  Result<void> write(std::span<const HistoryRow> rows) override;
  Result<std::vector<PricePoint>> prices(std::string_view series, UtcTime from,
                                         UtcTime to) override;
  Result<std::vector<Candle>> candles(std::string_view series, milliseconds interval, UtcTime from,
                                      UtcTime to) override;
  Result<std::vector<std::string>> series() override;
  Result<bool> prune(const HistoryOptions& options, UtcTime now) override;

 private:
  /// nullopt: there is none of that name.
  Result<std::optional<std::int64_t>> find(std::string_view series);
  Result<std::int64_t> find_or_add(std::string_view series);
  Result<void> write_rows(std::span<const HistoryRow> rows);
  Result<void> write_row(std::int64_t series, const HistoryRow& row);
  Result<bool> remove_older(const char* sql, std::int64_t series, std::int64_t interval,
                            UtcTime before);

  Database database_;
  Statements statements_;
  std::map<std::string, std::int64_t, std::less<>> ids_;
};

Result<void> SqliteHistoryStore::write(std::span<const HistoryRow> rows) {
  if (rows.empty()) return {};
  auto transaction = Transaction::begin(database_);
  if (!transaction) return std::move(transaction).error();
  auto done = write_rows(rows);
  if (done) done = transaction->commit();
  // A series may have been added that is undone.
  if (!done) ids_.clear();
  return done;
}

Result<void> SqliteHistoryStore::write_rows(std::span<const HistoryRow> rows) {
  for (const HistoryRow& row : rows) {
    const auto series = find_or_add(row.series);
    if (!series) return series.error();
    if (auto done = write_row(*series, row); !done) return done;
  }
  return {};
}

Result<void> SqliteHistoryStore::write_row(std::int64_t series, const HistoryRow& row) {
  const Candle& candle = row.candle;
  if (row.interval == milliseconds{0}) {
    return statements_.put_price.bind(series)
        .bind(seconds_of(candle.start))
        .bind(candle.close.to_string())
        .run();
  }
  return statements_.put_candle.bind(series)
      .bind(row.interval.count() / 1000)
      .bind(seconds_of(candle.start))
      .bind(candle.open.to_string())
      .bind(candle.high.to_string())
      .bind(candle.low.to_string())
      .bind(candle.close.to_string())
      .run();
}

Result<std::optional<std::int64_t>> SqliteHistoryStore::find(std::string_view series) {
  if (const auto known = ids_.find(series); known != ids_.end())
    return std::optional{known->second};
  const auto row = statements_.find_series.bind(series).step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::int64_t>{};
  const std::int64_t id = statements_.find_series.integer(0);
  statements_.find_series.reset();
  ids_.emplace(series, id);
  return std::optional{id};
}

Result<std::int64_t> SqliteHistoryStore::find_or_add(std::string_view series) {
  const auto found = find(series);
  if (!found) return found.error();
  if (*found) return **found;
  if (auto added = statements_.add_series.bind(series).run(); !added) {
    return std::move(added).error();
  }
  const auto again = find(series);
  if (!again) return again.error();
  if (!*again) return Error{Errc::bad_data, "a series that was added is not there"};
  return **again;
}

/// The decimals of a row, from column `first` on.
template <std::size_t Count>
Result<std::array<Decimal, Count>> decimals(const Statement& row, int first) {
  std::array<Decimal, Count> numbers{};
  for (std::size_t i = 0; i < Count; ++i) {
    auto number = Decimal::parse(row.text(first + static_cast<int>(i)));
    if (!number) return Error{Errc::bad_data, "not a price: " + number.error().message};
    numbers[i] = *number;
  }
  return numbers;
}

Result<std::vector<PricePoint>> SqliteHistoryStore::prices(std::string_view series, UtcTime from,
                                                           UtcTime to) {
  std::vector<PricePoint> points;
  const auto id = find(series);
  if (!id) return id.error();
  if (!*id) return points;
  auto rows = database_.prepare(
      "SELECT second, price FROM price WHERE series = ? AND second >= ? AND second < ? "
      "ORDER BY second");
  if (!rows) return std::move(rows).error();
  rows->bind(**id).bind(seconds_of(from)).bind(seconds_of(to));
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return points;
    const auto price = decimals<1>(*rows, 1);
    if (!price) return price.error();
    points.push_back({time_of(rows->integer(0)), (*price)[0]});
  }
}

Result<std::vector<Candle>> SqliteHistoryStore::candles(std::string_view series,
                                                        milliseconds interval, UtcTime from,
                                                        UtcTime to) {
  std::vector<Candle> candles;
  const auto id = find(series);
  if (!id) return id.error();
  if (!*id) return candles;
  auto rows = database_.prepare(
      "SELECT start, open, high, low, close FROM candle WHERE series = ? AND interval = ? AND "
      "start >= ? AND start < ? ORDER BY start");
  if (!rows) return std::move(rows).error();
  rows->bind(**id).bind(interval.count() / 1000).bind(seconds_of(from)).bind(seconds_of(to));
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return candles;
    const auto prices = decimals<4>(*rows, 1);
    if (!prices) return prices.error();
    candles.push_back({.start = time_of(rows->integer(0)),
                       .open = (*prices)[0],
                       .high = (*prices)[1],
                       .low = (*prices)[2],
                       .close = (*prices)[3]});
  }
}

Result<std::vector<std::string>> SqliteHistoryStore::series() {
  auto rows = database_.prepare("SELECT name FROM series ORDER BY name");
  if (!rows) return std::move(rows).error();
  std::vector<std::string> names;
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return names;
    names.emplace_back(rows->text(0));
  }
}

Result<bool> SqliteHistoryStore::remove_older(const char* sql, std::int64_t series,
                                              std::int64_t interval, UtcTime before) {
  auto statement = database_.prepare(sql);
  if (!statement) return std::move(statement).error();
  statement->bind(series);
  if (interval > 0) statement->bind(interval);
  auto done = statement->bind(seconds_of(before)).bind(kMostPruned).run();
  if (!done) return std::move(done).error();
  return database_.changes() == kMostPruned;
}

Result<bool> SqliteHistoryStore::prune(const HistoryOptions& options, UtcTime now) {
  const auto names = series();
  if (!names) return names.error();
  bool more = false;
  for (const std::string& name : *names) {
    const auto id = find(name);
    if (!id) return id.error();
    if (!*id) continue;
    if (options.keep_ticks > milliseconds{0}) {
      const auto left = remove_older(
          "DELETE FROM price WHERE (series, second) IN (SELECT series, second FROM price WHERE "
          "series = ? AND second < ? LIMIT ?)",
          **id, 0, now - options.keep_ticks);
      if (!left) return left;
      more = more || *left;
    }
    for (std::size_t i = 0; i < kResolutions.size(); ++i) {
      const milliseconds keep = options.keep_candles()[i];
      if (keep == milliseconds{0}) continue;
      const auto left = remove_older(
          "DELETE FROM candle WHERE (series, interval, start) IN (SELECT series, interval, start "
          "FROM candle WHERE series = ? AND interval = ? AND start < ? LIMIT ?)",
          **id, kResolutions[i].count() / 1000, now - keep);
      if (!left) return left;
      more = more || *left;
    }
  }
  return more;
}

Result<std::unique_ptr<HistoryStore>> open_sqlite(const std::filesystem::path& file) {
  auto database =
      Database::open(file, {.application_id = kApplicationId, .migrations = kMigrations});
  if (!database) return std::move(database).error();
  // What is written is at the end of each series: few pages are worth keeping.
  if (auto set = database->execute("PRAGMA cache_size = -256"); !set) return std::move(set).error();
  auto statements = Statements::prepare(*database);
  if (!statements) return std::move(statements).error();
  return std::make_unique<SqliteHistoryStore>(*std::move(database), *std::move(statements));
}

}  // namespace
}  // namespace btcw::history

extern "C" const btcw::history::HistoryModule* btcw_history_module() noexcept {
  static constexpr btcw::history::HistoryModule kModule{.version = BTCW_VERSION,
                                                        .open = btcw::history::open_sqlite};
  return &kModule;
}
