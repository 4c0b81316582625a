// Which message goes when: lines of messages, side by side.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "support/drain_stage.h"

using namespace btcw;
using test::DrainStage;
using End = MessageFate::End;

namespace {

using Names = std::vector<std::string>;

bool all_delivered(const DrainStage& stage) {
  const auto fates = stage.queue.fates();
  return std::all_of(fates.begin(), fates.end(),
                     [](const MessageFate& fate) { return fate.end == End::delivered; });
}

}  // namespace

TEST_CASE(
    "within a channel messages keep their order, also when its line is longer than what is held") {
  DrainStage stage;
  stage.channel("desk");
  stage.usually("desk", {.takes = milliseconds{3}});
  stage.add_many("m", 500, "desk");

  const DrainSummary summary = stage.run();

  CHECK(summary.delivered == 500);
  const auto ids = stage.ids("desk");
  CHECK(ids.size() == 500);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
}

TEST_CASE("an urgent message goes before others of the same second") {
  DrainStage stage;
  stage.channel("desk");
  stage.draft("low", {"desk"}).priority = Priority::low;
  stage.draft("normal", {"desk"});
  stage.draft("urgent", {"desk"}).priority = Priority::urgent;
  stage.add_drafts();

  static_cast<void>(stage.run());

  CHECK(stage.ids("desk") == Names{"urgent", "normal", "low"});
}

TEST_CASE("a channel that hangs does not hold up another, however many messages stand before it") {
  DrainStage stage;
  stage.channel("hangs");
  stage.channel("desk");
  stage.usually("hangs", {.takes = std::chrono::hours{1}});
  stage.add_many("h", 3000, "hangs");
  stage.add("z", {"desk"});
  const UtcTime begun = stage.time.now();

  static_cast<void>(stage.run());

  REQUIRE(stage.sent("desk").size() == 1);
  CHECK(stage.sent("desk")[0].at == begun);
  CHECK(stage.sent("hangs").size() == 3);
}

TEST_CASE("a message that comes due while a channel hangs is delivered when it is due") {
  DrainStage stage;
  stage.channel("hangs");
  stage.channel("desk");
  stage.usually("hangs", {.takes = std::chrono::hours{1}});
  stage.add("h", {"hangs"});
  stage.draft("later", {"desk"});
  stage.add_drafts(seconds{3});
  const UtcTime begun = stage.time.now();

  static_cast<void>(stage.run({.stay = Stay::follow, .max = 2}));

  REQUIRE(stage.sent("desk").size() == 1);
  CHECK(stage.sent("desk")[0].at - begun >= seconds{3});
  CHECK(stage.sent("desk")[0].at - begun < seconds{5});
}

TEST_CASE("as many channels are spoken to side by side as were asked for") {
  const auto concurrency = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{8});
  DrainStage stage;
  for (int i = 0; i < 6; ++i) {
    const auto name = fmt::format("c{}", i);
    stage.channel(name);
    stage.usually(name, {.takes = seconds{1}});
    stage.add(name, {name});
  }
  const UtcTime begun = stage.time.now();

  static_cast<void>(stage.run({.concurrency = concurrency}));

  const std::size_t rounds = (6 + concurrency - 1) / concurrency;
  CHECK(stage.time.now() - begun == seconds{rounds});
  CHECK(all_delivered(stage));
}

TEST_CASE("a message for several channels goes to them side by side") {
  DrainStage stage;
  for (const char* name : {"one", "two"}) {
    stage.channel(name);
    stage.usually(name, {.takes = seconds{2}});
  }
  stage.add("a", {"one", "two"});
  const UtcTime begun = stage.time.now();

  static_cast<void>(stage.run());

  CHECK(stage.time.now() - begun == seconds{2});
}

TEST_CASE("messages for several full lines are all delivered once") {
  DrainStage stage;
  for (const char* name : {"one", "two", "three"}) stage.channel(name);
  stage.usually("one", {.takes = milliseconds{2}});
  stage.usually("two", {.takes = milliseconds{5}});
  for (int i = 0; i < 300; ++i) {
    Names names{"one", "two", "three"};
    names.erase(names.begin() + i % 3);
    stage.draft(fmt::format("m{:03}", i), names);
  }
  stage.add_drafts();

  static_cast<void>(stage.run());

  CHECK(all_delivered(stage));
  for (const char* name : {"one", "two", "three"}) CHECK(stage.sent(name).size() == 200);
}

TEST_CASE("a run deals with so many messages as were asked for") {
  DrainStage stage;
  stage.channel("desk");
  const auto takes = GENERATE(milliseconds{0}, milliseconds{10});
  stage.usually("desk", {.takes = takes});
  stage.add_many("m", 100, "desk");

  const DrainSummary summary = stage.run({.max = 40});

  CHECK(summary.delivered == 40);
  CHECK(stage.ids("desk").back() == "m0039");
  CHECK(stage.run().delivered == 60);
}

TEST_CASE("large texts are not gathered in memory") {
  DrainStage stage;
  stage.channel("hangs");
  stage.channel("desk");
  stage.usually("hangs", {.takes = seconds{1}});
  for (int i = 0; i < 12; ++i) {
    stage.draft(fmt::format("h{:02}", i), {"hangs"}).body = std::string(700'000, 'x');
  }
  stage.draft("z", {"desk"});
  stage.add_drafts();
  const UtcTime begun = stage.time.now();

  static_cast<void>(stage.run());

  CHECK(all_delivered(stage));
  CHECK(stage.sent("desk")[0].at == begun);
  const auto ids = stage.ids("hangs");
  CHECK(std::is_sorted(ids.begin(), ids.end()));
}

TEST_CASE("a signal ends a run after what is under way, and the rest is pending as it was") {
  DrainStage stage;
  stage.channel("desk");
  stage.usually("desk", {.takes = seconds{2}});
  stage.add_many("m", 50, "desk");
  stage.time.after(seconds{5}, [&stage] { stage.time.raise(Signal::stop); });

  const DrainSummary summary = stage.run();

  CHECK(stage.stopped());
  CHECK(summary.delivered == 3);
  CHECK(summary.deferred == 0);
  CHECK(stage.fate("m0003").end == End::waiting);
  CHECK(stage.run().delivered == 47);
  CHECK_FALSE(stage.stopped());
}

TEST_CASE("a message that one channel has when the end comes is not told to it again") {
  DrainStage stage;
  stage.channel("one");
  stage.channel("two");
  stage.usually("two", {.takes = seconds{2}});
  stage.draft("a", {"two"});
  stage.draft("b", {"one", "two"});
  stage.add_drafts();
  stage.time.after(seconds{1}, [&stage] { stage.time.raise(Signal::stop); });

  static_cast<void>(stage.run());
  CHECK(stage.ids("two") == Names{"a"});
  stage.time.advance(seconds{1});
  static_cast<void>(stage.run());

  CHECK(stage.ids("one") == Names{"b"});
  CHECK(stage.ids("two") == Names{"a", "b"});
  CHECK(all_delivered(stage));
}

TEST_CASE("a queue that cannot be written to ends the run with its error") {
  DrainStage stage;
  stage.channel("desk");
  stage.add_many("m", 5, "desk");
  stage.queue.settle_fault = Error{Errc::unavailable, "read-only"};

  const auto summary = stage.try_run({});

  REQUIRE_FALSE(summary.has_value());
  CHECK(summary.error().message == "read-only");
  CHECK(stage.sent("desk").size() == 1);
}
