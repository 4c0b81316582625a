#include "btcw/drain/backoff.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <climits>

#include "support/seeded_random.h"

using namespace btcw;

TEST_CASE("the delay doubles from 30 s to one hour, a fifth more or less") {
  struct Case {
    int attempts;
    seconds delay;
  };
  const auto row = GENERATE(values<Case>({
      {INT_MIN, seconds{30}},
      {0, seconds{30}},
      {1, seconds{30}},
      {2, seconds{60}},
      {3, seconds{120}},
      {4, seconds{240}},
      {5, seconds{480}},
      {6, seconds{960}},
      {7, seconds{1920}},
      {8, seconds{3600}},
      {9, seconds{3600}},
      {INT_MAX, seconds{3600}},
  }));
  CAPTURE(row.attempts);
  test::SeededRandom random;
  std::vector<milliseconds> delays;
  for (int i = 0; i < 500; ++i) delays.push_back(retry_delay(row.attempts, random));

  const auto [least, most] = std::minmax_element(delays.begin(), delays.end());

  CHECK(*least >= milliseconds{row.delay} * 4 / 5);
  CHECK(*most <= milliseconds{row.delay} * 6 / 5);
  // Spread over nearly all of it, not gathered at one moment.
  CHECK(*most - *least > milliseconds{row.delay} * 3 / 10);
}

TEST_CASE("both ends of the spread are reached") {
  struct Fixed final : Random {
    explicit Fixed(std::uint64_t value) : number{value} {}
    void fill(std::span<std::byte> out) override {
      std::copy_n(std::as_bytes(std::span{&number, 1}).begin(), out.size(), out.begin());
    }
    std::uint64_t number;
  };
  Fixed least{0};
  Fixed most{12'000};

  CHECK(retry_delay(1, least) == seconds{24});
  CHECK(retry_delay(1, most) == seconds{36});
}
