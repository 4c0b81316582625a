#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/fake_exchange_answers.h"

// What the fake exchanges have in common: how a request is taken apart and an answer put together.

namespace btcw::test {

using Json = nlohmann::ordered_json;

ServedResponse json(const Json& body, int status = 200);
/// A body that nlohmann_json cannot write: numbers with all their digits.
ServedResponse raw_json(std::string body, int status = 200);
ServedResponse page_not_found();

/// A number as JSON, digit for digit; null for an empty text.
std::string number(std::string_view text);

std::string lower(std::string text);
/// "BTC/USDT" -> {"BTC", "USDT"}
std::pair<std::string, std::string> codes(const std::string& symbol);
/// "BTC/USDT", "-" -> "BTC-USDT"
std::string joined_codes(const std::string& symbol, std::string_view by);
std::vector<std::string> split_text(std::string_view text, char by);

/// A path and its decoded query.
struct Target {
  std::string path;
  std::map<std::string, std::string> query;
};
Target parse_target(std::string_view text);

/// The unified symbol that an exchange spells so; empty: not listed.
template <typename Spell>
std::string find_symbol(const FakeListing& listing, const std::string& native, Spell spell) {
  for (const auto& [symbol, quote] : listing) {
    if (spell(symbol) == native) return symbol;
  }
  return {};
}

}  // namespace btcw::test
