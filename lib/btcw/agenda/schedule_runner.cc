#include "btcw/agenda/schedule_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "btcw/base/thread_start.h"
#include "btcw/process/posix_command_runner.h"

namespace btcw {
namespace {

constexpr milliseconds kSaveEvery = seconds{1};
constexpr std::size_t kPingBodyBytes = 10'000;
constexpr std::size_t kMostLines = 200;

// The end of a text, where the reason for a failure is.
std::string tail_of(std::string_view text) {
  return std::string{text.substr(text.size() - std::min(text.size(), kPingBodyBytes))};
}

}  // namespace

ScheduleRunner::ScheduleRunner(Agenda agenda, WakeEvent wake, ScheduleRunnerOptions options,
                               Ports ports)
    : agenda_{std::move(agenda)},
      options_{std::move(options)},
      ports_{ports},
      commands_{
          make_posix_command_runner(ports.environment, ports.clock, {.grace = options_.grace})},
      keeps_records_{!agenda_.states(now()).empty()},
      unsaved_{keeps_records_},
      wake_{std::move(wake)} {}

Result<std::unique_ptr<ScheduleRunner>> ScheduleRunner::start(
    std::vector<ScheduleOptions> schedules, ScheduleRunnerOptions options, Ports ports) {
  auto wake = WakeEvent::make();
  if (!wake) return std::move(wake).error();
  auto records = ports.book.load();
  if (!records) {
    ports.log.warning("schedules begin anew: " + records.error().message);
    records = RunRecords{};
  }
  const Moment now{ports.clock.now(), ports.clock.steady_now()};
  Agenda agenda{*std::move(records), now};
  auto set = agenda.set(schedules, now);
  if (!set) return std::move(set).error();
  std::unique_ptr<ScheduleRunner> runner{
      new ScheduleRunner{std::move(agenda), *std::move(wake), std::move(options), ports}};
  runner->publish();
  auto started = start_thread(runner->thread_, [&self = *runner] { self.work(); });
  if (!started) return std::move(started).error();
  return runner;
}

Result<void> ScheduleRunner::set(std::vector<ScheduleOptions> schedules) {
  for (const ScheduleOptions& each : schedules) {
    auto timetable = timetable_of(each);
    if (!timetable) return std::move(timetable).error().within("schedule " + each.name);
  }
  const std::lock_guard lock{mutex_};
  new_schedules_ = std::move(schedules);
  wake_.set();
  return {};
}

std::vector<ScheduleRunner::Status> ScheduleRunner::status() const {
  const std::lock_guard lock{mutex_};
  return status_;
}

void ScheduleRunner::stop() {
  {
    const std::lock_guard lock{mutex_};
    stop_asked_ = true;
    wake_.set();
  }
  if (thread_.joinable()) thread_.join();
}

void ScheduleRunner::work() {
  for (;;) {
    take_posts();
    commands_->poll();
    if (ending_ && runs_.empty()) break;
    for (RunStart& start : agenda_.look(now())) begin(std::move(start));
    end_overdue();
    publish();
    save_if_due();
    wait();
  }
  publish();
  save_at_ = {};
  unsaved_ = keeps_records_;
  save_if_due();
}

void ScheduleRunner::take_posts() {
  std::vector<Finish> finished;
  std::optional<std::vector<ScheduleOptions>> schedules;
  bool stop = false;
  {
    const std::lock_guard lock{mutex_};
    wake_.clear();
    finished.swap(finished_);
    schedules.swap(new_schedules_);
    stop = stop_asked_;
  }
  for (Finish& each : finished) finish(std::move(each));
  if (schedules) {
    // set() has seen to it that it cannot fail.
    if (auto set = agenda_.set(*schedules, now()); !set) ports_.log.error(set.error().message);
    keeps_records_ = keeps_records_ || !schedules->empty();
    unsaved_ = keeps_records_;
  }
  if (stop && !ending_) end_all();
}

void ScheduleRunner::begin(RunStart start) {
  auto event = WakeEvent::make();
  const Moment moment = now();
  const milliseconds timeout = start.options.timeout;
  Run& run = runs_.emplace_back(Run{.number = next_number_++,
                                    .start = std::move(start),
                                    .began_at = moment.utc,
                                    .began = moment.steady,
                                    .until = moment.steady + timeout,
                                    .stop = nullptr});
  unsaved_ = true;
  if (!event) return post({run.number, false, 1, event.error().message});
  run.stop = std::make_unique<RunStop>(*std::move(event));
  const ScheduleOptions& options = run.start.options;
  if (!options.ping_url.empty()) {
    ports_.pings.send(ping_url(options.ping_url, PingKind::start), {});
  }
  options.action == ScheduleAction::exec ? begin_command(run) : begin_action(run);
}

void ScheduleRunner::begin_command(const Run& run) {
  const auto done = [this, number = run.number](Result<CommandOutcome> outcome) {
    if (!outcome) return post({number, false, 127, outcome.error().message});
    const int code = outcome->exit_code;
    switch (outcome->end) {
      case CommandEnd::exited:
        return post({number, code == 0, code, fmt::format("exit code {}", code),
                     std::move(outcome->output)});
      case CommandEnd::signalled:
        return post({number, false, code, fmt::format("ended by signal {}", code - 128),
                     std::move(outcome->output)});
      case CommandEnd::timed_out:
        return post({number, false, code, "ended before it was done", std::move(outcome->output)});
    }
  };
  commands_->start({.words = run.start.options.command,
                    .variables = variables(run),
                    .timeout = run.start.options.timeout},
                   done);
}

void ScheduleRunner::begin_action(Run& run) {
  auto started = start_thread(run.thread, [this, number = run.number, options = run.start.options,
                                           scheduled = run.start.scheduled, &stop = *run.stop] {
    auto done = ports_.actions.run({.options = options, .scheduled = scheduled, .stop = stop});
    done ? post({number, true, 0, *std::move(done)})
         : post({number, false, 1, std::move(done).error().message});
  });
  if (!started) post({run.number, false, 1, std::move(started).error().message});
}

std::vector<std::pair<std::string, std::string>> ScheduleRunner::variables(const Run& run) const {
  auto all = options_.variables;
  const auto& records = agenda_.records();
  const auto record = records.find(run.start.options.name);
  all.emplace_back("BTCW_SCHEDULE", run.start.options.name);
  all.emplace_back("BTCW_SCHEDULED_AT", to_rfc3339(run.start.scheduled));
  all.emplace_back("BTCW_STARTED_AT", to_rfc3339(run.began_at));
  all.emplace_back("BTCW_MISSED", std::to_string(run.start.missed));
  if (record == records.end() || !record->second.last_start) return all;
  all.emplace_back("BTCW_LAST_START", to_rfc3339(*record->second.last_start));
  all.emplace_back("BTCW_LAST_EXIT_CODE", std::to_string(record->second.last_exit_code));
  if (const auto success = record->second.last_success) {
    all.emplace_back("BTCW_LAST_SUCCESS", to_rfc3339(*success));
  }
  return all;
}

void ScheduleRunner::post(Finish finish) {
  const std::lock_guard lock{mutex_};
  finished_.push_back(std::move(finish));
  wake_.set();
}

void ScheduleRunner::finish(Finish finish) {
  const auto run = std::find_if(runs_.begin(), runs_.end(),
                                [&](const Run& one) { return one.number == finish.number; });
  if (run == runs_.end()) return;
  if (run->thread.joinable()) run->thread.join();
  const auto took = std::chrono::floor<milliseconds>(ports_.clock.steady_now() - run->began);
  if (run->timed_out) {
    finish.well = false;
    finish.exit_code = std::max(finish.exit_code, 1);
    finish.detail =
        fmt::format("not done after {} (timeout)", to_string(run->start.options.timeout));
  }
  agenda_.ended(
      run->start.options.name,
      {.began = run->began_at, .took = took, .well = finish.well, .exit_code = finish.exit_code});
  tell(*run, finish, took);
  const ScheduleOptions& options = run->start.options;
  if (!options.ping_url.empty()) {
    const auto kind = finish.well ? PingKind::success : PingKind::failure;
    ports_.pings.send(ping_url(options.ping_url, kind),
                      tail_of(finish.output.empty() ? finish.detail : finish.output));
  }
  runs_.erase(run);
  unsaved_ = true;
}

void ScheduleRunner::tell(const Run& run, const Finish& finish, milliseconds took) {
  const LogLevel level = finish.well ? LogLevel::info : LogLevel::warning;
  const std::string& name = run.start.options.name;
  if (!ports_.log.wants(level)) return;
  std::string_view output = finish.output;
  for (std::size_t line = 0; !output.empty() && line < kMostLines; ++line) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    ports_.log.write(level, fmt::format("schedule {}: | {}", name, output.substr(0, end)), {});
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  ports_.log.write(
      level,
      fmt::format("schedule {}: {} {} after {}: {}", name, to_string(run.start.options.action),
                  finish.well ? "done" : "failed", to_string(took), finish.detail),
      {});
}

// Commands have their own clock.
void ScheduleRunner::end_overdue() {
  const SteadyTime moment = ports_.clock.steady_now();
  for (Run& run : runs_) {
    if (moment < run.until || run.timed_out) continue;
    run.timed_out = true;
    if (run.stop) run.stop->raise();
  }
}

void ScheduleRunner::end_all() {
  ending_ = true;
  agenda_.close();
  for (Run& run : runs_) {
    if (run.stop) run.stop->raise();
  }
  commands_->end_all();
}

void ScheduleRunner::publish() {
  std::vector<Status> status;
  for (Agenda::State& state : agenda_.states(now())) {
    const auto record = agenda_.records().find(state.name);
    RunRecord known = record == agenda_.records().end() ? RunRecord{} : record->second;
    status.push_back({std::move(state), std::move(known)});
  }
  const std::lock_guard lock{mutex_};
  status_ = std::move(status);
}

void ScheduleRunner::save_if_due() {
  if (!unsaved_ || ports_.clock.steady_now() < save_at_) return;
  save_at_ = ports_.clock.steady_now() + kSaveEvery;
  unsaved_ = false;
  const auto saved = ports_.book.save(agenda_.records());
  if (!saved && !save_failed_) {
    ports_.log.warning("what schedules did is not kept: " + saved.error().message);
  }
  save_failed_ = !saved;
}

void ScheduleRunner::wait() {
  SteadyTime until = std::min(agenda_.next_look(now()), commands_->next_deadline());
  if (unsaved_) until = std::min(until, save_at_);
  for (const Run& run : runs_) {
    if (!run.timed_out) until = std::min(until, run.until);
  }
  std::vector<int> fds{wake_.fd()};
  commands_->add_wake_fds(fds);
  ports_.clock.wait_until(until, fds);
}

}  // namespace btcw
