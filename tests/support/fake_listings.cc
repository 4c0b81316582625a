// Written from the exchanges' documentation, not from the readers that they are to test.
#include "support/fake_listings.h"

#include <set>

namespace btcw::test {
namespace {

/// The words of an exchange for the three states.
struct States {
  Json trading;
  Json halted;
  Json delisted;
};

const Json& word(const States& states, FakeState state) {
  switch (state) {
    case FakeState::trading:
      return states.trading;
    case FakeState::halted:
      return states.halted;
    case FakeState::delisted:
      return states.delisted;
  }
  return states.trading;
}

/// Rows that have the codes of a pair and its state under these keys.
Json rows_with(const FakeListing& listing, const char* base_key, const char* quote_key,
               const char* state_key, const States& states) {
  Json rows = Json::array();
  for (const auto& [symbol, quote] : listing) {
    const auto [base, money] = codes(symbol);
    rows.push_back({{"unknown", {{"status", "x"}}},
                    {base_key, base},
                    {quote_key, money},
                    {state_key, word(states, quote.state)}});
  }
  return rows;
}

Json kraken_pairs(const FakeListing& listing) {
  Json pairs = Json::object();
  const States states{"online", "cancel_only", "delisted"};
  for (const auto& [symbol, quote] : listing) {
    auto [base, money] = codes(symbol);
    if (base == "BTC") base = "XBT";
    if (money == "BTC") money = "XBT";
    pairs["X" + base + money] = {{"altname", base + money},
                                 {"wsname", base + "/" + money},
                                 {"base", "X" + base},
                                 {"quote", "Z" + money},
                                 {"status", word(states, quote.state)}};
  }
  return {{"error", Json::array()}, {"result", pairs}};
}

Json bitstamp_pairs(const FakeListing& listing) {
  Json rows = Json::array();
  for (const auto& [symbol, quote] : listing) {
    rows.push_back({{"name", symbol},
                    {"url_symbol", lower(joined_codes(symbol, ""))},
                    {"trading", quote.state == FakeState::trading ? "Enabled" : "Disabled"}});
  }
  return rows;
}

Json bitfinex_pairs(const FakeListing& listing) {
  Json names = Json::array();
  for (const auto& [symbol, quote] : listing) {
    auto [base, money] = codes(symbol);
    if (money == "USDT") money = "UST";
    names.push_back(base + (base.size() > 3 || money.size() > 3 ? ":" : "") + money);
  }
  Json lists = Json::array();
  lists.push_back(names);
  return lists;
}

Json gemini_pairs(const FakeListing& listing) {
  Json names = Json::array({"btcgusdperp"});
  for (const auto& [symbol, quote] : listing) names.push_back(lower(joined_codes(symbol, "")));
  return names;
}

Json coingecko_currencies(const FakeListing& listing) {
  std::set<std::string> currencies;
  for (const auto& [symbol, quote] : listing) currencies.insert(lower(codes(symbol).second));
  return currencies;
}

Json cryptocom_pairs(const FakeListing& listing) {
  Json rows = rows_with(listing, "base_ccy", "quote_ccy", "tradable", {true, false, false});
  for (Json& row : rows) row["inst_type"] = "CCY_PAIR";
  rows.push_back({{"inst_type", "PERPETUAL_SWAP"},
                  {"base_ccy", "PERP"},
                  {"quote_ccy", "USD"},
                  {"tradable", true}});
  return {{"code", 0}, {"result", {{"data", rows}}}};
}

}  // namespace

std::optional<ServedResponse> fake_listing(std::string_view exchange, const FakeListing& listing,
                                           const Target& target) {
  const auto rows = [&listing](const char* base, const char* quote, const char* state,
                               const States& states) {
    return rows_with(listing, base, quote, state, states);
  };
  const auto is = [&](std::string_view name, std::string_view path) {
    return exchange == name && target.path == path;
  };
  if (is("binance", "/api/v3/exchangeInfo") || is("binanceus", "/api/v3/exchangeInfo")) {
    return json(
        {{"timezone", "UTC"},
         {"symbols", rows("baseAsset", "quoteAsset", "status", {"TRADING", "BREAK", "CLOSED"})}});
  }
  if (is("coinbase", "/products")) {
    return json(
        rows("base_currency", "quote_currency", "status", {"online", "offline", "delisted"}));
  }
  if (is("kraken", "/0/public/AssetPairs")) return json(kraken_pairs(listing));
  if (is("okx", "/api/v5/public/instruments")) {
    return json({{"code", "0"},
                 {"data", rows("baseCcy", "quoteCcy", "state", {"live", "suspend", "expired"})}});
  }
  if (is("bybit", "/v5/market/instruments-info")) {
    return json({{"retCode", 0},
                 {"result",
                  {{"category", "spot"},
                   {"list", rows("baseCoin", "quoteCoin", "status",
                                 {"Trading", "PreLaunch", "Closed"})}}}});
  }
  if (is("bitstamp", "/api/v2/trading-pairs-info/")) return json(bitstamp_pairs(listing));
  if (is("gemini", "/v1/symbols")) return json(gemini_pairs(listing));
  if (is("kucoin", "/api/v2/symbols")) {
    return json(
        {{"code", "200000"},
         {"data", rows("baseCurrency", "quoteCurrency", "enableTrading", {true, false, false})}});
  }
  if (is("gate", "/api/v4/spot/currency_pairs")) {
    return json(rows("base", "quote", "trade_status", {"tradable", "untradable", "delisted"}));
  }
  if (is("htx", "/v1/common/symbols")) {
    return json({{"status", "ok"},
                 {"data", rows("base-currency", "quote-currency", "state",
                               {"online", "suspend", "offline"})}});
  }
  if (is("bitfinex", "/v2/conf/pub:list:pair:exchange")) return json(bitfinex_pairs(listing));
  if (is("mexc", "/api/v3/exchangeInfo")) {
    return json({{"symbols", rows("baseAsset", "quoteAsset", "status", {"1", "2", "3"})}});
  }
  if (is("bitget", "/api/v2/spot/public/symbols")) {
    return json({{"code", "00000"},
                 {"data", rows("baseCoin", "quoteCoin", "status", {"online", "halt", "offline"})}});
  }
  if (is("cryptocom", "/exchange/v1/public/get-instruments")) {
    return json(cryptocom_pairs(listing));
  }
  if (is("coingecko", "/api/v3/simple/supported_vs_currencies")) {
    return json(coingecko_currencies(listing));
  }
  return std::nullopt;
}

}  // namespace btcw::test
