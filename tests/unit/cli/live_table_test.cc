#include "render/live_table.h"

#include <catch2/catch.hpp>
#include <regex>

#include "support/watch_fakes.h"

using btcw::CacheEntry;
using btcw::CacheScope;
using btcw::Decimal;
using btcw::seconds;
using btcw::Ticker;
using btcw::cli::LiveTable;
using btcw::cli::TableFrame;
using namespace btcw::test;

namespace {

const btcw::UtcTime kNow = btcw::from_unix_ms(1'732'290'000'000);

TableFrame frame(int rows = 10, int columns = 100) {
  return {.size = {rows, columns}, .now = kNow, .stale_after = seconds{30}, .title = "title"};
}

Ticker full(std::string_view symbol, std::string_view last) {
  Ticker ticker = btcw::test::ticker(symbol, "binance", last, kNow - seconds{3});
  ticker.bid = Decimal::from_parts(97'123'40, 2);
  ticker.ask = Decimal::from_parts(97'123'50, 2);
  ticker.high = Decimal::from_parts(98'000, 0);
  ticker.low = Decimal::from_parts(94'000'10, 2);
  ticker.percentage = Decimal::from_parts(22'352, 4);
  return ticker;
}

/// What stands on the screen, line by line, without the sequences that put it there.
std::vector<std::string> shown(LiveTable& table, const TableFrame& how) {
  static const std::regex kSequence{"\x1b\\[[0-9;?]*[A-Za-z]"};
  const std::string plain = std::regex_replace(table.render(how), kSequence, "");
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = plain.find("\r\n"); end != std::string::npos;
       end = plain.find("\r\n", begin)) {
    lines.push_back(plain.substr(begin, end - begin));
    begin = end + 2;
  }
  lines.push_back(plain.substr(begin));
  return lines;
}

}  // namespace

TEST_CASE("the live table shows a row a symbol, exact to the digit, and its age") {
  LiveTable table;
  const std::vector wanted{request("BTC/USDT"), request("ETH/USDT")};
  table.expect(wanted);
  table.update({full("BTC/USDT", "97123.45")});

  const auto lines = shown(table, frame());

  CHECK(lines[0] == "title");
  CHECK(lines[1] == "SYMBOL        LAST     24H      BID      ASK   HIGH      LOW  EXCHANGE  AGE");
  CHECK(lines[2] == "BTC/USDT  97123.45  +2.24%  97123.4  97123.5  98000  94000.1  binance    3s");
  // What nothing is known of has its place already.
  CHECK(lines[3].starts_with("ETH/USDT         -       -"));
  CHECK(lines[4] == "q: quit");
}

TEST_CASE("a row that has grown old is marked as stale") {
  LiveTable table;
  Ticker old = full("BTC/USDT", "1");
  old.received = kNow - seconds{31};
  table.update({old});
  CHECK(shown(table, frame())[2].ends_with("31s stale"));
}

TEST_CASE("ages are short") {
  struct Case {
    btcw::milliseconds age;
    std::string_view text;
  };
  const auto row = GENERATE(values<Case>({
      {btcw::milliseconds{-5000}, " 0s"},
      {seconds{59}, " 59s"},
      {seconds{60}, " 1m"},
      {seconds{3599}, " 59m"},
      {seconds{3600}, " 1h"},
      {std::chrono::hours{47}, " 47h"},
      {std::chrono::hours{49}, " 2d"},
  }));
  LiveTable table;
  Ticker ticker = full("BTC/USDT", "1");
  ticker.received = kNow - row.age;
  table.update({ticker});
  auto how = frame();
  how.stale_after = std::chrono::hours{1000};
  CHECK(shown(table, how)[2].ends_with(row.text));
}

TEST_CASE("a tick finds the row that it answers") {
  LiveTable table;
  const std::vector wanted{request("BTC/USDT"), request("kraken:BTC/USDT")};
  table.expect(wanted);
  table.update({ticker("BTC/USDT", "kraken", "1"), CacheScope::any});
  table.update({ticker("BTC/USDT", "kraken", "2"), CacheScope::exchange});
  table.update({ticker("BTC/USDT", "okx", "3"), CacheScope::any});
  const auto lines = shown(table, frame());
  CHECK(lines[2].find(" 3 ") != std::string::npos);
  CHECK(lines[2].find(" okx ") != std::string::npos);
  CHECK(lines[3].find(" 2 ") != std::string::npos);
  CHECK(lines.size() == 5);
}

TEST_CASE("with exchanges given, their ticks are in the one row of the symbol") {
  LiveTable table;
  const std::vector wanted{request("BTC/USDT")};
  table.expect(wanted);
  table.update({ticker("BTC/USDT", "kraken", "1"), CacheScope::exchange});
  table.update({ticker("BTC/USDT", "okx", "2"), CacheScope::exchange});
  CHECK(shown(table, frame()).size() == 4);
}

TEST_CASE("symbols that were not expected get rows of their own, one an exchange") {
  LiveTable table;
  table.update({ticker("BTC/USDT", "kraken", "1")});
  table.update({ticker("BTC/USDT", "okx", "2")});
  table.update({ticker("BTC/USDT", "okx", "3")});
  CHECK(shown(table, frame()).size() == 5);
}

TEST_CASE("another watch list keeps what is known of the symbols that stay") {
  LiveTable table;
  const std::vector before{request("BTC/USDT"), request("ETH/USDT")};
  table.expect(before);
  table.update({ticker("ETH/USDT", "okx", "3400")});
  const std::vector after{request("SOL/USDT"), request("ETH/USDT")};
  table.expect(after);
  const auto lines = shown(table, frame());
  CHECK(lines.size() == 5);
  CHECK(lines[2].starts_with("SOL/USDT"));
  CHECK(lines[3].find(" 3400 ") != std::string::npos);
}

TEST_CASE("a narrow terminal loses columns, not prices, and no line is wider than it") {
  LiveTable table;
  table.update({full("BTC/USDT", "97123.45")});
  for (int columns = 100; columns > 0; --columns) {
    CAPTURE(columns);
    for (const std::string& line : shown(table, frame(10, columns))) {
      REQUIRE(static_cast<int>(line.size()) <= std::max(columns - 1, 1));
    }
  }
  const auto lines = shown(table, frame(10, 50));
  CHECK(lines[2] == "BTC/USDT  97123.45  +2.24%  binance    3s");
  CHECK(shown(table, frame(10, 20))[2] == "BTC/USDT  97123.45");
}

TEST_CASE("what does not fit is cut between characters") {
  LiveTable table;
  auto how = frame(10, 8);
  how.title = "d\u00e9mo d\u00e9mo";
  CHECK(shown(table, how)[0] == "d\u00e9mo d");
  how.size.columns = 9;
  CHECK(shown(table, how)[0] == "d\u00e9mo d");
}

TEST_CASE("rows that have no room can be scrolled to, and no further") {
  LiveTable table;
  std::vector<btcw::SymbolRequest> wanted;
  for (int i = 0; i < 9; ++i) wanted.push_back(request("S" + std::to_string(i) + "/USDT"));
  table.expect(wanted);
  const auto how = frame(6);
  CHECK(shown(table, how)[2].starts_with("S0/USDT"));
  CHECK(shown(table, how).back() == "rows 1-3 of 9 (j/k)  q: quit");
  table.scroll(2);
  CHECK(shown(table, how)[2].starts_with("S2/USDT"));
  table.scroll(100);
  CHECK(shown(table, how).back() == "rows 7-9 of 9 (j/k)  q: quit");
  table.scroll(-1);
  CHECK(shown(table, how)[2].starts_with("S5/USDT"));
  table.scroll(-100);
  CHECK(shown(table, how)[2].starts_with("S0/USDT"));
}

TEST_CASE("colour shows what rose and fell, and is not used unless asked for") {
  LiveTable table;
  table.update({ticker("BTC/USDT", "okx", "2")});
  table.update({ticker("BTC/USDT", "okx", "3")});
  auto how = frame();
  CHECK(table.render(how).find("\x1b[32m") == std::string::npos);
  how.color = true;
  CHECK(table.render(how).find("\x1b[32m3\x1b[0m") != std::string::npos);
  table.update({ticker("BTC/USDT", "okx", "1")});
  CHECK(table.render(how).find("\x1b[31m1\x1b[0m") != std::string::npos);
  // An equal price says nothing new.
  table.update({ticker("BTC/USDT", "okx", "1")});
  CHECK(table.render(how).find("\x1b[31m1\x1b[0m") != std::string::npos);
}

TEST_CASE("a message cannot steer the terminal") {
  LiveTable table;
  auto how = frame();
  how.message = "bad \x1b[31m\nanswer";
  CHECK(shown(table, how).back() == "bad  [31m answer");
}
