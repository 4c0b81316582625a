#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// What a rule remembers of one symbol, as text.
struct KeptState {
  std::string scope = {};   ///< what it is a state of: empty for the live market, else one replay
  std::string alert = {};   ///< by name
  std::string symbol = {};  ///< "BTC/USDT", "kraken:BTC/EUR"
  std::string rule = {};    ///< which rule it is of: where that has changed, the state is void
  std::string state = {};

  friend bool operator==(const KeptState&, const KeptState&) = default;
};

/// How far somebody has come: where a signal file has been read to, how much of a replay is done.
struct Progress {
  std::string key = {};
  std::string value = {};

  friend bool operator==(const Progress&, const Progress&) = default;
};

/// A message on its way to the queue.
struct OutboxRow {
  std::string id = {};       ///< of the message, and of the event that it tells
  std::string message = {};  ///< as JSON
  UtcTime due = {};
  /// The queue folder in which it lies complete, to be made visible; empty: in none yet.
  std::string staged_in = {};

  friend bool operator==(const OutboxRow&, const OutboxRow&) = default;
};

/// Changes that belong together: all of them are made, or none.
struct JournalChanges {
  std::vector<KeptState> states = {};    ///< take the place of those of their names
  std::vector<Progress> progress = {};   ///< likewise; an empty value removes the key
  std::vector<OutboxRow> outbox = {};    ///< those of an id that is there already are left out
  std::vector<std::string> staged = {};  ///< ids of rows that lie in `staged_in` from now on
  std::string staged_in = {};
  std::vector<std::string> sent = {};     ///< ids of rows that go
  std::vector<std::string> dropped = {};  ///< scopes whose states go
  /// States that go: of these, scope, alert and symbol count.
  std::vector<KeptState> forgotten = {};

  [[nodiscard]] bool empty() const {
    return states.empty() && progress.empty() && outbox.empty() && staged.empty() && sent.empty() &&
           dropped.empty() && forgotten.empty();
  }
};

/// What `watch` must not forget: one database in the state folder, which outlasts kill -9 and power
/// cuts.
///
/// One thread uses an object; one process writes (StateLock), others may read.
///
/// Errors of all calls: unavailable (disk full, read-only, I/O, locked for long: nothing has
/// changed); bad_data (the file is damaged).
class Journal {
 public:
  virtual ~Journal() = default;

  /// In one transaction; when it returns, the changes survive a power cut.
  virtual Result<void> write(const JournalChanges& changes) = 0;

  virtual Result<std::vector<KeptState>> states(std::string_view scope) = 0;
  /// nullopt: there is no such key.
  virtual Result<std::optional<std::string>> progress(std::string_view key) = 0;
  /// All keys that begin with `prefix`, sorted.
  virtual Result<std::vector<Progress>> list_progress(std::string_view prefix) = 0;
  /// In the order in which they were written.
  virtual Result<std::vector<OutboxRow>> outbox(std::size_t max) = 0;

  /// What tells this journal from all others: 16 hexadecimal digits, made with the file.
  [[nodiscard]] virtual const std::string& identity() const = 0;
};

/// The journal of a state folder.
std::filesystem::path journal_file(const std::filesystem::path& state_dir);

/// Opens the journal in a SQLite file, which is made (0600, its folder 0700) when it is not there.
/// Loads libbtcw-store on the first call.
/// Errors: unavailable (the module or the file cannot be opened); bad_data (not a database,
/// damaged); rejected (another program's database, one of a newer btcw, another user's, a link): it
/// is left as it was.
Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& file);

}  // namespace btcw
