#include "btcw/agenda/agenda.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

using schedule::ByClock;
using schedule::Every;

// Two clocks are never read at the same moment.
constexpr milliseconds kSlack = seconds{1};
// A schedule of every second after a year's sleep: enough is known before all are counted.
constexpr std::uint64_t kMostCounted = 100'000;

// What has to be the same for a schedule to go on where it is.
std::string text_of(const ScheduleOptions& options) {
  if (options.cron.empty()) return "every " + to_string(options.every);
  return options.timezone.empty() ? options.cron : options.timezone + ' ' + options.cron;
}

milliseconds magnitude(milliseconds time) { return time < milliseconds{0} ? -time : time; }

}  // namespace

Result<void> Agenda::set(std::span<const ScheduleOptions> schedules, Moment now) {
  std::vector<Job> jobs;
  for (const ScheduleOptions& options : schedules) {
    auto timetable = timetable_of(options);
    if (!timetable) return std::move(timetable).error().within("schedule " + options.name);
    jobs.push_back({.options = options,
                    .text = text_of(options),
                    .timetable = *std::move(timetable),
                    .shift = jitter_of(options)});
  }
  for (Job& job : jobs) {
    const auto before = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& one) {
      return one.options.name == job.options.name;
    });
    if (before != jobs_.end()) job.running = before->running;
    if (before == jobs_.end() || before->text != job.text) {
      plan(job, now);
      continue;
    }
    job.due_utc = before->due_utc;
    job.due_steady = before->due_steady;
    job.anchor = before->anchor;
    job.waiting = std::move(before->waiting);
  }
  jobs_ = std::move(jobs);
  return {};
}

void Agenda::plan(Job& job, Moment now) {
  RunRecord& record = records_[job.options.name];
  const bool is_known = record.timetable == job.text && record.settled_until <= now.utc;
  if (!is_known || !job.options.catch_up) record.settled_until = now.utc;
  record.timetable = job.text;
  if (const auto* const by = std::get_if<ByClock>(&job.timetable)) {
    job.due_utc = by->cron.next(std::chrono::floor<seconds>(record.settled_until), by->zone);
    return;
  }
  // What was waited for before a restart counts.
  job.anchor = now.steady - (now.utc - record.settled_until);
  job.due_steady = std::get<Every>(job.timetable).next(job.anchor, job.anchor);
}

std::vector<RunStart> Agenda::look(Moment now) {
  const auto passed = std::chrono::floor<milliseconds>(now.steady - seen_.steady);
  milliseconds jump = (now.utc - seen_.utc) - passed;
  if (magnitude(jump) < kSlack) jump = milliseconds{0};
  seen_ = now;
  if (jump != milliseconds{0}) follow_clock_change(jump, now);
  std::vector<RunStart> starts;
  if (closed_) return starts;
  for (Job& job : jobs_) {
    const auto due = take_due(job, now);
    if (due) {
      RunRecord& record = records_[job.options.name];
      record.settled_until = now.utc;
      const bool made = is_made(job, *due, jump);
      const std::uint64_t missed = due->count - (made ? 1 : 0);
      record.missed += missed;
      if (made) admit(job, {job.options, due->last, missed}, starts);
    }
    if (job.running == 0 && !job.waiting.empty()) {
      ++job.running;
      starts.push_back(std::move(job.waiting.front()));
      job.waiting.pop_front();
    }
  }
  std::stable_sort(starts.begin(), starts.end(),
                   [](const RunStart& a, const RunStart& b) { return a.scheduled < b.scheduled; });
  return starts;
}

void Agenda::follow_clock_change(milliseconds jump, Moment now) {
  for (Job& job : jobs_) {
    const auto* const by = std::get_if<ByClock>(&job.timetable);
    if (by == nullptr) continue;
    const bool is_new_time = magnitude(jump) >= kNewTime;
    // What a forward jump passes over is for take_due() to find.
    if (jump > milliseconds{0}) continue;
    if (!is_new_time && !by->cron.follows_clock()) continue;
    job.due_utc = by->cron.next(std::chrono::floor<seconds>(now.utc), by->zone);
    records_[job.options.name].settled_until = now.utc;
  }
}

