// Staying, and what goes wrong beside the channels: the queue's folder, the delivery log.
#include <algorithm>
#include <catch2/catch.hpp>

#include "support/drain_stage.h"

using namespace btcw;
using test::DrainStage;
using End = MessageFate::End;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

using Names = std::vector<std::string>;

void stop_after(DrainStage& stage, milliseconds time) {
  stage.time.after(time, [&stage] { stage.time.raise(Signal::stop); });
}

/// A log whose every call fails while it is told to.
class BrokenLog final : public DeliveryLog {
 public:
  explicit BrokenLog(const bool& is_broken) : is_broken_{is_broken} {}

  void record(DeliveryRecord record) override { log_.record(std::move(record)); }
  Result<void> flush() override { return failing(log_.flush()); }
  Result<std::optional<UtcTime>> reserve(std::string_view channel, const Caps& caps,
                                         UtcTime now) override {
    return failing(log_.reserve(channel, caps, now));
  }
  Result<void> block(std::string_view channel, UtcTime until) override {
    return failing(log_.block(channel, until));
  }
  Result<std::optional<UtcTime>> blocked_until(std::string_view channel, UtcTime now) override {
    return failing(log_.blocked_until(channel, now));
  }
  Result<std::vector<DeliveryRecord>> list(const Query& query) override { return log_.list(query); }
  Result<std::size_t> prune(UtcTime before) override { return failing(log_.prune(before)); }

 private:
  template <typename T>
  Result<T> failing(Result<T> result) const {
    if (is_broken_) return Error{Errc::unavailable, "disk full"};
    return result;
  }

  const bool& is_broken_;
  MemoryDeliveryLog log_;
};

}  // namespace

TEST_CASE("a drainer that stays delivers what comes and what is due later, and what failed again") {
  DrainStage stage;
  stage.channel("desk");
  stage.script("desk", {{}, {.result = DeliveryResult::transient}});
  stage.add("now", {"desk"});
  stage.draft("later", {"desk"});
  stage.add_drafts(minutes{3});
  stage.time.after(minutes{10}, [&stage] { stage.add("new", {"desk"}); });
  stop_after(stage, minutes{20});

  const DrainSummary summary = stage.run({.stay = Stay::follow});

  CHECK(stage.ids("desk") == Names{"now", "later", "later", "new"});
  CHECK(summary.delivered == 3);
  CHECK(summary.deferred == 1);
}

TEST_CASE("a drainer that stays never waits for a moment that has passed") {
  DrainStage stage;
  stage.channel("desk");
  stage.channel("hangs");
  stage.channel("slow").caps = {.per_minute = 2};
  stage.usually("desk", {.takes = milliseconds{5}, .retry_after = seconds{2}});
  stage.usually("hangs", {.takes = hours{1}});
  stage.add_many("d", 50, "desk");
  stage.add_many("h", 50, "hangs");
  stage.add_many("s", 10, "slow");
  stop_after(stage, hours{1});

  static_cast<void>(stage.run({.stay = Stay::follow, .concurrency = 2}));

  CHECK(stage.sent("desk").size() == 50);
  CHECK(stage.sent("slow").size() == 10);
  CHECK(stage.time.most_empty_waits() < 20);
}

TEST_CASE("a queue that cannot be read is tried again less and less often, and told of twice") {
  DrainStage stage;
  stage.channel("desk");
  stage.queue.take_fault = Error{Errc::unavailable, "input/output error"};
  stage.time.after(hours{1}, [&stage] {
    stage.queue.take_fault.reset();
    stage.add("a", {"desk"});
  });
  stop_after(stage, hours{2});
  std::size_t takes = 0;
  stage.time.after(minutes{59}, [&] { takes = stage.queue.takes; });

  const DrainSummary summary = stage.run({.stay = Stay::follow});

  CHECK(summary.delivered == 1);
  CHECK(stage.log.count("the queue cannot be read") == 1);
  CHECK(stage.log.count("the queue can be read again") == 1);
  CHECK(takes > 55);
  CHECK(takes < 4000);
}

TEST_CASE("a queue that cannot be read ends a run that does not stay") {
  DrainStage stage;
  stage.channel("desk");
  stage.queue.take_fault = Error{Errc::unavailable, "input/output error"};

  const auto summary = stage.try_run({});

  REQUIRE_FALSE(summary.has_value());
  CHECK(summary.error().message == "input/output error");
}

TEST_CASE("a delivery log that fails keeps no message back, and is told of once each way") {
  bool is_broken = true;
  DrainStage stage{std::make_unique<BrokenLog>(is_broken)};
  stage.channel("desk").caps = {.per_minute = 5};
  stage.add_many("m", 20, "desk");

  CHECK(stage.run().delivered == 20);
  CHECK(stage.log.count(LogLevel::warning, "the delivery log fails") == 1);
  is_broken = false;
  stage.add("z", {"desk"});
  static_cast<void>(stage.run());

  CHECK(stage.log.count(LogLevel::info, "the delivery log works again") == 1);
}

TEST_CASE("a channel that another process was told to leave alone is left alone") {
  auto log = std::make_unique<MemoryDeliveryLog>();
  MemoryDeliveryLog& shared = *log;
  DrainStage stage{std::move(log)};
  stage.channel("desk");
  CHECK(shared.block("desk", stage.time.now() + minutes{10}));
  stage.add("a", {"desk"});

  const DrainSummary summary = stage.run();

  CHECK(summary.hindered == 1);
  CHECK(stage.sent("desk").empty());
  CHECK(stage.fate("a").due - stage.time.now() == minutes{10});
}

TEST_CASE("records of deliveries older than they are kept for are removed on the way") {
  auto log = std::make_unique<MemoryDeliveryLog>();
  MemoryDeliveryLog& kept = *log;
  DrainStage stage{std::move(log)};
  kept.record(
      {.id = "old", .channel = "desk", .at = stage.time.now() - kDeliveriesKept - seconds{1}});
  stage.channel("desk");
  stage.add("a", {"desk"});

  static_cast<void>(stage.run());

  REQUIRE(stage.records().size() == 1);
  CHECK(stage.records()[0].id == "a");
}

TEST_CASE("a long run writes its records as it goes, not at its end") {
  struct Counting final : DeliveryLog {
    void record(DeliveryRecord) override { most_waiting = std::max(most_waiting, ++waiting); }
    Result<void> flush() override {
      waiting = 0;
      return {};
    }
    Result<std::optional<UtcTime>> reserve(std::string_view, const Caps&, UtcTime) override {
      return std::optional<UtcTime>{};
    }
    Result<void> block(std::string_view, UtcTime) override { return {}; }
    Result<std::optional<UtcTime>> blocked_until(std::string_view, UtcTime) override {
      return std::optional<UtcTime>{};
    }
    Result<std::vector<DeliveryRecord>> list(const Query&) override {
      return std::vector<DeliveryRecord>{};
    }
    Result<std::size_t> prune(UtcTime) override { return 0U; }
    std::size_t waiting = 0;
    std::size_t most_waiting = 0;
  };
  auto counting = std::make_unique<Counting>();
  const Counting& seen = *counting;
  DrainStage stage{std::move(counting)};
  stage.channel("desk");
  stage.add_many("m", 2000, "desk");

  static_cast<void>(stage.run());

  CHECK(seen.waiting == 0);
  CHECK(seen.most_waiting < 400);
}
