#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// What is remembered of a schedule, over restarts too.
struct RunRecord {
  /// The timetable that the rest is about; with another one it begins anew.
  std::string timetable = {};
  /// Up to when runs were dealt with: made, left out, or none of this watch's business.
  UtcTime settled_until = {};
  std::optional<UtcTime> last_start = std::nullopt;
  std::optional<UtcTime> last_success = std::nullopt;
  milliseconds last_took{0};
  int last_exit_code = 0;  ///< of exec; of the others 0 or 1
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::uint64_t missed = 0;   ///< their time came while nobody could run them
  std::uint64_t skipped = 0;  ///< their time came while the one before still ran

  friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

/// By the name of the schedule.
using RunRecords = std::map<std::string, RunRecord, std::less<>>;

/// The records as a text of one line each, which read_run_records() reads back.
std::string to_text(const RunRecords& records);

/// Errors: bad_data for what to_text() cannot have written.
Result<RunRecords> read_run_records(std::string_view text);

}  // namespace btcw
