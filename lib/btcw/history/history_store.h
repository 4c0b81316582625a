#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/decimal.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/history/candle.h"
#include "btcw/history/history_options.h"

namespace btcw::history {

/// The last price of one second.
struct PricePoint {
  UtcTime second{};
  Decimal price{};

  friend bool operator==(const PricePoint&, const PricePoint&) = default;
};

/// What is to be written of one series: "BTC/USDT", "kraken:BTC/EUR".
struct HistoryRow {
  std::string_view series;
  /// What the candle covers; 0: it is the price of a second, its close.
  milliseconds interval{0};
  Candle candle{};
};

/// Prices and candles of the past, in one database that several processes may read and write.
///
/// A candle that is written again takes the place of the one before, so that the running one is
/// kept right as it grows. What the last seconds before a power cut held may be missing; kill -9
/// takes nothing that was written. One thread uses an object.
///
/// Errors of all calls: unavailable (disk full, read-only, I/O, locked for long: nothing has
/// changed); bad_data (the file is damaged).
class HistoryStore {
 public:
  virtual ~HistoryStore() = default;

  /// In one transaction.
  virtual Result<void> write(std::span<const HistoryRow> rows) = 0;

  /// From `from` to before `to`, in the order of time.
  virtual Result<std::vector<PricePoint>> prices(std::string_view series, UtcTime from,
                                                 UtcTime to) = 0;
  /// Those that begin from `from` to before `to`, in the order of time.
  /// Precondition: `interval` is one of kResolutions.
  virtual Result<std::vector<Candle>> candles(std::string_view series, milliseconds interval,
                                              UtcTime from, UtcTime to) = 0;
  /// All there are, sorted.
  virtual Result<std::vector<std::string>> series() = 0;

  /// Removes what is older than `options` keeps, some thousand rows at most; true: there may be
  /// more.
  virtual Result<bool> prune(const HistoryOptions& options, UtcTime now) = 0;
};

/// The history of a state folder.
std::filesystem::path history_file(const std::filesystem::path& state_dir);

/// Opens the history in a SQLite file, which is made (0600, its folder 0700) when it is not there.
/// Loads libbtcw-store on the first call.
/// Errors: unavailable (the module or the file cannot be opened); bad_data (not a database,
/// damaged); rejected (another program's database, one of a newer btcw, another user's, a link): it
/// is left as it was.
Result<std::unique_ptr<HistoryStore>> open_history_store(const std::filesystem::path& file);

}  // namespace btcw::history
