#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/fake_exchange_text.h"

namespace btcw::test {

// How pairs are spelled.
inline std::string joined_upper(const std::string& symbol) { return joined_codes(symbol, ""); }
inline std::string joined_lower(const std::string& symbol) {
  return lower(joined_codes(symbol, ""));
}
inline std::string with_dash(const std::string& symbol) { return joined_codes(symbol, "-"); }
inline std::string with_line(const std::string& symbol) { return joined_codes(symbol, "_"); }

inline std::string filler(std::size_t i, std::string_view by) {
  return "FILL" + std::to_string(i) + std::string{by} + "USDT";
}

/// All rows of a listing and as many fillers as asked for.
template <typename Spell, typename Row>
Json all_rows(const FakeListing& listing, std::size_t fillers, std::string_view by, Spell spell,
              Row row) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < fillers; ++i) rows.push_back(row(filler(i, by), FakeQuote{}));
  for (const auto& [symbol, quote] : listing) rows.push_back(row(spell(symbol), quote));
  return rows;
}

inline std::int64_t latest(const FakeListing& listing) {
  std::int64_t time = FakeQuote{}.time_ms;
  for (const auto& [symbol, quote] : listing) time = std::max(time, quote.time_ms);
  return time;
}

// What each of the exchanges answers: see fake_answer().
ServedResponse fake_binance(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_mexc(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_coinbase(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_gate(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_bitstamp(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_gemini(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_kraken(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_okx(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_bybit(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_kucoin(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_bitget(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_cryptocom(const FakeListing& listing, const Target& target,
                              std::size_t fillers);
ServedResponse fake_htx(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_bitfinex(const FakeListing& listing, const Target& target, std::size_t fillers);
ServedResponse fake_coingecko(const FakeListing& listing, const Target& target,
                              std::size_t fillers);

}  // namespace btcw::test
