#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include "support/pty_program.h"
#include "support/run_btcw.h"

using btcw::milliseconds;
using btcw::seconds;
using btcw::test::PtyProgram;
using btcw::test::Sandbox;

namespace {

constexpr const char* kEnter = "\x1b[?1049h";
constexpr const char* kLeave = "\x1b[?1049l";
constexpr const char* kCursorBack = "\x1b[?25h";

struct Screen {
  Sandbox sandbox{BTCW_EXECUTABLE};

  [[nodiscard]] PtyProgram::Options demo(std::vector<std::string> more = {},
                                         std::string term = "xterm-256color") const {
    PtyProgram::Options options{
        .command = {BTCW_EXECUTABLE, "watch", "--demo", "--interval", "100ms"},
        .environment = {{"HOME", sandbox.root().string()}, {"TERM", std::move(term)}}};
    for (std::string& word : more) options.command.push_back(std::move(word));
    return options;
  }
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("on a terminal watch draws a table that says what it shows, and q ends it") {
  const Screen screen;
  PtyProgram program{screen.demo({"BTC/USDT", "ETH/USDT"})};
  REQUIRE(program.wait_for("ETH/USDT"));
  REQUIRE(program.wait_for("demo"));
  CHECK(holds(program.screen(), kEnter));
  CHECK(holds(program.screen(), "DEMO: simulated prices"));
  CHECK(holds(program.screen(), "LAST"));
  CHECK_FALSE(program.is_sane());

  program.type("q");

  CHECK(program.wait() == 0);
  CHECK(holds(program.screen(), kLeave));
  CHECK(holds(program.screen(), kCursorBack));
  CHECK(program.is_sane());
}

TEST_CASE("the terminal is put back however the table ends") {
  const Screen screen;
  PtyProgram program{screen.demo()};
  REQUIRE(program.wait_for("demo"));
  SECTION("Ctrl-C") { program.type("\x03"); }
  SECTION("SIGTERM") { program.signal(SIGTERM); }
  SECTION("SIGINT") { program.signal(SIGINT); }
  CHECK(program.wait() == 0);
  CHECK(holds(program.screen(), kLeave));
  CHECK(program.is_sane());
}

TEST_CASE("a terminal that is closed ends watch") {
  const Screen screen;
  PtyProgram program{screen.demo()};
  REQUIRE(program.wait_for("demo"));
  program.hang_up();
  CHECK(program.wait(seconds{10}) == 0);
}

TEST_CASE("a terminal that is closed ends a watch that writes elsewhere") {
  const Screen screen;
  auto options = screen.demo();
  const auto out = (screen.sandbox.root() / "prices.ndjson").string();
  options.command = {"/bin/sh", "-c", "exec \"$0\" watch --demo --interval 100ms >\"$1\"",
                     BTCW_EXECUTABLE, out};
  PtyProgram program{options};
  // It runs, and takes signals, when the first prices are there.
  std::error_code absent;
  for (int tries = 0; std::filesystem::file_size(out, absent) == 0 || absent; ++tries) {
    REQUIRE(tries < 3000);
    std::this_thread::sleep_for(milliseconds{10});
  }
  program.hang_up();
  CHECK(program.wait(seconds{10}) == 0);
}

TEST_CASE("the table fits whatever size the terminal gets") {
  const Screen screen;
  auto options = screen.demo({"BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "ADA/USDT"});
  options.columns = 120;
  PtyProgram program{options};
  REQUIRE(program.wait_for("LOW"));
  program.resize(6, 30);
  // Three rows of five have room.
  REQUIRE(program.wait_for("rows 1-3 of 5"));
  program.forget();
  REQUIRE(program.wait_for("rows 1-3 of 5"));
  CHECK_FALSE(holds(program.screen(), "LOW"));
  CHECK_FALSE(holds(program.screen(), "ADA/USDT"));

  program.type("jj");
  CHECK(program.wait_for("rows 3-5 of 5"));
  CHECK(program.wait_for("ADA/USDT"));
  program.type("k");
  CHECK(program.wait_for("rows 2-4 of 5"));
}

TEST_CASE("Ctrl-Z gives the terminal back and stops; going on draws the table again") {
  const Screen screen;
  PtyProgram program{screen.demo()};
  REQUIRE(program.wait_for("demo"));
  program.type("\x1a");
  REQUIRE(program.wait_stopped());
  CHECK(program.is_sane());
  REQUIRE(program.wait_for(kLeave));
  program.forget();
  program.signal(SIGCONT);
  CHECK(program.wait_for(kEnter));
  CHECK(program.wait_for("DEMO"));
  program.type("q");
  CHECK(program.wait() == 0);
}

TEST_CASE("colour can be switched off in the table") {
  const Screen screen;
  PtyProgram program{screen.demo({"--color", "never"})};
  REQUIRE(program.wait_for("demo"));
  program.type("q");
  CHECK(program.wait() == 0);
  for (const char* color : {"\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[2m"}) {
    CHECK_FALSE(holds(program.screen(), color));
  }
}

TEST_CASE("a terminal that can do nothing gets readable lines, and the demo says so first") {
  const Screen screen;
  PtyProgram program{screen.demo({"BTC/USDT", "--for", "250ms", "--seed", "3"}, "dumb")};
  CHECK(program.wait() == 0);
  CHECK(program.screen().starts_with("DEMO: simulated prices, not a market's (seed 3)\r\n20"));
  CHECK(holds(program.screen(), "Z BTC/USDT "));
  CHECK(holds(program.screen(), " demo\r\n"));
  CHECK_FALSE(holds(program.screen(), "\x1b"));
}

TEST_CASE("one cycle on a terminal stays readable: no table that is gone at once") {
  const Screen screen;
  PtyProgram program{screen.demo({"BTC/USDT", "--once"})};
  CHECK(program.wait() == 0);
  CHECK_FALSE(holds(program.screen(), "\x1b"));
  CHECK(holds(program.screen(), "BTC/USDT "));
}

TEST_CASE("option --ndjson holds on a terminal too") {
  const Screen screen;
  PtyProgram program{screen.demo({"BTC/USDT", "--once", "--ndjson"})};
  CHECK(program.wait() == 0);
  CHECK(holds(program.screen(), "{\"symbol\":\"BTC/USDT\",\"exchange\":\"demo\""));
}
