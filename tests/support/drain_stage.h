#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/drain/drainer.h"
#include "btcw/drain/memory_delivery_log.h"
#include "btcw/queue/memory_queue.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/seeded_random.h"

namespace btcw::test {

/// A clock on which things happen: waiting goes on to the next of them. What waits for ever with
/// nothing to come raises the signal to end.
class Timeline final : public Clock, public SignalSource {
 public:
  [[nodiscard]] UtcTime now() const override { return clock_.now(); }
  [[nodiscard]] SteadyTime steady_now() const override { return clock_.steady_now(); }
  void wait_until(SteadyTime until, std::span<const int> wake_fds) const override;
  [[nodiscard]] int fd() const override { return -1; }
  std::optional<Signal> take() override;

  void after(milliseconds delay, std::function<void()> what) const {
    events_.emplace(steady_now() + delay, std::move(what));
  }
  void raise(Signal signal) const { signals_.push_back(signal); }
  void advance(milliseconds by) const { clock_.advance(by); }
  /// How often somebody waited, and how often until something that never came.
  [[nodiscard]] std::size_t waits() const { return waits_; }
  [[nodiscard]] std::size_t sleeps() const { return sleeps_; }
  /// Waits that were over before they began, in a row, at most.
  [[nodiscard]] std::size_t most_empty_waits() const { return most_empty_waits_; }

 private:
  FakeClock clock_;
  mutable std::multimap<SteadyTime, std::function<void()>> events_;
  mutable std::deque<Signal> signals_;
  mutable std::size_t waits_ = 0;
  mutable std::size_t sleeps_ = 0;
  mutable std::size_t empty_waits_ = 0;
  mutable std::size_t most_empty_waits_ = 0;
};

/// What one attempt comes to, and how long it takes: 0: before deliver() returns.
struct ScriptedDelivery {
  DeliveryResult result = DeliveryResult::delivered;
  milliseconds takes = {};
  std::string detail = "as scripted";
  std::optional<milliseconds> retry_after = std::nullopt;
};

/// What a scripted channel was given, and when.
struct SentMessage {
  Notification message;
  UtcTime at;
};

/// A channel that does as it is told, and in the end delivers.
class ScriptedChannel final : public Channel {
 public:
  ScriptedChannel(const Timeline& timeline, std::vector<SentMessage>& sent,
                  std::deque<ScriptedDelivery>& script, ScriptedDelivery& usual)
      : timeline_{timeline}, sent_{sent}, script_{script}, usual_{usual} {}

  void deliver(const Notification& notification, milliseconds timeout, DeliveryDone done) override;
  std::string preview(const Notification&) override { return {}; }

 private:
  const Timeline& timeline_;
  std::vector<SentMessage>& sent_;
  std::deque<ScriptedDelivery>& script_;
  ScriptedDelivery& usual_;
};

/// A queue in memory with faults, and a count of what is asked of it.
class FaultyQueue final : public Queue {
 public:
  FaultyQueue() : queue_{make_memory_queue()} {}

