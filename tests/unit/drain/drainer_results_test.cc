// What becomes of a message after each kind of answer.
#include <catch2/catch.hpp>

#include "support/drain_stage.h"

using namespace btcw;
using test::DrainStage;
using End = MessageFate::End;

namespace {

using Names = std::vector<std::string>;

/// Runs, then again a while later: what was put off for a failure is due again.
void run_until_settled(DrainStage& stage, int runs = 12) {
  for (int i = 0; i < runs; ++i) {
    static_cast<void>(stage.run());
    stage.time.advance(std::chrono::hours{2});
  }
}

constexpr DeliveryResult kDelivered = DeliveryResult::delivered;
constexpr DeliveryResult kTransient = DeliveryResult::transient;
constexpr DeliveryResult kLimited = DeliveryResult::rate_limited;
constexpr DeliveryResult kPermanent = DeliveryResult::permanent;
constexpr DeliveryResult kAmbiguous = DeliveryResult::ambiguous;

}  // namespace

TEST_CASE("a delivered message is done, and the log has a row of it") {
  DrainStage stage;
  stage.channel("desk");
  stage.usually("desk", {.takes = milliseconds{30}});
  stage.add("a", {"desk"});

  const DrainSummary summary = stage.run();

  CHECK(summary.delivered == 1);
  CHECK(summary.deferred + summary.dead == 0);
  CHECK(stage.fate("a").end == End::delivered);
  const auto records = stage.records();
  REQUIRE(records.size() == 1);
  CHECK(records[0].id == "a");
  CHECK(records[0].channel == "desk");
  CHECK(records[0].attempt == 1);
  CHECK(records[0].result == kDelivered);
  CHECK(records[0].took == milliseconds{30});
}

TEST_CASE("a failure that may pass is tried again, later each time, up to the tenth attempt") {
  DrainStage stage;
  stage.channel("desk");
  stage.usually("desk", {.result = kTransient, .detail = "503"});
  stage.add("a", {"desk"});

  const DrainSummary first = stage.run();
  const milliseconds delay = stage.fate("a").due - stage.time.now();
  run_until_settled(stage);

  CHECK(first.deferred == 1);
  CHECK(first.hindered == 1);
  CHECK(delay >= seconds{24});
  CHECK(delay <= seconds{36});
  CHECK(stage.sent("desk").size() == 10);
  CHECK(stage.fate("a").end == End::dead);
  CHECK(stage.fate("a").reason == "given up after 10 attempts: desk: 503");
  CHECK(stage.records().front().attempt == 10);
}

TEST_CASE("a failure that will not pass is final, with its reason") {
  DrainStage stage;
  stage.channel("desk");
  stage.usually("desk", {.result = kPermanent, .detail = "chat not found"});
  stage.add("a", {"desk"});

  const DrainSummary summary = stage.run();

  CHECK(summary.dead == 1);
  CHECK(stage.fate("a").reason == "desk: chat not found");
  CHECK(stage.log.count(LogLevel::error, "given up: a: desk: chat not found") == 1);
}

TEST_CASE("what may have arrived is tried again and marked") {
  DrainStage stage;
  stage.channel("desk");
  stage.script("desk", {{.result = kAmbiguous, .detail = "no answer"}});
  stage.add("a", {"desk"});

  run_until_settled(stage, 2);

  REQUIRE(stage.sent("desk").size() == 2);
  CHECK_FALSE(stage.sent("desk")[0].message.maybe_duplicate);
  CHECK(stage.sent("desk")[1].message.maybe_duplicate);
  CHECK(stage.fate("a").end == End::delivered);
}

TEST_CASE("a message that is refused as too fast waits as told, and that is no attempt") {
  DrainStage stage;
  stage.channel("desk");
  for (int i = 0; i < 20; ++i) {
    stage.script("desk", {{.result = kLimited, .retry_after = seconds{90}}});
  }
  stage.add("a", {"desk"});

  const DrainSummary first = stage.run();
  const UtcTime due = stage.fate("a").due;
  run_until_settled(stage, 21);

  CHECK(first.hindered == 1);
  CHECK(due - stage.sent("desk")[0].at == seconds{90});
  CHECK(stage.sent("desk").size() == 21);
  CHECK(stage.fate("a").end == End::delivered);
}

