// What alerts know of the time before the start, because the exchange tells it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "btcw/base/ticker.h"
#include "support/fake_exchange.h"
#include "support/run_btcw.h"
#include "support/watch_fakes.h"

using btcw::seconds;
using namespace btcw::test;

namespace {

constexpr std::string_view kKlines = "/api/v3/klines";

/// An exchange on which the price was 90 and is 100 now, and an alert on its mean.
struct Home {
  FakeExchange fake;
  Sandbox sandbox{BTCW_EXECUTABLE};

  explicit Home(std::string_view more = "") {
    fake.set("BTC/USDT", {});
    sandbox.write_config(
        "exchanges = [\"binance\"]\n[general]\nsymbols = [\"BTC/USDT\"]\n"
        "[watch]\ninterval = \"1s\"\n[exchange.binance]\nrest_url = \"" +
        fake.url("binance") +
        "\"\n[[alert]]\nname = \"up\"\nsymbol = \"BTC/USDT\"\n"
        "when = \"last > sma(20, 1m) and sma(20, 1m) > 89\"\n" +
        std::string{more});
  }
  [[nodiscard]] std::vector<std::string> klines() const {
    std::vector<std::string> asked = fake.targets("binance");
    std::erase_if(asked, [](const std::string& target) { return !target.starts_with(kKlines); });
    return asked;
  }
};

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("an alert on indicators is judged at once, for the exchange tells the past") {
  const Home home;
  RunningProgram watch = home.sandbox.start({.arguments = {"watch", "-v", "--for", "20s"}});

  REQUIRE(watch.wait_for_err("alert=up"));

  CHECK(home.klines() ==
        std::vector<std::string>{"/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=134"});
  CHECK(home.fake.targets("binance").front().find("klines") == std::string::npos);
  watch.signal(15);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("without the exchange's past an alert on indicators stays unknown") {
  struct Case {
    std::string_view config;
    std::vector<std::string> arguments;
  };
  const auto row = GENERATE(values<Case>({
      {"[history]\nseed = false\n", {"watch", "-v", "--for", "3s"}},
      {"", {"watch", "-v", "--once"}},
      {"", {"watch", "-v", "--demo", "--for", "2s"}},
  }));
  CAPTURE(row.config, row.arguments);
  const Home home{row.config};

  const Outcome outcome = home.sandbox.run(row.arguments);

  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.err, !Catch::Contains("alert=up"));
  CHECK(home.klines().empty());
}

TEST_CASE("a replay asks nobody for the past") {
  const Home home;
  std::string recording;
  for (int i = 0; i < 50; ++i) {
    const auto at = btcw::from_unix_ms(1'732'290'000'000 + i * 1000);
    recording += btcw::to_json(ticker("BTC/USDT", "binance", "100", at)) + "\n";
  }
  const auto file = home.sandbox.write_file("rec.ndjson", recording);
  for (const std::string_view how : {"--quiet", "--alerts-only"}) {
    const Outcome outcome =
        home.sandbox.run({"watch", "--replay", file.string(), std::string{how}});
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
  }
  CHECK(home.fake.requests("binance") == 0);
}

TEST_CASE("a limit told to the question for the past holds for everything else") {
  Home home;
  home.fake.behave("binance", {.trouble = FakeTrouble::limit_seconds,
                               .retry_after = seconds{60},
                               .only_for = std::string{kKlines}});

  const Outcome outcome = home.sandbox.run({"watch", "--for", "5s"});

  CHECK(outcome.exit_code == 0);
  CHECK(home.klines().size() == 1);
  CHECK(count_of(outcome.err, "tells nothing of the past") == 1);
  const auto asked = home.fake.targets("binance");
  const auto limit = std::find_if(asked.begin(), asked.end(), [](const std::string& target) {
    return target.starts_with(kKlines);
  });
  // One may have been on its way.
  CHECK(asked.end() - limit <= 2);
  CHECK(home.sandbox.run({"price", "BTC/USDT", "--refresh"}).exit_code != 0);
}

TEST_CASE("prices go on while an exchange takes its time to tell the past, or refuses it") {
  struct Case {
    FakeTrouble trouble;
    std::size_t warnings;
  };
  const auto row = GENERATE(values<Case>({
      {FakeTrouble::hang, 0},
      {FakeTrouble::forbidden, 1},
      {FakeTrouble::half_json, 1},
      {FakeTrouble::not_json, 1},
      {FakeTrouble::down, 1},
  }));
  Home home;
  home.fake.behave("binance", {.trouble = row.trouble, .only_for = std::string{kKlines}});

  const Outcome outcome = home.sandbox.run({"watch", "--ndjson", "--for", "4s"});

  CHECK(outcome.exit_code == 0);
  CHECK(count_of(outcome.out, "\"symbol\":\"BTC/USDT\"") >= 2);
  CHECK(count_of(outcome.err, "tells nothing of the past") == row.warnings);
  CHECK(home.klines().size() == 1);
}
