#include "schedule_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "btcw/notify/json_writer.h"

namespace btcw::cli {
namespace {

struct ListedRun {
  const ScheduleOptions* options;
  std::optional<UtcTime> at;  ///< nullopt: never
  TimeZone zone;
};

// An interval counts from the start of watch: from `from` here.
std::vector<ListedRun> runs_of(const ScheduleOptions& options, const schedule::Timetable& timetable,
                               UtcTime from, std::size_t count) {
  std::vector<ListedRun> runs;
  const milliseconds shift = jitter_of(options);
  const auto* const by = std::get_if<schedule::ByClock>(&timetable);
  const TimeZone zone = by == nullptr ? TimeZone::utc() : by->zone;
  // Late by the jitter, a run from before may be still to come.
  std::optional<UtcTime> at = by == nullptr ? from : std::chrono::floor<seconds>(from - shift);
  while (runs.size() < count && at) {
    at = by == nullptr ? std::get<schedule::Every>(timetable).next(from, *at)
                       : by->cron.next(*at, by->zone);
    if (at && *at + shift <= from) continue;
    if (!at && !runs.empty()) break;
    runs.push_back({&options, at ? std::optional{*at + shift} : std::nullopt, zone});
  }
  return runs;
}

std::string time_text(const ListedRun& run) {
  return run.at ? run.zone.to_rfc3339(*run.at) : std::string{"never"};
}

void print_json(const ListedRun& run, Session& session) {
  JsonObject object;
  object.text("schedule", run.options->name).text("action", to_string(run.options->action));
  run.at ? object.text("at", time_text(run)) : object.raw("at", "null");
  object.text("timezone", run.zone.name());
  object.number("jitter_ms", jitter_of(*run.options).count());
  fmt::print(session.out, "{}\n", object.str());
}

void print_table(const std::vector<ListedRun>& runs, Session& session) {
  std::size_t widest_name = 0;
  for (const ListedRun& run : runs) widest_name = std::max(widest_name, run.options->name.size());
  for (const ListedRun& run : runs) {
    fmt::print(session.out, "{:<{}}  {:<6}  {}\n", run.options->name, widest_name,
               to_string(run.options->action), time_text(run));
  }
}

}  // namespace

ExitCode list_schedules(const ScheduleListing& listing, Session& session) {
  const auto config = session.load_config(SecretFetching::none);
  if (!config) return fail(config.error(), session);
  const UtcTime from = listing.from.value_or(session.clock.now());
  std::vector<ListedRun> runs;
  for (const ScheduleOptions& options : config->schedules) {
    const auto timetable = timetable_of(options);
    if (!timetable) return fail(timetable.error(), session);
    for (ListedRun& run : runs_of(options, *timetable, from, listing.next)) {
      runs.push_back(std::move(run));
    }
  }
  switch (listing.form) {
    case ListingForm::table:
      print_table(runs, session);
      break;
    case ListingForm::ndjson:
      for (const ListedRun& run : runs) print_json(run, session);
      break;
  }
  return ExitCode::ok;
}

}  // namespace btcw::cli
