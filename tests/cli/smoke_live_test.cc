#include <catch2/catch.hpp>
#include <thread>

#include "support/fake_exchange.h"
#include "support/fake_stream_server.h"
#include "support/run_btcw.h"

using btcw::milliseconds;
using btcw::seconds;
using namespace btcw::test;

TEST_CASE("smoke-live tells which facts hold, and which do not") {
  FakeExchange fake;
  FakeStreamServer stream{"binance"};
  const bool sound = GENERATE(true, false);
  const std::int64_t now_ms =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  FakeQuote quote{.time_ms = now_ms};
  if (!sound) quote.bid = "102";  // above the ask
  fake.set("BTC/USDT", quote);
  const Sandbox sandbox{BTCW_SOURCE_DIR "/scripts/smoke-live"};
  sandbox.write_config("exchanges = [\"binance\"]\n[exchange.binance]\nrest_url = \"" +
                       fake.url("binance") + "\"\nws_url = \"" + stream.url() + "\"\n");
  auto program =
      sandbox.start({.arguments = {"--btcw", BTCW_EXECUTABLE, "--seconds", "2", "binance"}});
  REQUIRE(stream.wait_for("BTC/USDT"));
  REQUIRE(stream.push("BTC/USDT", quote) == 1);
  const Outcome outcome = program.wait();

  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.exit_code == (sound ? 0 : 1));
  CHECK(outcome.out.find(sound ? "all facts hold" : "2 facts do not hold") != std::string::npos);
  for (const char* part : {"binance rest", "binance listing", "binance stream", "brings prices"}) {
    CHECK(outcome.out.find(part) != std::string::npos);
  }
}
