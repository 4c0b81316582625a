#include "btcw/drain/delivery_log.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include "btcw/drain/memory_delivery_log.h"
#include "support/child_process.h"
#include "support/delivery_record.h"
#include "support/fake_clock.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace std::chrono_literals;
using test::ChildProcess;
using test::delivery;
using test::FakeClock;
using test::TempFolder;

namespace {

const UtcTime kNow = FakeClock{}.now();

enum class Kind { sqlite, memory };

struct OneLog {
  explicit OneLog(Kind kind) {
    if (kind == Kind::memory) {
      log = std::make_unique<MemoryDeliveryLog>();
      return;
    }
    auto opened = open_delivery_log(folder / "deliveries.db", clock);
    REQUIRE(opened);
    log = *std::move(opened);
  }
  std::optional<UtcTime> reserve(const Caps& caps, UtcTime now, std::string_view channel = "a") {
    auto reserved = log->reserve(channel, caps, now);
    REQUIRE(reserved);
    return *reserved;
  }

  TempFolder folder;
  FakeClock clock;
  std::unique_ptr<DeliveryLog> log;
};

std::vector<std::string> ids(const Result<std::vector<DeliveryRecord>>& records) {
  REQUIRE(records);
  std::vector<std::string> ids;
  for (const DeliveryRecord& record : *records) ids.push_back(record.id);
  return ids;
}

}  // namespace

