#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_exchange_answers.h"
#include "support/http_server.h"

namespace btcw::test {

/// How an exchange answers, right or wrong.
enum class FakeTrouble {
  none,
  down,           ///< 503 with a page
  hang,           ///< nothing is ever sent
  limit,          ///< the exchange's own form of "too many requests"
  limit_seconds,  ///< 429 with Retry-After in seconds
  limit_date,     ///< 429 with Retry-After as a date
  ban,            ///< 418 with Retry-After in seconds
  forbidden,      ///< 403
  region,         ///< 451
  not_http,       ///< bytes that are not HTTP
  not_json,       ///< 200 with a page of HTML
  cut_off,        ///< the connection ends in the middle of the body
  close,          ///< the connection ends without an answer
  half_json,      ///< 200 with the first half of the body, in good order otherwise
};

/// What an exchange lets an address ask: `burst` requests at once, then one each `interval`. Who
/// asks more gets the exchange's own "too many requests", and is counted.
struct FakeLimit {
  int burst;
  milliseconds interval;
};

struct FakeBehaviour {
  FakeTrouble trouble = FakeTrouble::none;
  seconds retry_after{20};
  Framing framing = Framing::length;
  Coding coding = Coding::identity;
  milliseconds delay{0};
  std::size_t filler_rows = 0;  ///< rows of other pairs in answers for all pairs
  std::optional<FakeLimit> limit = {};
  std::string only_for = {};  ///< targets that begin so; the others are answered well
};

/// A real server that plays all exchanges of the table from a made-up market, each in its own
/// spelling, units and errors. Thread-safe.
class FakeExchange {
 public:
  FakeExchange();

  /// What an exchange's `rest_url` has to be: "http://127.0.0.1:PORT/binance".
  [[nodiscard]] std::string url(std::string_view exchange) const;

  /// Lists a pair ("BTC/USDT") on every exchange.
  void set(std::string symbol, FakeQuote quote);
  /// Lists a pair on one exchange, or changes it there.
  void set(std::string exchange, std::string symbol, FakeQuote quote);
  /// Takes a pair off one exchange.
  void remove(const std::string& exchange, std::string symbol);
  void behave(const std::string& exchange, FakeBehaviour behaviour);

  /// How many requests that exchange got so far, and for what (without "/binance").
  [[nodiscard]] std::size_t requests(std::string_view exchange) const;
  [[nodiscard]] std::vector<std::string> targets(std::string_view exchange) const;

  /// How many requests that exchange got beyond its limit.
  [[nodiscard]] std::size_t excesses(const std::string& exchange) const;

  /// Nothing listens any more.
  void stop() { server_->stop(); }

 private:
  ServedResponse serve(const ServedRequest& request);
  [[nodiscard]] FakeListing listing(const std::string& exchange) const;
  [[nodiscard]] bool exceeds(const std::string& exchange, const FakeLimit& limit);

  mutable std::mutex mutex_;
  FakeListing everywhere_;
  std::map<std::string, std::map<std::string, FakeQuote>> special_;
  std::map<std::string, std::vector<std::string>> removed_;
  std::map<std::string, FakeBehaviour> behaviours_;
  std::map<std::string, SteadyTime> paid_until_;
  std::map<std::string, std::size_t> excesses_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use the rest
};

}  // namespace btcw::test