std::optional<Agenda::Due> Agenda::take_due(Job& job, Moment now) {
  if (const auto* const by = std::get_if<ByClock>(&job.timetable)) {
    return take_due_by_clock(job, *by, now);
  }
  const SteadyTime first = *job.due_steady + job.shift;
  if (first > now.steady) return std::nullopt;
  const auto& every = std::get<Every>(job.timetable);
  const auto further = static_cast<std::uint64_t>((now.steady - first) / every.interval());
  const SteadyTime last = first + every.interval() * static_cast<std::int64_t>(further);
  job.due_steady = last - job.shift + every.interval();
  const auto late = std::chrono::floor<milliseconds>(now.steady - last);
  return Due{.last = now.utc - late, .count = further + 1, .late = late};
}

std::optional<Agenda::Due> Agenda::take_due_by_clock(Job& job, const ByClock& by, Moment now) {
  std::optional<Due> due;
  while (job.due_utc && *job.due_utc + job.shift <= now.utc) {
    if (!due) due.emplace();
    due->last = *job.due_utc + job.shift;
    ++due->count;
    const bool is_enough = due->count >= kMostCounted;
    const UtcTime from =
        is_enough ? std::chrono::floor<seconds>(now.utc - job.shift) : *job.due_utc;
    job.due_utc = by.cron.next(from, by.zone);
  }
  if (due) due->late = now.utc - due->last;
  return due;
}

// Whether the last of the runs whose time has come is made.
bool Agenda::is_made(const Job& job, const Due& due, milliseconds jump) {
  if (due.late <= kPunctual || job.options.catch_up) return true;
  const auto* const by = std::get_if<ByClock>(&job.timetable);
  const bool is_set_forward = jump > milliseconds{0} && jump < kNewTime && due.late <= jump;
  return by != nullptr && !by->cron.follows_clock() && is_set_forward;
}

void Agenda::admit(Job& job, RunStart start, std::vector<RunStart>& starts) {
  const auto begin = [&] {
    ++job.running;
    starts.push_back(std::move(start));
  };
  if (job.running == 0 && job.waiting.empty()) return begin();
  switch (job.options.overlap) {
    case Overlap::allow:
      if (job.running < kMostAbreast) return begin();
      break;
    case Overlap::queue:
      if (job.waiting.size() < kMostWaiting) return job.waiting.push_back(std::move(start));
      break;
    case Overlap::skip:
      break;
  }
  ++records_[job.options.name].skipped;
}

std::optional<SteadyTime> Agenda::due_at(const Job& job, Moment now) {
  if (job.running == 0 && !job.waiting.empty()) return now.steady;
  if (job.due_steady) return *job.due_steady + job.shift;
  if (!job.due_utc) return std::nullopt;
  return now.steady + (*job.due_utc + job.shift - now.utc);
}

SteadyTime Agenda::next_look(Moment now) const {
  if (closed_ || jobs_.empty()) return SteadyTime::max();
  SteadyTime first = now.steady + kLookAgain;
  for (const Job& job : jobs_) {
    if (const auto due = due_at(job, now)) first = std::min(first, *due);
  }
  return first;
}

void Agenda::ended(std::string_view name, const Ending& ending) {
  RunRecord& record = records_[std::string{name}];
  ++record.runs;
  record.last_start = ending.began;
  record.last_took = ending.took;
  record.last_exit_code = ending.exit_code;
  if (ending.well) {
    record.last_success = ending.began;
  } else {
    ++record.failures;
  }
  for (Job& job : jobs_) {
    if (job.options.name == name && job.running > 0) --job.running;
  }
}

std::vector<Agenda::State> Agenda::states(Moment now) const {
  std::vector<State> states;
  for (const Job& job : jobs_) {
    State state{.name = job.options.name,
                .next = std::nullopt,
                .running = job.running,
                .waiting = job.waiting.size()};
    if (job.due_utc) state.next = *job.due_utc + job.shift;
    if (job.due_steady) {
      state.next =
          now.utc + std::chrono::floor<milliseconds>(*job.due_steady + job.shift - now.steady);
    }
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace btcw
