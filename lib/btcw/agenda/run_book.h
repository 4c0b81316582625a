#pragma once

#include <filesystem>

#include "btcw/agenda/run_record.h"
#include "btcw/base/result.h"
#include "btcw/store/files.h"

namespace btcw {

/// The records of all schedules in one small file.
///
/// Written beside and renamed, so that a reader, and the next start after a kill -9, finds the old
/// or the new one. One thread uses an object; `files` is borrowed.
class RunBook {
 public:
  RunBook(std::filesystem::path file, Files& files) : file_{std::move(file)}, files_{files} {}

  /// No file: no records.
  /// Errors: unavailable (it cannot be read); bad_data (it was not written by us, or is damaged).
  [[nodiscard]] Result<RunRecords> load() const;
  /// Its folder is made (0700) when it is not there.
  /// Errors: unavailable; what was saved before is still there.
  Result<void> save(const RunRecords& records) const;

 private:
  std::filesystem::path file_;
  Files& files_;
};

}  // namespace btcw
