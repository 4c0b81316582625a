#include "btcw/watch/stream_connection.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_stream_frames.h"
#include "support/scripted_sockets.h"

using namespace btcw;
using btcw::test::FakeClock;
using btcw::test::ScriptedSockets;

namespace {

std::vector<Symbol> symbols(std::size_t count) {
  std::vector<Symbol> all{Symbol::of("BTC", "USDT").value()};
  while (all.size() < count)
    all.push_back(Symbol::of("S" + std::to_string(all.size()), "USDT").value());
  return all;
}

/// One connection to one exchange of the table.
struct Line {
  FakeClock clock;
  ScriptedSockets sockets{clock};
  const ExchangeStream& stream;
  StreamConnection connection;

  explicit Line(std::string_view exchange, std::size_t count = 1,
                std::optional<milliseconds> ping_every = std::nullopt)
      : stream{*find_stream(exchange)},
        connection{stream,
                   ExchangeName::parse(exchange).value(),
                   {.url = "ws://x/y", .ping_every = ping_every},
                   symbols(count),
                   {sockets, clock}} {}

  StreamNews hear() {
    StreamNews last;
    sockets.take([&](const SocketEvent& event) { last = connection.hear(event); });
    return last;
  }
  void accept() {
    sockets.accept(connection.socket());
    hear();
  }
  void say(std::string frame) {
    sockets.say(connection.socket(), std::move(frame));
    hear();
  }
  void tick() {
    for (auto& frame : btcw::test::stream_ticks(stream.name, "BTC/USDT", {})) say(frame);
  }
  /// Lets time pass, tending whenever the connection wants to.
  void pass(milliseconds time) {
    const SteadyTime until = clock.steady_now() + time;
    while (connection.due() <= until) {
      clock.advance(std::max(std::chrono::ceil<milliseconds>(connection.due() - clock.steady_now()),
                             milliseconds{0}));
      connection.tend();
      if (connection.end() != nullptr) break;
    }
    if (clock.steady_now() < until) {
      clock.advance(std::chrono::ceil<milliseconds>(until - clock.steady_now()));
    }
  }
  [[nodiscard]] std::string why() const {
    return connection.end() == nullptr ? "" : connection.end()->message;
  }
};

}  // namespace

TEST_CASE("a connection subscribes as soon as it is open, no faster than it may") {
  Line line{"bybit", 12};  // five symbols a request, 200 ms apart
  CHECK(line.connection.phase() == StreamPhase::opening);

  line.accept();
  CHECK(line.connection.phase() == StreamPhase::subscribing);
  CHECK(line.sockets.sent.size() == 1);
  line.pass(seconds{1});

  CHECK(line.connection.phase() == StreamPhase::streaming);
  REQUIRE(line.sockets.sent.size() == 3);
  CHECK(line.sockets.sent[1].at - line.sockets.sent[0].at == milliseconds{200});
  CHECK(line.sockets.sent[2].at - line.sockets.sent[1].at == milliseconds{200});
}

TEST_CASE("an exchange that wants to be left alone at first is") {
  Line line{"cryptocom"};
  line.accept();
  CHECK(line.sockets.sent.empty());
  line.pass(milliseconds{999});
  CHECK(line.sockets.sent.empty());
  line.pass(milliseconds{1});
  CHECK(line.sockets.sent.size() == 1);
}

TEST_CASE("an exchange that greets first is asked after its greeting, or given up") {
  Line line{"kucoin", 1, seconds{18}};
  line.accept();
  line.pass(seconds{3});
  CHECK(line.sockets.sent.empty());

  SECTION("greeted") {
    line.say(R"({"id":"1","type":"welcome"})");
    CHECK(line.sockets.sent.size() == 1);
    line.pass(seconds{1});
    CHECK(line.sockets.sent.size() == 2);
  }
  SECTION("not greeted") {
    line.pass(seconds{15});
    CHECK(line.why() == "no welcome in time");
    CHECK(line.sockets.alive.empty());
  }
}

TEST_CASE("the watchdog runs from the connect on") {
  struct Row {
    const char* why;
    void (*life)(Line& line);
    const char* end;
  };
  const auto row = GENERATE(values<Row>({
      {"never opened", [](Line& line) { line.pass(std::chrono::minutes{1}); },
       "no connection in time"},
      {"opened, and never a word",
       [](Line& line) {
         line.accept();
         line.pass(std::chrono::minutes{1});
       },
       "nothing heard for 20s"},
      {"heartbeats, and never an answer",
       [](Line& line) {
         line.accept();
         for (int i = 0; i < 3; ++i) {
           line.pass(seconds{10});
           line.say(R"({"channel":"heartbeat"})");
         }
       },
       "no answer to a subscription"},
      {"heartbeats, and never a price",
       [](Line& line) {
         line.accept();
         line.say(R"({"method":"subscribe","result":{},"success":true})");
         for (int i = 0; i < 12; ++i) {
           line.pass(seconds{10});
           line.say(R"({"channel":"heartbeat"})");
         }
         line.pass(seconds{5});
       },
       "no price for 2m"},
      {"prices, then silence",
       [](Line& line) {
         line.accept();
         line.tick();
         line.pass(seconds{15});
         line.tick();
         line.pass(seconds{25});
       },
       "nothing heard for 20s"},
      {"prices, then heartbeats only",
       [](Line& line) {
         line.accept();
         line.tick();
         for (int i = 0; i < 12; ++i) {
           line.pass(seconds{10});
           line.say(R"({"channel":"heartbeat"})");
         }
         line.pass(seconds{5});
       },
       "no price for 2m"},
  }));
  CAPTURE(row.why);
  Line line{"kraken"};

  row.life(line);

  CHECK(line.why() == row.end);
  CHECK(line.connection.phase() == StreamPhase::ended);
  CHECK(line.sockets.alive.empty());
}