TEST_CASE("when a channel may be used again holds for all its messages, whatever the answer was") {
  struct Case {
    DeliveryResult result;
    milliseconds retry_after;
    milliseconds rest;  // until the second message may go
  };
  const auto row = GENERATE(values<Case>({
      {kDelivered, seconds{90}, seconds{90}},
      {kTransient, seconds{90}, seconds{90}},
      {kLimited, seconds{90}, seconds{90}},
      {kPermanent, seconds{90}, seconds{90}},
      {kAmbiguous, seconds{90}, seconds{90}},
      {kDelivered, std::chrono::hours{24 * 365 * 20}, kLongestRest},
      {kLimited, std::chrono::hours{24 * 365 * 20}, kLongestRest},
      {kDelivered, seconds{-30}, milliseconds{0}},
  }));
  CAPTURE(to_string(row.result), row.retry_after.count());
  DrainStage stage;
  stage.channel("desk");
  stage.script("desk", {{.result = row.result, .retry_after = row.retry_after}});
  stage.add("a", {"desk"});
  stage.add("b", {"desk"});
  const UtcTime begun = stage.time.now();

  static_cast<void>(stage.run());

  if (row.rest == milliseconds{0}) {
    CHECK(stage.fate("b").end == End::delivered);
  } else {
    CHECK(stage.ids("desk") == Names{"a"});
    CHECK(stage.fate("b").due - begun == row.rest);
  }
}

TEST_CASE("a short rest is waited out with the messages in hand") {
  DrainStage stage;
  stage.channel("desk");
  stage.usually("desk", {.retry_after = seconds{2}});
  for (const char* id : {"a", "b", "c"}) stage.add(id, {"desk"});
  const UtcTime begun = stage.time.now();

  const DrainSummary summary = stage.run();

  CHECK(summary.delivered == 3);
  CHECK(summary.deferred == 0);
  CHECK(stage.ids("desk") == Names{"a", "b", "c"});
  CHECK(stage.sent("desk")[2].at - begun == seconds{4});
}

TEST_CASE("a channel that says too fast over and over is not waited for without end") {
  DrainStage stage;
  stage.channel("desk");
  const auto wait = GENERATE(milliseconds{-5000}, milliseconds{0}, milliseconds{1000});
  stage.usually("desk", {.result = kLimited, .retry_after = wait});
  stage.add("a", {"desk"});

  const DrainSummary summary = stage.run();

  CHECK(summary.hindered == 1);
  CHECK(stage.sent("desk").size() < 6);
  CHECK(stage.fate("a").due > stage.time.now());
}

TEST_CASE("of several channels those that have the message are never told again") {
  DrainStage stage;
  for (const char* name : {"one", "two", "three"}) stage.channel(name);
  stage.script("two", {{.result = kTransient}, {.result = kTransient}});
  stage.script("three", {{.result = kTransient}});
  stage.add("a", {"one", "two", "three"});

  run_until_settled(stage);

  CHECK(stage.sent("one").size() == 1);
  CHECK(stage.sent("two").size() == 3);
  CHECK(stage.sent("three").size() == 2);
  CHECK(stage.fate("a").end == End::delivered);
}

TEST_CASE("when one of several channels refuses for good, the others still get the message") {
  DrainStage stage;
  for (const char* name : {"one", "two"}) stage.channel(name);
  stage.usually("one", {.result = kPermanent, .detail = "no such chat"});
  stage.script("two", {{.result = kTransient, .detail = "down"}});
  stage.add("a", {"one", "two"});

  run_until_settled(stage);

  CHECK(stage.sent("two").size() == 2);
  CHECK(stage.sent("one").size() == 1);
  CHECK(stage.fate("a").end == End::dead);
  CHECK(stage.fate("a").reason == "one: no such chat");
}

TEST_CASE("what refused a message for good is not asked again while another is tried again") {
  DrainStage stage;
  for (const char* name : {"one", "two", "three"}) stage.channel(name);
  stage.usually("one", {.result = kPermanent, .detail = "no such chat"});
  stage.usually("two", {.result = kTransient, .detail = "down"});
  stage.add("a", {"one", "two", "three"});

  SECTION("with its reason to the end") {
    run_until_settled(stage);
    CHECK(stage.fate("a").reason == "given up after 10 attempts: one: no such chat; two: down");
  }
  SECTION("also where no log knows the reason") {
    static_cast<void>(stage.run());
    stage.forget_records();
    run_until_settled(stage);
    CHECK(stage.fate("a").reason ==
          "given up after 10 attempts: one: refused at an earlier attempt; two: down");
  }

  CHECK(stage.sent("one").size() == 1);
  CHECK(stage.sent("two").size() == 10);
  CHECK(stage.sent("three").size() == 1);
  CHECK(stage.fate("a").end == End::dead);
}

