#pragma once

#include <cstddef>
#include <optional>

#include "btcw/base/time.h"
#include "btcw/base/time_zone.h"
#include "btcw/config/config.h"
#include "session.h"

namespace btcw::cli {

/// How `watch --list-schedules` shows.
enum class ListingForm { table, ndjson };

struct ScheduleListing {
  std::size_t next = 1;  ///< runs of each schedule
  std::optional<UtcTime> from = std::nullopt;
  ListingForm form = ListingForm::table;
};

/// Prints the next runs of each schedule of the configuration, in its time zone, and runs nothing.
ExitCode list_schedules(const ScheduleListing& listing, Session& session);

}  // namespace btcw::cli
