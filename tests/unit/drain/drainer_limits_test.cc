// What makes messages wait although nothing failed: caps, quiet hours, digests; and escalation.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "support/drain_stage.h"

using namespace btcw;
using test::DrainStage;
using End = MessageFate::End;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

using Names = std::vector<std::string>;

/// The clock of a stage begins at 15:40 UTC.
constexpr const char* kQuietNow = "15:00-17:00";

}  // namespace

TEST_CASE("a channel takes so many messages as its cap allows; the rest waits for room") {
  DrainStage stage;
  stage.channel("desk").caps = {.per_minute = 3, .per_hour = 5};
  stage.add_many("m", 8, "desk");

  const DrainSummary first = stage.run();
  CHECK(first.delivered == 3);
  CHECK(first.hindered == 5);
  CHECK(stage.fate("m0003").due - stage.time.now() == minutes{1});
  stage.time.advance(minutes{1});
  CHECK(stage.run().delivered == 2);
  CHECK(stage.fate("m0005").due - stage.time.now() == minutes{59});
  stage.time.advance(hours{1});
  CHECK(stage.run().delivered == 3);
  CHECK(stage.records().size() == 8);
}

TEST_CASE("quiet hours put all but urgent messages off to their end, and that is no failure") {
  DrainStage stage;
  auto& desk = stage.channel("desk");
  desk.quiet = kQuietNow;
  desk.timezone = "UTC";
  stage.draft("low", {"desk"}).priority = Priority::low;
  stage.draft("normal", {"desk"});
  stage.draft("urgent", {"desk"}).priority = Priority::urgent;
  stage.add_drafts();

  const DrainSummary summary = stage.run();

  CHECK(stage.ids("desk") == Names{"urgent"});
  CHECK(summary.deferred == 2);
  CHECK(summary.hindered == 0);
  CHECK(to_rfc3339(stage.fate("normal").due) == "2024-11-22T17:00:00Z");
  stage.time.advance(hours{2});
  static_cast<void>(stage.run());
  CHECK(stage.ids("desk") == Names{"urgent", "normal", "low"});
}

TEST_CASE("quiet hours of one channel do not keep a message from another") {
  DrainStage stage;
  auto& desk = stage.channel("desk");
  desk.quiet = kQuietNow;
  desk.timezone = "UTC";
  stage.channel("archive");
  stage.add("a", {"desk", "archive"});

  static_cast<void>(stage.run());
  CHECK(stage.ids("archive") == Names{"a"});
  stage.time.advance(hours{2});
  static_cast<void>(stage.run());

  CHECK(stage.ids("desk") == Names{"a"});
  CHECK(stage.ids("archive") == Names{"a"});
}

TEST_CASE("quiet hours that cannot be read are said, and do not keep messages") {
  DrainStage stage;
  auto& desk = stage.channel("desk");
  desk.quiet = kQuietNow;
  desk.timezone = "Atlantis/Capital";
  stage.add("a", {"desk"});

  CHECK(stage.run().delivered == 1);
  CHECK(stage.log.count(LogLevel::error, "channel 'desk': quiet: ") == 1);
}

TEST_CASE("a digest gathers normal and low messages of its time into one; urgent ones pass") {
  DrainStage stage;
  stage.channel("desk").batch = minutes{5};
  stage.draft("a", {"desk"}).title = "Up";
  stage.draft("b", {"desk"}).priority = Priority::low;
  stage.draft("c", {"desk"}).priority = Priority::urgent;
  stage.add_drafts();

  const DrainSummary first = stage.run();
  CHECK(stage.ids("desk") == Names{"c"});
  CHECK(first.deferred == 2);
  CHECK(first.hindered == 0);
  stage.time.advance(minutes{5});
  const DrainSummary second = stage.run();

  CHECK(second.delivered == 2);
  REQUIRE(stage.sent("desk").size() == 2);
  const Notification& digest = stage.sent("desk")[1].message;
  CHECK(digest.title == "2 messages");
  CHECK(digest.body == "Up: text of a\ntext of b");
  CHECK(digest.priority == Priority::normal);
  CHECK(stage.records().size() == 3);
}