TEST_CASE("a message that no channel takes is dead with the reason, never lost") {
  struct Case {
    std::string why;
    Names channels;
    std::string reason;
  };
  const auto row = GENERATE(values<Case>({
      {"unknown", {"nope"}, "no channel 'nope' is configured"},
      {"two unknown",
       {"nope", "none"},
       "no channel 'nope' is configured; no channel 'none' is configured"},
      {"disabled", {"off"}, "no channel 'off' is configured"},
      {"no default channel", {}, "no channel takes it"},
      {"the file of an ad-hoc channel is gone", {"adhoc:12"}, "adhoc:12: gone"},
  }));
  CAPTURE(row.why);
  DrainStage stage;
  stage.channel("desk").by_default = false;
  stage.channel("off").enabled = false;
  stage.add("a", row.channels);

  const DrainSummary summary = stage.run();

  CHECK(summary.dead == 1);
  CHECK(stage.fate("a").end == End::dead);
  CHECK(stage.fate("a").reason == row.reason);
}

TEST_CASE("a message for a known and an unknown channel is delivered, and dead for the other") {
  DrainStage stage;
  stage.channel("desk");
  stage.add("a", {"desk", "nope"});

  static_cast<void>(stage.run());

  CHECK(stage.ids("desk") == Names{"a"});
  CHECK(stage.fate("a").reason == "no channel 'nope' is configured");
}

TEST_CASE("a channel that cannot be made for now is tried again") {
  DrainStage stage;
  stage.adhoc_urls["12"] = "json://127.0.0.1:1/";
  stage.add("a", {"adhoc:12"});

  const DrainSummary summary = stage.run();

  CHECK(summary.hindered == 1);
  CHECK(stage.fate("a").end == End::postponed);
  REQUIRE(stage.records().size() == 1);
  CHECK(stage.records()[0].detail.find("no net") != std::string::npos);
}

TEST_CASE("an expired message is not delivered but dead, wherever it was when its time was up") {
  DrainStage stage;
  stage.channel("desk");
  SECTION("in the queue") {
    stage.draft("a", {"desk"}).expires = stage.time.now() + seconds{1};
    stage.add_drafts();
    stage.time.advance(seconds{1});
    static_cast<void>(stage.run());
    CHECK(stage.sent("desk").empty());
    CHECK(stage.fate("a").reason == "expired before it could be delivered");
  }
  SECTION("behind a message that took long") {
    stage.script("desk", {{.takes = seconds{5}}});
    stage.draft("first", {"desk"});
    stage.draft("a", {"desk"}).expires = stage.time.now() + seconds{4};
    stage.add_drafts();
    static_cast<void>(stage.run());
    CHECK(stage.ids("desk") == Names{"first"});
    CHECK(stage.fate("a").reason == "expired before it could be delivered");
  }
  SECTION("before the next attempt") {
    stage.script("desk", {{.result = kTransient, .detail = "503"}});
    stage.draft("a", {"desk"}).expires = stage.time.now() + seconds{20};
    stage.add_drafts();
    static_cast<void>(stage.run());
    CHECK(stage.fate("a").reason == "expires before the next attempt: desk: 503");
  }
  CHECK(stage.fate("a").end == End::dead);
}

TEST_CASE("a channel that is down three times in a row rests, and its messages with it") {
  DrainStage stage;
  stage.channel("desk");
  stage.channel("phone");
  stage.usually("desk", {.result = kTransient});
  stage.add_many("d", 40, "desk");
  stage.add_many("p", 5, "phone");

  const DrainSummary summary = stage.run();

  CHECK(stage.sent("desk").size() == 3);
  CHECK(stage.sent("phone").size() == 5);
  CHECK(summary.deferred == 40);
  CHECK(summary.hindered == 40);
  CHECK(stage.fate("d0039").due - stage.time.now() <= seconds{36});
}
