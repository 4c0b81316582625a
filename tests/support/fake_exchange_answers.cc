#include "support/fake_exchange_answers.h"

#include <chrono>
#include <functional>
#include <map>
#include <utility>

#include "support/fake_candles.h"
#include "support/fake_exchange_voices.h"
#include "support/fake_listings.h"

namespace btcw::test {
namespace {

using Answer = ServedResponse (*)(const FakeListing& listing, const Target& target,
                                  std::size_t fillers);

ServedResponse with(ServedResponse response, std::string name, std::string value) {
  response.headers.emplace_back(std::move(name), std::move(value));
  return response;
}

/// The moment `wait` from now, in units of Unit since 1970.
template <typename Unit>
std::string moment_in(seconds wait) {
  const auto at = (std::chrono::system_clock::now() + wait).time_since_epoch();
  return std::to_string(std::chrono::duration_cast<Unit>(at).count());
}

ServedResponse binance_limit(seconds wait) {
  return with(json({{"code", -1003}, {"msg", "Too much request weight used."}}, 429), "Retry-After",
              std::to_string(wait.count()));
}

ServedResponse coinbase_limit(seconds) {
  return json({{"message", "Public rate limit exceeded"}}, 429);
}

ServedResponse kraken_limit(seconds) { return json({{"error", {"EAPI:Rate limit exceeded"}}}); }

ServedResponse okx_limit(seconds) {
  return json({{"code", "50011"}, {"msg", "Rate limit reached"}, {"data", Json::array()}});
}

ServedResponse bybit_limit(seconds wait) {
  return with(json({{"retCode", 10006}, {"retMsg", "Too many visits!"}}),
              "X-Bapi-Limit-Reset-Timestamp", moment_in<milliseconds>(wait));
}

ServedResponse bitstamp_limit(seconds) {
  return json({{"response_code", "400.002"}, {"response_explanation", "Too many requests"}}, 400);
}

ServedResponse gemini_limit(seconds) {
  return json({{"result", "error"}, {"reason", "RateLimit"}, {"message", "Too many"}}, 429);
}

ServedResponse kucoin_limit(seconds wait) {
  return with(json({{"code", "429000"}, {"msg", "too many requests"}}, 429), "gw-ratelimit-reset",
              std::to_string(wait.count()) + "000");
}

ServedResponse gate_limit(seconds wait) {
  return with(json({{"label", "TOO_MANY_REQUESTS"}, {"message", "Request Rate Limit"}}, 429),
              "X-Gate-RateLimit-Reset-Timestamp", moment_in<seconds>(wait));
}

ServedResponse htx_limit(seconds) {
  return json({{"status", "error"}, {"err-code", "x"}, {"err-msg", "429 too many request"}});
}

ServedResponse bitfinex_limit(seconds) {
  return raw_json(R"(["error",11010,"ratelimit: error"])", 429);
}

ServedResponse bitget_limit(seconds) {
  return json({{"code", "429"}, {"msg", "Too many requests"}, {"data", nullptr}}, 429);
}

ServedResponse cryptocom_limit(seconds) {
  return json({{"code", 10006}, {"message", "TOO_MANY_REQUESTS"}});
}

ServedResponse coingecko_limit(seconds wait) {
  return with(json({{"status", {{"error_code", 429}, {"error_message", "exceeded"}}}}, 429),
              "retry-after", std::to_string(wait.count()));
}

struct Voice {
  Answer answer;
  ServedResponse (*limit)(seconds wait);
};

const std::map<std::string, Voice, std::less<>>& voices() {
  static const std::map<std::string, Voice, std::less<>> kVoices{
      {"binance", {fake_binance, binance_limit}},
      {"binanceus", {fake_binance, binance_limit}},
      {"coinbase", {fake_coinbase, coinbase_limit}},
      {"kraken", {fake_kraken, kraken_limit}},
      {"okx", {fake_okx, okx_limit}},
      {"bybit", {fake_bybit, bybit_limit}},
      {"bitstamp", {fake_bitstamp, bitstamp_limit}},
      {"gemini", {fake_gemini, gemini_limit}},
      {"kucoin", {fake_kucoin, kucoin_limit}},
      {"gate", {fake_gate, gate_limit}},
      {"htx", {fake_htx, htx_limit}},
      {"bitfinex", {fake_bitfinex, bitfinex_limit}},
      {"mexc", {fake_mexc, binance_limit}},
      {"bitget", {fake_bitget, bitget_limit}},
      {"cryptocom", {fake_cryptocom, cryptocom_limit}},
      {"coingecko", {fake_coingecko, coingecko_limit}},
  };
  return kVoices;
}

}  // namespace

ServedResponse fake_answer(std::string_view exchange, const FakeListing& listing,
                           std::string_view text, std::size_t filler_rows) {
  const Target target = parse_target(text);
  if (auto list = fake_listing(exchange, listing, target)) return *std::move(list);
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  if (auto candles = fake_candles(exchange, listing, target, now)) return *std::move(candles);
  const auto voice = voices().find(exchange);
  if (voice == voices().end()) return page_not_found();
  return voice->second.answer(listing, target, filler_rows);
}

ServedResponse fake_limit(std::string_view exchange, seconds wait) {
  const auto voice = voices().find(exchange);
  return voice == voices().end() ? binance_limit(wait) : voice->second.limit(wait);
}

std::string as_ratio(std::string_view percent) {
  if (percent.empty()) return {};
  const std::string_view sign = percent.starts_with('-') ? "-" : "";
  percent.remove_prefix(sign.size());
  const auto point = percent.find('.');
  std::string whole{percent.substr(0, point)};
  const std::string rest{point == std::string_view::npos ? std::string_view{}
                                                         : percent.substr(point + 1)};
  while (whole.size() < 3) whole.insert(0, "0");
  whole.insert(whole.size() - 2, ".");
  return std::string{sign} + whole + rest;
}

}  // namespace btcw::test