TEST_CASE("a connection that brings prices lives on") {
  Line line{"kraken"};
  line.accept();
  for (int i = 0; i < 1000; ++i) {
    line.tick();
    line.pass(seconds{15});
    REQUIRE(line.why().empty());
  }
  CHECK(line.connection.ticks() == 1000);
  CHECK(line.connection.brings_prices());
}

TEST_CASE("pings go out as the exchange wants them, as text or as frames") {
  SECTION("as text") {
    Line line{"okx"};
    line.accept();
    for (int i = 0; i < 12; ++i) {
      line.pass(seconds{10});
      line.tick();
    }
    const auto texts = line.sockets.texts(line.connection.socket());
    CHECK(std::count(texts.begin(), texts.end(), "ping") == 6);
    CHECK(line.sockets.pings.empty());
  }
  SECTION("as frames, whose pongs are a sign of life") {
    Line line{"coinbase"};
    line.accept();
    line.tick();
    for (int i = 0; i < 5; ++i) {
      line.pass(seconds{21});
      line.sockets.sign(line.connection.socket());
      line.hear();
    }
    CHECK(line.why().empty());
    CHECK(line.sockets.pings.size() == 5);
  }
  SECTION("as often as the exchange says with its welcome") {
    Line line{"kucoin", 1, seconds{5}};
    line.accept();
    line.say(R"({"id":"1","type":"welcome"})");
    line.pass(seconds{16});
    CHECK(line.sockets.sent.size() == 2 + 3);
  }
}

TEST_CASE("what an exchange asks is answered at once") {
  Line line{"cryptocom"};
  line.accept();
  line.pass(seconds{1});
  line.say(R"({"id":42,"method":"public/heartbeat","code":0})");
  CHECK(line.sockets.sent.back().text == R"({"id":42,"method":"public/respond-heartbeat"})");
}

TEST_CASE("a successor is wanted before the exchange ends a connection, and when it says so") {
  SECTION("for its age") {
    Line line{"binance"};
    line.accept();
    for (int i = 0; i < 23 * 60; ++i) {
      line.tick();
      line.pass(seconds{60} - milliseconds{1});
    }
    CHECK_FALSE(line.connection.wants_successor());
    line.tick();
    line.pass(seconds{30});
    CHECK(line.connection.wants_successor());
    CHECK(line.why().empty());
  }
  SECTION("as it says so") {
    Line line{"bitfinex"};
    line.accept();
    CHECK_FALSE(line.connection.wants_successor());
    line.say(R"({"event":"info","code":20051,"msg":"restart"})");
    CHECK(line.connection.wants_successor());
    CHECK(line.why().empty());
  }
}

TEST_CASE("maintenance ends a connection") {
  Line line{"bitfinex"};
  line.accept();
  line.say(R"({"event":"info","code":20060,"msg":"pause"})");
  CHECK(line.why() == "maintenance");
}

TEST_CASE("some frames may make no sense, but not one after the other") {
  Line line{"okx"};
  line.accept();
  for (int i = 0; i < 20; ++i) {
    line.say("<html>");
    line.say(R"({"data":)");
    line.tick();
  }
  CHECK(line.why().empty());
  CHECK(line.connection.unreadable() == 40);
  for (int i = 0; i < 5; ++i) line.say("<html>");
  CHECK_FALSE(line.why().empty());
  CHECK(line.connection.end()->code == Errc::bad_data);
  CHECK(line.sockets.alive.empty());
}

TEST_CASE("symbols that come later are subscribed to on the same connection") {
  Line line{"okx"};
  line.accept();
  line.pass(seconds{1});
  const std::vector more{Symbol::of("ETH", "USDT").value()};

  line.connection.add(more);
  line.pass(seconds{1});

  REQUIRE(line.sockets.sent.size() == 2);
  CHECK(line.sockets.sent[1].text.find("ETH-USDT") != std::string::npos);
  CHECK(line.sockets.sent[1].text.find("BTC-USDT") == std::string::npos);
  CHECK(line.connection.phase() == StreamPhase::streaming);
}

TEST_CASE("a socket that is closed by the other side says why") {
  Line line{"okx"};
  line.sockets.drop(line.connection.socket(),
                    {Errc::rate_limited, "HTTP 429", line.clock.now() + seconds{90}});
  line.hear();
  REQUIRE(line.connection.end() != nullptr);
  CHECK(line.connection.end()->code == Errc::rate_limited);
  CHECK(line.connection.end()->retry_at == line.clock.now() + seconds{90});
  CHECK(line.connection.due() == SteadyTime::max());
}