  Result<void> add(std::span<const NewMessage> messages) override { return queue_->add(messages); }
  Result<std::string> add_once(const NewMessage& message, milliseconds window) override {
    return queue_->add_once(message, window);
  }
  Result<std::vector<std::unique_ptr<Claim>>> take(UtcTime now, std::size_t max) override {
    ++takes;
    if (take_fault) return *take_fault;
    return queue_->take(now, max);
  }
  std::unique_ptr<Claim> take_again(const std::string& ticket, UtcTime now) override {
    return queue_->take_again(ticket, now);
  }
  Result<void> ack(std::unique_ptr<Claim> claim) override {
    if (settle_fault) return *settle_fault;
    return queue_->ack(std::move(claim));
  }
  Result<void> postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                        DeliveryProgress progress) override {
    if (settle_fault) return *settle_fault;
    return queue_->postpone(std::move(claim), due, attempt, progress);
  }
  Result<void> bury(std::unique_ptr<Claim> claim, std::string_view reason,
                    DeliveryProgress progress) override {
    if (settle_fault) return *settle_fault;
    return queue_->bury(std::move(claim), reason, progress);
  }
  Result<std::optional<UtcTime>> next_due() override {
    if (take_fault) return *take_fault;
    return queue_->next_due();
  }
  [[nodiscard]] int wake_fd() override { return -1; }
  Result<std::vector<MessageInfo>> list(std::optional<MessageState> state,
                                        std::size_t max) override {
    return queue_->list(state, max);
  }
  Result<MessageInfo> show(std::string_view id) override { return queue_->show(id); }
  Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now) override {
    return queue_->retry_dead(id, now);
  }
  Result<std::size_t> purge_dead(UtcTime before) override { return queue_->purge_dead(before); }

  [[nodiscard]] std::span<const MessageFate> fates() const { return queue_->fates(); }

  std::optional<Error> take_fault = std::nullopt;
  std::optional<Error> settle_fault = std::nullopt;
  std::size_t takes = 0;

 private:
  std::unique_ptr<MemoryQueue> queue_;
};

/// A drainer with a queue in memory, scripted channels, and a clock of its own.
class DrainStage : public CommandRunner {
 public:
  explicit DrainStage(std::unique_ptr<DeliveryLog> deliveries = nullptr);
  ~DrainStage() override;

  /// A channel of that name; before the first run.
  ChannelRoute& channel(const std::string& name);
  /// What its next attempts come to; afterwards it delivers.
  void script(const std::string& name, std::vector<ScriptedDelivery> deliveries);
  /// What all attempts come to that no script is there for.
  void usually(const std::string& name, ScriptedDelivery delivery) {
    services_[name].usual = std::move(delivery);
  }

  /// A message for these channels, due now.
  Notification& draft(std::string_view id, std::vector<std::string> channels);
  /// Puts all drafts into the queue, due `later`.
  void add_drafts(milliseconds later = {});
  void add(std::string_view id, std::vector<std::string> channels);
  /// `count` messages PREFIX0000, PREFIX0001…
  void add_many(std::string_view prefix, std::size_t count, const std::string& channel);

  DrainSummary run(const DrainOptions& options = {});
  Result<DrainSummary> try_run(const DrainOptions& options);

  [[nodiscard]] const std::vector<SentMessage>& sent(const std::string& name) {
    return services_[name].sent;
  }
  /// The ids of what that channel was given, each attempt.
  [[nodiscard]] std::vector<std::string> ids(const std::string& name);
  [[nodiscard]] const MessageFate& fate(std::string_view id) const;
  [[nodiscard]] std::vector<DeliveryRecord> records();
  void forget_records();
  [[nodiscard]] std::optional<Signal> stopped_by() const { return drainer_->stopped_by(); }

  // There are no commands; the events of the timeline are run by waiting on it.
  void start(CommandRun, CommandDone) override {}
  std::size_t poll() override { return 0; }
  void end_all() override {}
  void add_wake_fds(std::vector<int>&) const override {}
  [[nodiscard]] SteadyTime next_deadline() const override { return SteadyTime::max(); }

  Timeline time;
  RecordingLog log;
  FaultyQueue queue;
  /// The URLs of ad-hoc channels that are there.
  std::map<std::string, std::string, std::less<>> adhoc_urls;

 private:
  struct Service {
    std::vector<SentMessage> sent;
    std::deque<ScriptedDelivery> script;
    ScriptedDelivery usual;
  };

  void make_drainer();

  SeededRandom random_;
  std::unique_ptr<DeliveryLog> deliveries_;
  ChannelRoutes routes_;
  std::map<std::string, Service, std::less<>> services_;
  std::deque<Notification> drafts_;
  std::unique_ptr<ChannelSet> channels_;
  std::unique_ptr<Drainer> drainer_;
};

}  // namespace btcw::test
