#include "btcw/drain/memory_delivery_log.h"

#include <catch2/catch.hpp>

#include "support/delivery_record.h"
#include "support/fake_clock.h"

using namespace btcw;

TEST_CASE("every result of a delivery has a name that leads back to it") {
  const auto result =
      GENERATE(DeliveryResult::delivered, DeliveryResult::transient, DeliveryResult::rate_limited,
               DeliveryResult::permanent, DeliveryResult::ambiguous);

  CHECK_FALSE(to_string(result).empty());
  CHECK(find_delivery_result(to_string(result)) == result);
  CHECK(find_delivery_result("Delivered") == std::nullopt);
  CHECK(find_delivery_result("") == std::nullopt);
}

TEST_CASE("the log in memory keeps the newest records only") {
  const UtcTime now = test::FakeClock{}.now();
  MemoryDeliveryLog log;
  for (std::size_t i = 0; i < MemoryDeliveryLog::kMostRecords + 5; ++i) {
    log.record(test::delivery(std::to_string(i), "a", now + milliseconds{i}));
  }

  const auto records = log.list({.max = SIZE_MAX});

  REQUIRE(records->size() == MemoryDeliveryLog::kMostRecords);
  CHECK(records->front().id == std::to_string(MemoryDeliveryLog::kMostRecords + 4));
  CHECK(records->back().id == "5");
}
