// btcw notify with channels that a URL names, and with the webhooks of other programs.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "notify_desk.h"

using btcw::test::Desk;
using btcw::test::lines_in;
using btcw::test::Outcome;
using btcw::test::text_of;

TEST_CASE("an ad-hoc channel gets its message, and its URL stands in no message") {
  const Desk desk;
  const auto out = desk.sandbox.root() / "out.ndjson";
  const auto url = desk.sandbox.write_file("url", "file://" + out.string() + "\nmore\n");
  REQUIRE_FALSE(desk.notify({"--url", "file://" + out.string(), "one"}).empty());
  REQUIRE_FALSE(desk.notify({"--url", "@" + url.string(), "two"}).empty());
  const auto files = desk.files_in("");
  REQUIRE(files.size() == 2);
  CHECK(text_of(files[0]).find("out.ndjson") == std::string::npos);
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(lines_in(text_of(out)) == 2);

  const Outcome missing = desk.run({"notify", "--url", "@/nowhere/at/all", "x"});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Catch::Contains("--url") && Catch::Contains("/nowhere/at/all"));
}

TEST_CASE("a URL that only this call needs is not kept") {
  const Desk desk;
  const auto out = desk.sandbox.root() / "out.ndjson";
  const std::string url = "file://" + out.string();

  const Outcome shown = desk.run({"notify", "--dry-run", "--url", url, "hello"});
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, Catch::Contains(" -> adhoc:") && Catch::Contains("hello"));
  CHECK_FALSE(std::filesystem::exists(out));
  CHECK_FALSE(std::filesystem::exists(desk.state() / "adhoc"));

  const Outcome sent = desk.run({"notify", "--now", "--url", url, "hello"});
  CHECK(sent.exit_code == 0);
  CHECK(sent.err.empty());
  CHECK(lines_in(text_of(out)) == 1);
  CHECK_FALSE(std::filesystem::exists(desk.state() / "adhoc"));
}

TEST_CASE("the URL of an ad-hoc channel is kept as long as a message names it, and a month") {
  const Desk desk;
  const auto folder = desk.state() / "adhoc";
  const auto make_old = [&] {
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
      std::filesystem::last_write_time(entry.path(), std::filesystem::file_time_type::clock::now() -
                                                         std::chrono::hours{31 * 24});
    }
  };
  const auto kept = [&] { return std::distance(std::filesystem::directory_iterator{folder}, {}); };
  REQUIRE_FALSE(desk.notify({"--url", "file:///dev/null", "--delay", "1h", "later"}).empty());
  REQUIRE_FALSE(
      desk.notify({"--url", "file://" + (desk.sandbox.root() / "out").string(), "now"}).empty());
  REQUIRE(kept() == 2);
  make_old();
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(kept() == 1);
  // Once more, for a use makes it young again.
  REQUIRE_FALSE(desk.notify({"another"}).empty());
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(kept() == 1);
}

TEST_CASE("the webhooks of other programs become messages") {
  struct Row {
    std::string source;
    std::string body;
    std::string text;
    std::size_t messages;
  };
  const auto row = GENERATE(values<Row>({
      {"freqtrade", R"({"type":"entry","trade_id":7,"pair":"BTC/USDT","limit":97123.40})",
       "97123.40", 1},
      {"tradingview", "BTC crossed 100000", "BTC crossed 100000", 1},
      {"alertmanager",
       R"({"status":"firing","version":"4","alerts":[)"
       R"({"status":"firing","labels":{"alertname":"Down"},"annotations":{"summary":"web is down"}},)"
       R"({"status":"resolved","labels":{"alertname":"Up"},"annotations":{"summary":"db is up"}}]})",
       "web is down", 2},
  }));
  CAPTURE(row.source);
  const Desk desk;
  const Outcome sent = desk.run({"notify", "--from", row.source}, row.body);
  CHECK(sent.err.empty());
  CHECK(sent.exit_code == 0);
  CHECK(lines_in(sent.out) == row.messages);
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  const std::string delivered = text_of(desk.state() / "notifications.ndjson");
  CHECK(lines_in(delivered) == row.messages);
  CHECK_THAT(delivered, Catch::Contains(row.text));
}
