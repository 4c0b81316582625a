// What watch has seen, as price --history shows it.
#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "btcw/base/ticker.h"
#include "support/run_btcw.h"
#include "support/watch_fakes.h"

using btcw::milliseconds;
using btcw::seconds;
using namespace btcw::test;
using Lines = std::vector<std::string>;

namespace {

Lines lines_of(const std::string& text) {
  std::istringstream stream{text};
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// A sandbox whose history has BTC/USDT: one price each ten seconds of the last ten minutes.
class Remembered {
 public:
  Remembered() {
    const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    std::string text;
    for (int i = 0; i < 60; ++i) {
      const auto at = now - std::chrono::minutes{10} + seconds{10} * i;
      text += btcw::to_json(ticker("BTC/USDT", "binance", std::to_string(97000 + i), at)) + "\n";
    }
    const auto file = sandbox_.write_file("rec.ndjson", text);
    REQUIRE(sandbox_.run({"watch", "--quiet", "--replay", file.string()}).exit_code == 0);
  }
  [[nodiscard]] const Sandbox& sandbox() const { return sandbox_; }

 private:
  Sandbox sandbox_{BTCW_EXECUTABLE};
};

}  // namespace

TEST_CASE("price --history prints what watch has seen, without asking anybody") {
  const Remembered remembered;
  const Sandbox& sandbox = remembered.sandbox();

  const Outcome csv = sandbox.run({"price", "BTC", "--history", "1h", "--format", "csv"});
  const Outcome json = sandbox.run({"price", "BTC", "--history", "1h", "--every", "1d", "--json"});
  const Outcome plain = sandbox.run({"price", "BTC", "--history", "1h", "--every", "10s"});

  CHECK(csv.exit_code == 0);
  const Lines rows = lines_of(csv.out);
  REQUIRE(rows.size() >= 11);
  CHECK(rows.size() <= 12);
  CHECK(rows.front() == "symbol,time,open,high,low,close");
  CHECK_THAT(rows.back(), Catch::EndsWith(",97059"));
  const auto days = nlohmann::json::parse(json.out);
  REQUIRE(!days.empty());
  CHECK(days.back()["close"] == 97059);
  CHECK(days.back()["symbol"] == "BTC/USDT");
  CHECK(lines_of(plain.out).size() >= 59);
}

TEST_CASE("price --history draws a chart on a terminal") {
  const Remembered remembered;
  const Outcome outcome =
      remembered.sandbox().run({.arguments = {"price", "BTC", "--history", "1h"},
                                .environment = {{"TERM", "xterm"}},
                                .output = Output::terminal});

  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Catch::Contains("BTC/USDT  1m each  last 97059"));
  CHECK_THAT(outcome.out, Catch::Contains("┤") && Catch::Contains("UTC"));
}

TEST_CASE("price --history says what it does not know") {
  const Remembered remembered;
  const Sandbox empty{BTCW_EXECUTABLE};
  struct Case {
    Lines arguments;
    bool anything;
    int exit_code;
    std::string says;
  };
  const auto row = GENERATE(values<Case>({
      {{"price", "BTC", "--history", "1h"}, false, 4, "nothing is remembered yet"},
      {{"price", "ETH", "--history", "1h"}, true, 4, "ETH/USDT: nothing is remembered"},
      {{"price", "kraken:BTC/USDT", "--history", "1h"}, true, 4, "; known is BTC/USDT"},
      {{"price", "BTC", "ETH", "--history", "1h"}, true, 3, "ETH/USDT: nothing is remembered"},
      {{"price", "BTC", "--every", "1h"}, true, 2, "--every needs --history"},
      {{"price", "BTC", "--history", "1h", "--every", "7s"}, true, 2, "divides a day"},
      {{"price", "BTC", "--history", "1h", "--refresh"}, true, 2, "--history is what was"},
      {{"price", "BTC", "--history", "1ms"}, true, 2, "at least 1s"},
  }));
  CAPTURE(row.arguments);

  const Outcome outcome = (row.anything ? remembered.sandbox() : empty).run(row.arguments);

  CHECK(outcome.exit_code == row.exit_code);
  CHECK_THAT(outcome.err, Catch::Contains(row.says));
}

TEST_CASE("a history that is switched off is neither made nor asked") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  sandbox.write_config("[history]\nenabled = false\n");
  REQUIRE(sandbox.run({"watch", "--demo", "--quiet", "--once"}).exit_code == 0);

  const Outcome outcome = sandbox.run({"price", "BTC", "--history", "1h"});

  CHECK(outcome.exit_code == 4);
  CHECK_THAT(outcome.err, Catch::Contains("history.enabled is false"));
}
