#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "btcw/config/config.h"
#include "btcw/store/files.h"
#include "btcw/store/journal.h"
#include "btcw/watch/outbox.h"
#include "session.h"

namespace btcw::cli {

/// What a `watch` must not forget, and its way to the queue: one for all parts of it that have
/// something to tell, opened with the first that has.
class WatchJournal {
 public:
  /// All is borrowed.
  WatchJournal(Session& session, Log& log) : session_{session}, log_{log} {}

  /// The state folder that it lives in, whatever a later configuration says: this process holds it.
  void settle_in(const std::filesystem::path& folder) { folder_ = folder; }

  /// Opens it where it is not open yet, and finishes what a process before this one has left half
  /// done. From now on messages go to the queue of `config`.
  /// Precondition: settle_in(). Errors: those of open_journal() and Outbox::recover(): it is not
  /// open then, and may be opened later.
  Result<void> open(const Config& config);
  [[nodiscard]] bool is_open() const { return outbox_.has_value(); }

  /// Precondition of both: is_open().
  [[nodiscard]] Journal& journal() { return *journal_; }
  [[nodiscard]] Outbox& outbox() { return *outbox_; }

  /// The last call: nothing more is told.
  void finish();

 private:
  Session& session_;
  Log& log_;
  PosixFiles files_;
  std::filesystem::path folder_;
  std::unique_ptr<Journal> journal_;
  std::optional<Outbox> outbox_;
};

}  // namespace btcw::cli