TEST_CASE("a digest of a backlog holds fifty messages, not the few that were read first") {
  DrainStage stage;
  stage.channel("desk").batch = minutes{5};
  stage.usually("desk", {.takes = milliseconds{10}});
  stage.add_many("m", 110, "desk");
  stage.time.advance(minutes{6});

  CHECK(stage.run().delivered == 110);

  REQUIRE(stage.sent("desk").size() == 3);
  CHECK(stage.sent("desk")[0].message.title == "50 messages");
  CHECK(stage.sent("desk")[2].message.title == "10 messages");
}

TEST_CASE("messages of a digest that fails are tried again together, each with its own attempts") {
  DrainStage stage;
  stage.channel("desk").batch = minutes{5};
  stage.script("desk", {{.result = DeliveryResult::ambiguous, .detail = "no answer"}});
  stage.add("a", {"desk"});
  stage.add("b", {"desk"});
  stage.time.advance(minutes{6});

  CHECK(stage.run().hindered == 2);
  stage.time.advance(minutes{1});
  CHECK(stage.run().delivered == 2);

  REQUIRE(stage.sent("desk").size() == 2);
  CHECK(stage.sent("desk")[1].message.maybe_duplicate);
}

TEST_CASE("an urgent message that a channel does not take goes to the next") {
  DrainStage stage;
  auto& desk = stage.channel("desk");
  desk.escalate_to = "phone";
  desk.escalate_after = minutes{5};
  stage.channel("phone");
  stage.usually("desk", {.result = DeliveryResult::transient, .detail = "503"});
  stage.draft("a", {"desk"}).priority = Priority::urgent;
  SECTION("after the time that was set") {
    stage.add_drafts();
    for (int i = 0; i < 20 && stage.sent("phone").empty(); ++i) {
      static_cast<void>(stage.run());
      stage.time.advance(seconds{30});
    }
    REQUIRE(stage.ids("phone") == Names{"a"});
    const milliseconds after = stage.sent("phone")[0].at - stage.sent("phone")[0].message.created;
    CHECK(after >= minutes{5});
    CHECK(after <= minutes{6});
  }
  SECTION("at once when the refusal is final") {
    stage.script("desk", {{.result = DeliveryResult::permanent, .detail = "gone"}});
    stage.add_drafts();
    static_cast<void>(stage.run());
    CHECK(stage.ids("phone") == Names{"a"});
  }
  CHECK(stage.fate("a").end == End::delivered);
}

TEST_CASE("an urgent message does not wait for a channel that rests for longer than escalation") {
  DrainStage stage;
  auto& desk = stage.channel("desk");
  desk.escalate_to = "phone";
  desk.escalate_after = minutes{5};
  stage.channel("phone");
  stage.script("desk", {{.result = DeliveryResult::rate_limited, .retry_after = hours{3}}});
  stage.add("first", {"desk"});
  static_cast<void>(stage.run());
  stage.draft("a", {"desk"}).priority = Priority::urgent;
  stage.add_drafts();

  static_cast<void>(stage.run());
  CHECK(stage.fate("a").due - stage.time.now() == minutes{5});
  stage.time.advance(minutes{5});
  static_cast<void>(stage.run());

  CHECK(stage.ids("phone") == Names{"a"});
  CHECK(stage.ids("desk") == Names{"first"});
}

TEST_CASE("only urgent messages are escalated") {
  DrainStage stage;
  stage.channel("desk").escalate_to = "phone";
  stage.channel("phone");
  stage.usually("desk", {.result = DeliveryResult::permanent, .detail = "gone"});
  stage.add("a", {"desk"});

  static_cast<void>(stage.run());

  CHECK(stage.sent("phone").empty());
  CHECK(stage.fate("a").end == End::dead);
}

TEST_CASE(
    "channels that escalate to each other and all fail end with the message dead, once each") {
  DrainStage stage;
  stage.channel("one").escalate_to = "two";
  stage.channel("two").escalate_to = "three";
  stage.channel("three").escalate_to = "two";
  for (const char* name : {"one", "two", "three"}) {
    stage.usually(name, {.result = DeliveryResult::permanent, .detail = "gone"});
  }
  stage.draft("a", {"one"}).priority = Priority::urgent;
  stage.add_drafts();

  static_cast<void>(stage.run());

  for (const char* name : {"one", "two", "three"}) CHECK(stage.sent(name).size() == 1);
  CHECK(stage.fate("a").reason == "one: gone; two: gone; three: gone");
}
