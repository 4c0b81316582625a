#include "btcw/watch/runner.h"

#include <algorithm>
#include <utility>

namespace btcw {

Runner::Runner(std::span<TickerSource* const> sources, std::span<TickObserver* const> observers,
               RunnerOptions options, Ports ports)
    : sources_{sources.begin(), sources.end()},
      observers_{observers.begin(), observers.end()},
      options_{std::move(options)},
      ports_{ports} {
  wake_fds_.reserve(1 + sources_.size() + observers_.size());
}

Result<RunEnd> Runner::run() {
  started_ = ports_.clock.steady_now();
  if (options_.run_for) stop_at_ = started_ + *options_.run_for;
  if (ports_.service.alive_every()) alive_due_ = started_;
  auto end = loop();
  ports_.service.stopping();
  for (TickObserver* observer : observers_) {
    auto finished = observer->finish();
    if (!finished && end) end = std::move(finished).error();
  }
  return end;
}

Result<RunEnd> Runner::loop() {
  for (;;) {
    wait();
    auto end = step();
    if (!end) return std::move(end).error();
    if (*end) return **end;
  }
}

Runner::Step Runner::step() {
  if (const auto end = take_signals()) return std::optional{*end};
  auto tended = tend_observers();
  if (!tended || *tended) return tended;
  if (ports_.clock.steady_now() >= stop_at_) return std::optional{RunEnd::time_over};
  auto taken = take_ticks();
  tend_service();
  return taken;
}

void Runner::wait() {
  SteadyTime until = std::min(stop_at_, alive_due_);
  wake_fds_.clear();
  const auto add = [this](int fd) {
    if (fd >= 0) wake_fds_.push_back(fd);
  };
  add(ports_.signals.fd());
  for (const TickObserver* observer : observers_) {
    add(observer->fd());
    until = std::min(until, observer->due());
  }
  if (!draining_ && !any_observer(Load::full)) {
    for (const TickerSource* source : sources_) {
      add(source->fd());
      until = std::min(until, source->due());
    }
  }
  if (until > ports_.clock.steady_now()) ports_.clock.wait_until(until, wake_fds_);
}

std::optional<RunEnd> Runner::take_signals() {
  while (const auto signal = ports_.signals.take()) {
    switch (*signal) {
      case Signal::stop:
      case Signal::interrupt:
        return RunEnd::stopped;
      case Signal::reload:
        ports_.service.reloading();
        if (options_.on_reload && options_.on_reload() == Flow::stop) return RunEnd::stopped;
        ports_.service.ready();
        break;
      case Signal::status:
        if (options_.on_status) options_.on_status();
        break;
      case Signal::resize:
        for (TickObserver* observer : observers_) observer->on_resize();
        break;
    }
  }
  return std::nullopt;
}

Runner::Step Runner::take_ticks() {
  if (any_observer(Load::full)) return std::optional<RunEnd>{};
  bool running = false;
  for (TickerSource* source : sources_) {
    if (draining_) break;
    auto state =
        source->take([this](std::span<const CacheEntry> ticks) { hand_to_observers(ticks); });
    if (failure_) return *std::exchange(failure_, std::nullopt);
    if (!state) return std::move(state).error();
    if (stop_asked_) return std::optional{RunEnd::observer};
    if (*state == SourceState::running) running = true;
  }
  if (running) return std::optional<RunEnd>{};
  draining_ = true;
  return any_observer(Load::busy) ? std::optional<RunEnd>{} : std::optional{RunEnd::source_ended};
}

void Runner::hand_to_observers(std::span<const CacheEntry> ticks) {
  ticks_ += ticks.size();
  for (TickObserver* observer : observers_) {
    auto flow = observer->on_ticks(ticks);
    if (!flow) {
      if (!failure_) failure_ = std::move(flow).error();
      continue;
    }
    if (*flow == Flow::stop) stop_asked_ = true;
  }
}

Runner::Step Runner::tend_observers() {
  const SteadyTime now = ports_.clock.steady_now();
  for (TickObserver* observer : observers_) {
    if (observer->fd() < 0 && now < observer->due()) continue;
    auto flow = observer->on_time();
    if (!flow) return std::move(flow).error();
    if (*flow == Flow::stop) return std::optional{RunEnd::observer};
  }
  return std::optional<RunEnd>{};
}

void Runner::tend_service() {
  if (!ports_.service.listens()) return;
  const bool settled = std::any_of(sources_.begin(), sources_.end(),
                                   [](const TickerSource* source) { return source->settled(); });
  if (settled && !told_ready_) {
    told_ready_ = true;
    ports_.service.ready();
    if (options_.status_line) ports_.service.status(options_.status_line());
  }
  const SteadyTime now = ports_.clock.steady_now();
  if (now < alive_due_) return;
  ports_.service.alive();
  if (options_.status_line) ports_.service.status(options_.status_line());
  alive_due_ = now + *ports_.service.alive_every();
}

bool Runner::any_observer(Load load) const {
  return std::any_of(observers_.begin(), observers_.end(),
                     [load](const TickObserver* observer) { return observer->load() >= load; });
}

}  // namespace btcw
