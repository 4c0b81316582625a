#include "btcw/queue/memory_queue.h"

#include <catch2/catch.hpp>

#include "support/queue_fixture.h"

using namespace btcw;
using End = MessageFate::End;

namespace {

constexpr UtcTime kNow = from_unix_ms(1'732'290'000'000);

std::vector<std::string> take_ids(Queue& queue, std::size_t max, UtcTime now = kNow) {
  return test::ids_of(queue.take(now, max).value());
}

}  // namespace

TEST_CASE("a queue in memory hands out what is due, by second, priority and arrival") {
  const auto queue = make_memory_queue();
  const std::vector messages{test::new_message("later", kNow + seconds{1}),
                             test::new_message("b", kNow), test::new_message("c", kNow),
                             test::new_message("urgent", kNow, Priority::urgent),
                             test::new_message("earlier", kNow - seconds{1}, Priority::low)};
  REQUIRE(queue->add(messages));

  CHECK(take_ids(*queue, 10) == std::vector<std::string>{"earlier", "urgent", "b", "c"});
  CHECK(take_ids(*queue, 10, kNow + seconds{1}).back() == "later");
}

TEST_CASE("a queue in memory goes on where the call before ended, past what was let go of") {
  const auto queue = make_memory_queue();
  REQUIRE(queue->add(std::vector{test::new_message("a", kNow), test::new_message("b", kNow),
                                 test::new_message("c", kNow)}));

  CHECK(take_ids(*queue, 2) == std::vector<std::string>{"a", "b"});
  CHECK(take_ids(*queue, 2) == std::vector<std::string>{"c"});
  CHECK(take_ids(*queue, 1) == std::vector<std::string>{"a"});
}

TEST_CASE("a message in memory is claimed once, and again by its ticket when it was let go of") {
  const auto queue = make_memory_queue();
  REQUIRE(queue->add(std::vector{test::new_message("a", kNow)}));
  auto claims = queue->take(kNow, 2).value();
  REQUIRE(claims.size() == 1);
  const std::string ticket = claims[0]->ticket();

  CHECK(queue->take_again(ticket, kNow) == nullptr);
  CHECK(take_ids(*queue, 2).empty());
  claims.clear();
  auto again = queue->take_again(ticket, kNow);
  REQUIRE(again != nullptr);
  REQUIRE(queue->ack(std::move(again)));
  CHECK(queue->take_again(ticket, kNow) == nullptr);
  CHECK(queue->fates()[0].end == End::delivered);
}

TEST_CASE("a message in memory that is put off comes again with what was noted") {
  const auto queue = make_memory_queue();
  REQUIRE(queue->add(std::vector{test::new_message("a", kNow)}));
  auto claims = queue->take(kNow, 1).value();
  const DeliveryProgress progress{.delivered = 5, .plan = 77};

  REQUIRE(queue->postpone(std::move(claims[0]), kNow + seconds{30},
                          Queue::Attempt::counts_as_ambiguous, progress));

  CHECK(queue->fates()[0].end == End::postponed);
  CHECK(take_ids(*queue, 2).empty());
  CHECK(*queue->next_due() == kNow + seconds{30});
  const auto again = queue->take(kNow + seconds{30}, 1).value();
  REQUIRE(again.size() == 1);
  CHECK(again[0]->attempts() == 1);
  CHECK(again[0]->progress() == progress);
  CHECK(again[0]->message().maybe_duplicate);
  CHECK_FALSE(queue->next_due()->has_value());
}

TEST_CASE("a message in memory that is given up is gone, with the reason") {
  const auto queue = make_memory_queue();
  REQUIRE(queue->add(std::vector{test::new_message("a", kNow)}));
  auto claims = queue->take(kNow, 1).value();

  REQUIRE(queue->bury(std::move(claims[0]), "no such chat", {}));

  CHECK(queue->fates()[0].end == End::dead);
  CHECK(queue->fates()[0].reason == "no such chat");
  CHECK(take_ids(*queue, 2).empty());
}
