// Streams for the equivalent of a day and more, against exchanges that insist on their rules.
#include <catch2/catch.hpp>

#include "support/stream_world.h"

using namespace btcw;
using btcw::test::StreamTrouble;
using btcw::test::StreamWorld;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

std::vector<std::string> streamed_exchanges() {
  std::vector<std::string> names;
  for (const ExchangeStream& stream : exchange_streams()) names.emplace_back(stream.name);
  return names;
}

constexpr milliseconds kStep = seconds{8};

/// Trouble for a while, then none for long enough to come back.
void suffer(StreamWorld& world, StreamTrouble trouble, milliseconds time) {
  world.trouble = trouble;
  if (trouble == StreamTrouble::refused || trouble == StreamTrouble::limited) world.cut();
  world.pass(time, kStep);
  if (trouble != StreamTrouble::garbage) CHECK(world.asked_for().size() == 3);
  world.trouble = StreamTrouble::none;
  world.pass(minutes{8}, kStep);
  CHECK(world.asked_for().empty());
}

}  // namespace

TEST_CASE("25 hours of a stream lose no price, break no rule, and are stale only in outages") {
  const auto name = GENERATE(from_range(streamed_exchanges()));
  CAPTURE(name);
  StreamWorld world{name, {"BTC/USDT", "ETH/USDT", "DOGE/USD"}};
  CHECK(world.asked_for().size() == 3);
  world.answer_all();
  world.pass(minutes{1}, kStep);
  CHECK(world.asked_for().empty());

  world.pass(hours{2}, kStep);
  world.cut();
  world.pass(minutes{2}, kStep);
  CHECK(world.asked_for().empty());
  suffer(world, StreamTrouble::refused, minutes{10});
  world.pass(hours{2}, kStep);
  suffer(world, StreamTrouble::limited, minutes{5});
  suffer(world, StreamTrouble::mute, minutes{5});
  suffer(world, StreamTrouble::stalled, minutes{5});
  suffer(world, StreamTrouble::garbage, minutes{5});
  const auto attempts = world.sockets.opened.size();
  world.pass(hours{25}, kStep);

  CHECK(world.asked_for().empty());
  CHECK(world.breaches.empty());
  CHECK(world.told.size() == 3);
  CHECK(world.got == world.told);
  // One takes over from the other before the exchange ends it; nothing else is opened.
  const bool ages = find_stream(name)->limits.longest_life == hours{24};
  CHECK(world.sockets.opened.size() - attempts == (ages ? 1U : 0U));
  CHECK(world.most_connections <= 2);
  CHECK(world.sockets.alive.size() == 1);
}

TEST_CASE("a day with many symbols keeps to the limits of every exchange") {
  const auto name = GENERATE(from_range(streamed_exchanges()));
  CAPTURE(name);
  std::vector<std::string> symbols;
  for (int i = 0; i < 120; ++i) symbols.push_back("S" + std::to_string(i) + "/USDT");
  StreamWorld world{name, symbols};
  world.answer_all();
  world.pass(minutes{5}, kStep);
  CHECK(world.asked_for().empty());
  world.cut();
  world.pass(minutes{5}, kStep);

  CHECK(world.asked_for().empty());
  CHECK(world.breaches.empty());
  CHECK(world.got == world.told);
  const StreamLimits& limits = find_stream(name)->limits;
  const std::size_t needed =
      (symbols.size() + limits.symbols_per_connection - 1) / limits.symbols_per_connection;
  CHECK(world.sockets.alive.size() == needed);
  CHECK(world.most_connections == needed);
  for (std::size_t i = 1; i < world.sockets.opened.size(); ++i) {
    CHECK(world.sockets.opened[i].second - world.sockets.opened[i - 1].second >=
          limits.between_connections);
  }
}

TEST_CASE("an exchange that is limiting connections is left alone for as long as it says") {
  StreamWorld world{"okx", {"BTC/USDT"}};
  world.trouble = StreamTrouble::limited;
  world.answer_all();
  world.pass(seconds{119}, seconds{1});
  CHECK(world.sockets.opened.size() == 1);
  world.pass(seconds{10}, seconds{1});
  CHECK(world.sockets.opened.size() == 2);
}

TEST_CASE("an exchange that cannot be reached is tried less and less often, for ever") {
  StreamWorld world{"okx", {"BTC/USDT"}};
  world.trouble = StreamTrouble::refused;
  world.answer_all();
  world.pass(minutes{5}, seconds{1});
  const auto first = world.sockets.opened.size();
  CHECK(first <= 14);
  world.pass(minutes{60}, seconds{10});
  const auto later = world.sockets.opened.size() - first;
  CHECK(later >= 30);
  CHECK(later <= 61);
  CHECK(world.log.count(LogLevel::warning, "stream lost") == 1);
  world.trouble = StreamTrouble::none;
  world.pass(minutes{3}, seconds{10});
  CHECK(world.log.count(LogLevel::warning, "stream is back") == 1);
  CHECK(world.asked_for().empty());
}

TEST_CASE("a connection that takes over does so without a gap and without repeating anything") {
  StreamWorld world{"binance", {"BTC/USDT", "ETH/USDT"}};
  world.answer_all();
  world.pass(hours{22}, seconds{30});
  CHECK(world.sockets.opened.size() == 1);

  world.pass(hours{2}, milliseconds{700});

  CHECK(world.sockets.opened.size() == 2);
  CHECK(world.sockets.alive.size() == 1);
  CHECK(world.got == world.told);
  std::size_t told = 0;
  for (const auto& [symbol, prices] : world.told) told += prices.size();
  CHECK(world.source.ticks() == told);
  CHECK(world.source.status().front().rotations == 1);
}

TEST_CASE("symbols that are no longer wanted are forgotten, new ones share a connection") {
  StreamWorld world{"okx", {"BTC/USDT", "ETH/USDT"}};
  world.answer_all();
  world.pass(minutes{1});
  CHECK(world.source.streamed() == 2);
  CHECK(world.source.status().size() == 1);
  CHECK(world.source.status().front().phase == "streaming");
  CHECK(world.source.status().front().symbols == 2);

  world.source.reconfigure({});
  world.pass(seconds{5});

  CHECK(world.sockets.alive.empty());
  CHECK(world.source.status().empty());
}
