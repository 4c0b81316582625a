// Recorded and made-up traffic through real sockets, from the server's bytes to the cache.
#include <poll.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "btcw/net/beast_sockets.h"
#include "btcw/watch/stream_source.h"
#include "support/fake_stream_server.h"
#include "support/recording_log.h"
#include "support/scripted_http.h"

using namespace btcw;
using namespace btcw::test;
using Json = nlohmann::json;

namespace {

/// A StreamSource on real sockets, and the last price of each pair.
struct Streamer {
  SystemClock clock;
  FakeClock http_clock;
  ScriptedHttp http{http_clock};
  SystemRandom random;
  RecordingLog log;
  std::unique_ptr<WebSockets> sockets;
  std::unique_ptr<StreamSource> source;
  std::map<std::string, std::string> last;
  std::size_t ticks = 0;

  Streamer(const std::string& exchange, const std::string& ws_url,
           const std::vector<Symbol>& symbols) {
    http.add("POST http://rest/api/v1/bullet-public", [](const HttpRequest&) {
      return respond(200, R"({"code":"200000","data":{"token":"t","instanceServers":[{"endpoint":)"
                          R"("wss://x/","pingInterval":18000}]}})");
    });
    auto made = make_beast_sockets({}, Environment{}, clock);
    REQUIRE(made.has_value());
    sockets = *std::move(made);
    const auto name = ExchangeName::parse(exchange).value();
    StreamOptions options{.requests = {},
                          .order = {},
                          .preference = {name},
                          .exchanges = {{find_stream(exchange), name, {ws_url, "http://rest"}}}};
    std::vector<Fetched> answers;
    for (const Symbol& symbol : symbols) {
      options.requests.push_back({symbol});
      answers.push_back({{symbol},
                         Ticker{.symbol = symbol,
                                .exchange = name,
                                .last = Decimal::from_parts(1, 0),
                                .received = clock.now()}});
    }
    source = std::make_unique<StreamSource>(std::move(options),
                                            StreamFleet::Ports{*sockets, http, clock, random, log});
    source->answered(answers);
  }
  /// Streams until that holds; false when it takes too long.
  bool until(const std::function<bool()>& enough) {
    const SteadyTime end = clock.steady_now() + seconds{20};
    while (!enough()) {
      if (clock.steady_now() >= end) return false;
      const std::array fds{source->fd()};
      clock.wait_until(std::min({source->due(), clock.steady_now() + milliseconds{20}}), fds);
      (void)source->take([this](std::span<const CacheEntry> entries) {
        for (const CacheEntry& entry : entries) {
          last[std::string{entry.ticker.symbol.text()}] = entry.ticker.last.to_string();
          ++ticks;
        }
      });
    }
    return true;
  }
};

std::filesystem::path captures() {
  const char* const told = std::getenv("BTCW_TEST_DATA");
  return (told != nullptr ? std::filesystem::path{told}
                          : std::filesystem::path{BTCW_SOURCE_DIR "/../shared/data"}) /
         "captures";
}

/// What the exchange sent, frame by frame.
std::vector<std::string> frames_of(const std::string& exchange) {
  std::ifstream file{captures() / (exchange + ".ws")};
  std::vector<std::string> frames;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] < '0' || line[0] > '9') continue;
    frames.push_back(line.substr(line.find(": ") + 2));
  }
  return frames;
}

/// Pair and last price of a frame, read the plain way; nullopt: it has none.
std::optional<std::pair<std::string, std::string>> scan(const std::string& exchange,
                                                        const Json& frame) {
  if (exchange == "coinbase" && frame.value("type", "") == "ticker") {
    return std::pair{frame.at("product_id").get<std::string>(),
                     frame.at("price").get<std::string>()};
  }
  if (exchange == "gate" && frame.value("channel", "") == "spot.tickers" &&
      frame.value("event", "") == "update") {
    const Json& result = frame.at("result");
    return std::pair{result.at("currency_pair").get<std::string>(),
                     result.at("last").get<std::string>()};
  }
  if (exchange == "bitstamp" && frame.value("event", "") == "trade") {
    return std::pair{frame.at("channel").get<std::string>().substr(12),
                     frame.at("data").at("price_str").get<std::string>()};
  }
  if (exchange == "binance" && frame.contains("data") &&
      frame.at("data").value("e", "") == "aggTrade") {
    return std::pair{frame.at("data").at("s").get<std::string>(),
                     frame.at("data").at("p").get<std::string>()};
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("recorded traffic gives the prices that a plain scan of it gives") {
  if (!std::filesystem::exists(captures())) {
    WARN("skipped: no recorded traffic");
    return;
  }
  const std::string exchange = GENERATE("coinbase", "gate", "bitstamp", "binance");
  const bool deflate = GENERATE(false, true);
  CAPTURE(exchange, deflate);
  const auto frames = frames_of(exchange);
  REQUIRE(frames.size() > 10);
  std::map<std::string, std::string> wanted;
  std::vector<Symbol> symbols;
  for (const std::string& frame : frames) {
    const auto found = scan(exchange, Json::parse(frame));
    if (!found) continue;
    const auto symbol = Symbol::parse(found->first).value();
    const std::string text{symbol.text()};
    if (!wanted.contains(text)) symbols.push_back(symbol);
    wanted[text] = Decimal::parse(found->second).value().to_string();
  }
  REQUIRE_FALSE(wanted.empty());
  symbols.push_back(Symbol::of("BTC", "USDT").value());
  FakeStreamServer server{exchange, {.deflate = deflate}};
  Streamer streamer{exchange, server.url(), symbols};
  REQUIRE(streamer.until([&] { return server.wait_for("BTC/USDT", milliseconds{10}); }));

  for (const std::string& frame : frames) REQUIRE(server.say(frame) == 1);
  // The sign that all of it has come.
  REQUIRE(server.push("BTC/USDT", {.last = "12345"}) == 1);
  REQUIRE(streamer.until([&] { return streamer.last.contains("BTC/USDT"); }));

  streamer.last.erase("BTC/USDT");
  CHECK(streamer.last == wanted);
  CHECK(server.breaches().empty());
}

TEST_CASE("every exchange's stream runs over a real socket, breaks off and comes back") {
  std::vector<std::string> names;
  for (const ExchangeStream& stream : exchange_streams()) names.emplace_back(stream.name);
  const std::string exchange = GENERATE_COPY(from_range(names));
  CAPTURE(exchange);
  FakeStreamServer server{exchange};
  const std::vector symbols{Symbol::of("BTC", "USDT").value(), Symbol::of("ETH", "USDT").value()};
  Streamer streamer{exchange, server.url(), symbols};
  const auto comes = [&](const std::string& symbol, const std::string& price) {
    if (!streamer.until([&] { return server.wait_for(symbol, milliseconds{10}); })) return false;
    // Who was cut off may not have left yet.
    return streamer.until([&] {
      server.push(symbol, {.last = price});
      return streamer.last[symbol] == price;
    });
  };

  CHECK(comes("BTC/USDT", "97123.4"));
  CHECK(comes("ETH/USDT", "3400.5"));
  server.cut();
  REQUIRE(streamer.until([&] { return streamer.log.mentions("stream lost"); }));
  CHECK(comes("BTC/USDT", "97124.5"));

  CHECK(server.breaches().empty());
  CHECK(server.connections() == 2);
}
