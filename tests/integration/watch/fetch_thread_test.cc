#include "btcw/watch/fetch_thread.h"

#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "btcw/base/clock.h"
#include "support/watch_fakes.h"

using btcw::Fetched;
using btcw::FetchOptions;
using btcw::milliseconds;
using btcw::seconds;
using btcw::SymbolRequest;
using btcw::SystemClock;
using namespace btcw::test;

namespace {

/// Takes its time for an answer, unless it is told to give up.
class SlowMarket final : public btcw::Market {
 public:
  explicit SlowMarket(milliseconds takes) : takes_{takes} {}

  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions& options) override {
    began = true;
    const SystemClock clock;
    const auto until = clock.steady_now() + takes_;
    clock.wait_until(until, options.wake_fds);
    std::vector<Fetched> answers;
    for (const SymbolRequest& request : requests) {
      const auto name = options.order.empty() ? "binance" : options.order.front().text();
      answers.push_back({request, ticker(request.symbol.text(), name, "97000")});
    }
    return answers;
  }

  std::atomic<bool> began = false;

 private:
  milliseconds takes_;
};

bool can_be_read(int fd, milliseconds within) {
  pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&ready, 1, static_cast<int>(within.count())) == 1;
}

}  // namespace

TEST_CASE("a fetch goes on beside its caller, who is woken when it is over") {
  SlowMarket market{milliseconds{30}};
  auto job = btcw::make_fetch_thread(market);
  REQUIRE(job);
  for (int round = 0; round < 3; ++round) {
    (*job)->start({request("BTC/USDT"), request("ETH/USDT")}, {exchange("kraken")});
    CHECK_FALSE((*job)->take());
    REQUIRE(can_be_read((*job)->fd(), seconds{5}));
    const auto answers = (*job)->take();
    REQUIRE(answers);
    REQUIRE(answers->size() == 2);
    CHECK((*answers)[0].ticker->exchange.text() == "kraken");
    CHECK_FALSE((*job)->take());
    CHECK_FALSE(can_be_read((*job)->fd(), milliseconds{0}));
  }
}

TEST_CASE("a fetch under way is given up at once when its job goes") {
  SlowMarket market{seconds{60}};
  const SystemClock clock;
  auto job = btcw::make_fetch_thread(market);
  REQUIRE(job);
  (*job)->start({request("BTC/USDT")}, {});
  while (!market.began) clock.wait_until(clock.steady_now() + milliseconds{1});
  const auto before = clock.steady_now();
  job->reset();
  CHECK(clock.steady_now() - before < seconds{5});
}

TEST_CASE("a job that was never used goes too") {
  SlowMarket market{seconds{60}};
  CHECK(btcw::make_fetch_thread(market));
}
