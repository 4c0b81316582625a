#include "btcw/drain/lazy_delivery_log.h"

#include <catch2/catch.hpp>

#include "btcw/drain/memory_delivery_log.h"
#include "support/delivery_record.h"
#include "support/recording_log.h"

using namespace btcw;

namespace {

constexpr UtcTime kNow = from_unix_ms(1'732'290'000'000);

struct Opened {
  int times = 0;
  bool fails = false;
  test::RecordingLog lines;
  LazyDeliveryLog log{[this]() -> Result<std::unique_ptr<DeliveryLog>> {
                        ++times;
                        if (fails) return Error{Errc::unavailable, "no space"};
                        return std::make_unique<MemoryDeliveryLog>();
                      },
                      lines};
};

}  // namespace

TEST_CASE("a lazy log is opened by the first thing it is asked for, once") {
  Opened opened;
  CHECK(opened.log.flush());
  CHECK(opened.times == 0);
  CHECK_FALSE(opened.log.is_open());

  SECTION("a record") { opened.log.record(test::delivery("a", "desk", kNow)); }
  SECTION("room") { CHECK(opened.log.reserve("desk", {.per_minute = 1}, kNow)); }
  SECTION("a block") { CHECK(opened.log.block("desk", kNow)); }
  SECTION("whether there is a block") { CHECK(opened.log.blocked_until("desk", kNow)); }
  SECTION("what there is") { CHECK(opened.log.list({})); }
  SECTION("to forget") { CHECK(opened.log.prune(kNow)); }

  CHECK(opened.times == 1);
  opened.log.record(test::delivery("b", "desk", kNow));
  CHECK(opened.log.flush());
  CHECK(opened.log.list({})->front().id == "b");
  CHECK(opened.times == 1);
}

TEST_CASE("a lazy log that cannot be opened is one in memory, and says so once") {
  Opened opened;
  opened.fails = true;

  CHECK_FALSE(opened.log.reserve("desk", {.per_hour = 1}, kNow)->has_value());
  CHECK(opened.log.reserve("desk", {.per_hour = 1}, kNow)->has_value());
  opened.log.record(test::delivery("a", "desk", kNow));

  CHECK(opened.log.list({})->size() == 1);
  CHECK(opened.lines.count(LogLevel::warning, "no space") == 1);
  CHECK(opened.times == 1);
}
