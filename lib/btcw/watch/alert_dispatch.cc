#include "btcw/watch/alert_dispatch.h"

#include <fmt/format.h>

#include <algorithm>

#include "btcw/watch/alert_message.h"

namespace btcw {
namespace {

constexpr std::size_t kManyMessages = 256;
/// How long a state that no message speaks of may wait.
constexpr milliseconds kStatePatience = seconds{1};
constexpr milliseconds kAfterFailure = seconds{2};

std::string_view kind_of(const rules::Event& event) {
  return event.kind == rules::EventKind::fired ? "alert fired" : "alert resolved";
}

}  // namespace

void AlertDispatch::on_event(const AlertEvent& event) {
  ports_.log.info(kind_of(event.event),
                  {{"alert", event.alert.name}, {"symbol", event.about.to_string()}});
  auto message = message_of(event);
  if (!message) return;
  const milliseconds ttl = event.alert.ttl > milliseconds{0} ? event.alert.ttl : options_.ttl;
  const UtcTime due = due_of(event);
  if (options_.expires && ttl > milliseconds{0}) message->expires = due + ttl;
  messages_.push_back({.message = *std::move(message), .due = due});
}

Result<Flow> AlertDispatch::settle(RuleDesk& desk, std::uint64_t tickers) {
  tickers_ = tickers;
  const bool counts = !options_.progress_key.empty() && tickers_ != kept_tickers_;
  if (messages_.empty() && !desk.has_changes() && !counts) return Flow::go_on;
  const milliseconds patience = messages_.empty() ? kStatePatience : options_.patience;
  if (messages_.size() >= kManyMessages || (!messages_.empty() && patience == milliseconds{0})) {
    if (!failing_) commit(desk);
    return Flow::go_on;
  }
  commit_at_ = std::min(commit_at_, ports_.clock.steady_now() + patience);
  // A recording at full speed leaves no time between its batches.
  if (!failing_ && ports_.clock.steady_now() >= commit_at_) commit(desk);
  return Flow::go_on;
}

SteadyTime AlertDispatch::due() const { return std::min(commit_at_, ports_.outbox.due()); }

Result<void> AlertDispatch::tend(RuleDesk& desk) {
  if (ports_.clock.steady_now() >= commit_at_) commit(desk);
  if (auto tended = ports_.outbox.tend(); !tended) {
    ports_.log.warning("alerts: " + tended.error().message);
  }
  return {};
}

Result<void> AlertDispatch::finish(RuleDesk& desk) {
  commit(desk);
  if (failing_) return {};
  if (options_.is_episode) {
    JournalChanges end{.dropped = {options_.scope}};
    if (!options_.progress_key.empty()) end.progress.push_back({options_.progress_key, ""});
    if (auto ended = ports_.outbox.commit(std::move(end), {}); !ended) {
      ports_.log.warning("alerts: " + ended.error().message);
    }
  }
  if (auto finished = ports_.outbox.finish(); !finished) {
    ports_.log.warning("alerts: " + finished.error().message);
  }
  return {};
}

void AlertDispatch::take_changes(RuleDesk& desk) {
  desk.take_changes([this](KeptState state) {
    state.scope = options_.scope;
    auto key = std::pair{state.alert, state.symbol};
    states_.insert_or_assign(std::move(key), std::move(state));
  });
}

JournalChanges AlertDispatch::changes() const {
  JournalChanges changes;
  for (const auto& [key, state] : states_) changes.states.push_back(state);
  if (!options_.progress_key.empty()) {
    changes.progress.push_back({options_.progress_key, std::to_string(tickers_)});
  }
  return changes;
}

void AlertDispatch::commit(RuleDesk& desk) {
  take_changes(desk);
  commit_at_ = SteadyTime::max();
  const auto written = ports_.outbox.commit(changes(), messages_);
  if (!written) {
    // Said once, until it works again.
    if (!failing_) ports_.log.error("alerts wait: " + written.error().message);
    failing_ = true;
    commit_at_ = ports_.clock.steady_now() + kAfterFailure;
    return;
  }
  if (failing_) ports_.log.info("alerts are written again");
  failing_ = false;
  kept_tickers_ = tickers_;
  messages_.clear();
  states_.clear();
}

}  // namespace btcw