TEST_CASE("a send waits until every window of the caps has room") {
  struct Case {
    std::string_view why;
    Caps caps;
    std::vector<milliseconds> sent;  // before now
    std::optional<milliseconds> wait;
  };
  const auto row = GENERATE(values<Case>({
      {"no caps", {}, {0s, 0s, 0s}, std::nullopt},
      {"nothing sent yet", {.per_minute = 1}, {}, std::nullopt},
      {"room in the minute", {.per_minute = 3}, {1s, 2s}, std::nullopt},
      {"the minute is full", {.per_minute = 2}, {50s, 20s}, 10s},
      {"as old as the window is out of it", {.per_minute = 1}, {60s}, std::nullopt},
      {"a millisecond less is in it", {.per_minute = 1}, {59'999ms}, 1ms},
      {"more than the cap, as after it was lowered", {.per_minute = 1}, {50s, 20s, 0s}, 60s},
      {"the hour is full", {.per_minute = 9, .per_hour = 2}, {40min, 30min}, 20min},
      {"the hour waits longer", {.per_minute = 1, .per_hour = 3}, {58min, 30min, 1s}, 2min},
      {"the minute waits longer", {.per_minute = 1, .per_hour = 2}, {3590s, 1s}, 59s},
      {"the day is full", {.per_day = 2}, {23h, 5h}, 1h},
      {"a day ago is forgotten", {.per_day = 2}, {24h, 5h}, std::nullopt},
  }));
  const Kind kind = GENERATE(Kind::sqlite, Kind::memory);
  CAPTURE(row.why, kind);
  OneLog one{kind};
  const Caps open_caps{.per_minute = 1000};
  for (const milliseconds ago : row.sent) REQUIRE_FALSE(one.reserve(open_caps, kNow - ago));

  const auto until = one.reserve(row.caps, kNow);

  REQUIRE(until.has_value() == row.wait.has_value());
  if (until) {
    CHECK(*until == kNow + *row.wait);
    CHECK(one.reserve(row.caps, *until - 1ms).has_value());
    CHECK_FALSE(one.reserve(row.caps, *until).has_value());
  }
  CHECK_FALSE(one.reserve(row.caps, kNow, "b").has_value());
}

TEST_CASE("what was sent before the clock was set back counts as sent now") {
  const Kind kind = GENERATE(Kind::sqlite, Kind::memory);
  OneLog one{kind};
  const Caps caps{.per_minute = 1};
  REQUIRE_FALSE(one.reserve(caps, kNow + 24h * 365));

  CHECK(one.reserve(caps, kNow) == kNow + 1min);
  CHECK(one.reserve(caps, kNow + 30s) == kNow + 1min);
  CHECK_FALSE(one.reserve(caps, kNow + 1min));
  // Another process read its clock a moment later: its send stays where it is.
  CHECK(one.reserve(caps, kNow + 55s) == kNow + 2min);
}

TEST_CASE("a blocked channel sends nothing, and a later end stays in force") {
  const Kind kind = GENERATE(Kind::sqlite, Kind::memory);
  OneLog one{kind};
  REQUIRE(one.log->block("a", kNow + 10min));
  REQUIRE(one.log->block("a", kNow + 5min));

  CHECK(one.log->blocked_until("a", kNow).value() == kNow + 10min);
  CHECK(one.log->blocked_until("a", kNow + 10min).value() == std::nullopt);
  CHECK(one.log->blocked_until("b", kNow).value() == std::nullopt);
  CHECK(one.reserve({}, kNow) == kNow + 10min);
  CHECK(one.reserve({.per_hour = 1}, kNow) == kNow + 10min);
  CHECK_FALSE(one.reserve({.per_hour = 1}, kNow, "b"));
  CHECK_FALSE(one.reserve({.per_hour = 1}, kNow + 10min));
  REQUIRE(one.log->block("a", kNow + 20min));
  CHECK(one.reserve({.per_hour = 1}, kNow + 10min) == kNow + 70min);
}

TEST_CASE("the log lists what was asked for, newest first") {
  const Kind kind = GENERATE(Kind::sqlite, Kind::memory);
  OneLog one{kind};
  one.log->record(delivery("m1", "a", kNow));
  one.log->record(delivery("m3", "b", kNow + 2s));
  REQUIRE(one.log->flush());
  one.log->record(delivery("m2", "a", kNow + 1s));
  one.log->record(delivery("m1", "b", kNow + 2s));

  CHECK(ids(one.log->list({})) == std::vector<std::string>{"m1", "m3", "m2", "m1"});
  CHECK(ids(one.log->list({.max = 2})) == std::vector<std::string>{"m1", "m3"});
  CHECK(ids(one.log->list({.max = 0})).empty());
  CHECK(ids(one.log->list({.max = SIZE_MAX})).size() == 4);
  CHECK(ids(one.log->list({.id = "m1"})).size() == 2);
  CHECK(ids(one.log->list({.id = "m1", .channel = "a"})).size() == 1);
  CHECK(ids(one.log->list({.channel = "b"})) == std::vector<std::string>{"m1", "m3"});
  CHECK(ids(one.log->list({.since = kNow + 1s})).size() == 3);
  CHECK(ids(one.log->list({.id = "m1", .channel = "a", .since = kNow + 1s})).empty());
  CHECK(one.log->prune(kNow + 2s).value() == 2);
  CHECK(ids(one.log->list({})).size() == 2);
}

TEST_CASE("a record comes back as it was, after the log was opened again") {
  const TempFolder folder;
  const FakeClock clock;
  std::vector<DeliveryRecord> records;
  for (const auto result :
       {DeliveryResult::delivered, DeliveryResult::transient, DeliveryResult::rate_limited,
        DeliveryResult::permanent, DeliveryResult::ambiguous}) {
    records.insert(records.begin(), DeliveryRecord{.id = "m",
                                                   .channel = "c'; DROP TABLE delivery; --",
                                                   .attempt = 3,
                                                   .result = result,
                                                   .at = kNow + milliseconds{records.size()},
                                                   .took = 1234ms,
                                                   .detail = std::string{"über\0x", 7}});
  }
  {
    auto log = open_delivery_log(folder / "deliveries.db", clock);
    REQUIRE(log);
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      (*log)->record(*record);
    }
    REQUIRE((*log)->flush());
    REQUIRE((*log)->block("a", kNow + 1h));
    REQUIRE((*log)->reserve("b", {.per_day = 1}, kNow).value() == std::nullopt);
  }

  auto log = open_delivery_log(folder / "deliveries.db", clock);

  REQUIRE(log);
  CHECK((*log)->list({}).value() == records);
  CHECK((*log)->blocked_until("a", kNow).value() == kNow + 1h);
  CHECK((*log)->reserve("b", {.per_day = 1}, kNow).value() == kNow + 24h);
}

TEST_CASE("pruning forgets sends and blocks that no longer matter, and no others") {
  OneLog one{Kind::sqlite};
  REQUIRE_FALSE(one.reserve({.per_day = 1}, kNow));
  REQUIRE(one.log->block("b", kNow + 1h));

  CHECK(one.log->prune(kNow + 24h * 30).value() == 0);
  CHECK(one.reserve({.per_day = 1}, kNow + 1s) == kNow + 24h);
  CHECK(one.log->blocked_until("b", kNow).value() == kNow + 1h);
  one.clock.advance(24h);
  CHECK(one.log->prune(kNow).value() == 0);
  // Asked about the past, for the present does not show it.
  CHECK_FALSE(one.reserve({.per_day = 1}, kNow + 1s));
  CHECK(one.log->blocked_until("b", kNow).value() == std::nullopt);
}

TEST_CASE("processes that reserve at once never send more than the cap together") {
  const TempFolder folder;
  const FakeClock clock;
  const std::string file = folder / "new/deliveries.db";
  int start[2];
  REQUIRE(::pipe(start) == 0);
  std::vector<ChildProcess> children;
  for (int i = 0; i < 4; ++i) {
    children.emplace_back([&] {
      auto log = open_delivery_log(file, clock);
      if (!log) return 251;
      // Until the other end is closed: all begin at once.
      ::close(start[1]);
      char byte = 0;
      while (::read(start[0], &byte, 1) > 0) continue;
      int sent = 0;
      for (int attempt = 0; attempt < 200; ++attempt) {
        const auto reserved = (*log)->reserve("a", {.per_minute = 400}, kNow);
        if (!reserved) return 252;
        if (!*reserved) ++sent;
      }
      return sent;
    });
  }
  ::close(start[0]);
  ::close(start[1]);
  int sent = 0;
  for (ChildProcess& child : children) {
    const int count = child.wait();
    CHECK(count <= 200);
    sent += count;
  }
  CHECK(sent == 400);
}

TEST_CASE("a database that cannot be used is an error that says why") {
  struct Case {
    std::string_view why;
    Errc code;
    void (*make)(const std::filesystem::path& file);
  };
  const auto row = GENERATE(values<Case>({
      {"not a database", Errc::bad_data,
       [](const std::filesystem::path& file) { std::ofstream{file} << std::string(999, 'x'); }},
      {"a file where the folder should be", Errc::unavailable,
       [](const std::filesystem::path& file) {
         std::filesystem::remove(file.parent_path());
         std::ofstream{file.parent_path()} << "x";
       }},
  }));
  CAPTURE(row.why);
  const TempFolder folder;
  const auto file = folder / "state/deliveries.db";
  std::filesystem::create_directory(file.parent_path());
  row.make(file);

  const auto log = open_delivery_log(file, FakeClock{});

  REQUIRE_FALSE(log);
  CHECK(log.error().code == row.code);
  CHECK(log.error().message.starts_with("delivery log: "));
}
