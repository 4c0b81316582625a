// Written from the exchanges' documentation, not from the readers that they are to test.
// Exchanges that send numbers, digit for digit.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "support/fake_exchange_voices.h"

namespace btcw::test {
namespace {

// --- htx: numbers

std::string htx_row(const std::string& name, const FakeQuote& quote) {
  // The day's figures of the list are a trap.
  return fmt::format(
      R"({{"symbol":"{}","open":{},"high":999999,"low":0.1,"close":{},"amount":{},"vol":{},)"
      R"("count":17,"bid":{},"bidSize":0.5,"ask":{},"askSize":0.25}})",
      name, number(quote.today_open), number(quote.last), number(quote.base_volume),
      number(quote.quote_volume), number(quote.bid), number(quote.ask));
}

// --- bitfinex: arrays of numbers

std::string bitfinex_name(const std::string& symbol) {
  const auto own = [](const std::string& code) {
    return code == "USDT" ? "UST" : code == "USDC" ? "UDC" : code;
  };
  const auto [plain_base, plain_quote] = codes(symbol);
  const std::string base = own(plain_base);
  const std::string quote = own(plain_quote);
  return "t" + base + (base.size() > 3 || quote.size() > 3 ? ":" : "") + quote;
}

std::string bitfinex_row(const FakeQuote& quote) {
  return fmt::format("{},12.5,{},13.5,1188.7,{},{},{},{},{}", number(quote.bid), number(quote.ask),
                     number(as_ratio(quote.percent)), number(quote.last), number(quote.base_volume),
                     number(quote.high), number(quote.low));
}

// --- coingecko: an object of numbers

std::string coingecko_id(const std::string& code) {
  const std::map<std::string, std::string> ids{{"BTC", "bitcoin"},    {"ETH", "ethereum"},
                                               {"SHIB", "shiba-inu"}, {"DOGE", "dogecoin"},
                                               {"SOL", "solana"},     {"XRP", "ripple"}};
  const auto found = ids.find(code);
  return found == ids.end() ? std::string{} : found->second;
}

std::string coingecko_row(const FakeListing& listing, const std::string& base,
                          const std::vector<std::string>& currencies) {
  std::string row;
  for (const std::string& currency : currencies) {
    for (const auto& [symbol, quote] : listing) {
      const auto [coin, money] = codes(symbol);
      if (coin != base || lower(money) != currency) continue;
      row += fmt::format(
          R"("{0}":{1},"{0}_market_cap":31337,"{0}_24h_vol":{2},"{0}_24h_change":{3},)", currency,
          number(quote.last), number(quote.quote_volume), number(quote.percent));
      row += fmt::format(R"("last_updated_at":{},)", quote.time_ms / 1000);
    }
  }
  // What several currencies say of the time is said once.
  const auto first = row.find("\"last_updated_at\"");
  for (auto again = row.find("\"last_updated_at\"", first + 1); again != std::string::npos;
       again = row.find("\"last_updated_at\"", first + 1)) {
    row.erase(again, row.find(',', again) + 1 - again);
  }
  if (!row.empty()) row.pop_back();
  return "{" + row + "}";
}

}  // namespace

ServedResponse fake_htx(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path == "/market/tickers") {
    std::string rows;
    for (std::size_t i = 0; i < fillers; ++i) rows += htx_row(lower(filler(i, "")), {}) + ",";
    for (const auto& [symbol, quote] : listing) rows += htx_row(joined_lower(symbol), quote) + ",";
    if (!rows.empty()) rows.pop_back();
    return raw_json(fmt::format(R"({{"status":"ok","ts":{},"data":[{}]}})", latest(listing), rows));
  }
  if (target.path != "/market/detail/merged" || !target.query.contains("symbol")) {
    return page_not_found();
  }
  const std::string name = target.query.at("symbol");
  const std::string symbol = find_symbol(listing, name, joined_lower);
  if (symbol.empty()) {
    return json({{"ts", latest(listing)},
                 {"status", "error"},
                 {"err-code", "invalid-parameter"},
                 {"err-msg", "invalid symbol"}});
  }
  const FakeQuote& quote = listing.at(symbol);
  return raw_json(fmt::format(
      R"({{"ch":"market.{}.detail.merged","status":"ok","ts":{},"tick":{{"id":272156789143,)"
      R"("version":272156789143,"open":{},"close":{},"low":{},"high":{},"amount":{},"vol":{},)"
      R"("count":1335,"bid":[{},0.5],"ask":[{},0.25]}}}})",
      name, quote.time_ms, number(quote.open), number(quote.last), number(quote.low),
      number(quote.high), number(quote.base_volume), number(quote.quote_volume), number(quote.bid),
      number(quote.ask)));
}

ServedResponse fake_bitfinex(const FakeListing& listing, const Target& target,
                             std::size_t fillers) {
  constexpr std::string_view kOne = "/v2/ticker/";
  if (target.path.starts_with(kOne)) {
    const std::string symbol = find_symbol(listing, target.path.substr(kOne.size()), bitfinex_name);
    if (symbol.empty()) return raw_json(R"(["error",10020,"symbol: invalid"])", 500);
    return raw_json("[" + bitfinex_row(listing.at(symbol)) + "]");
  }
  if (target.path != "/v2/tickers" || !target.query.contains("symbols")) return page_not_found();
  std::string rows;
  const auto add = [&rows](const std::string& name, const FakeQuote& quote) {
    rows += fmt::format(R"(["{}",{}],)", name, bitfinex_row(quote));
  };
  if (target.query.at("symbols") == "ALL") {
    rows +=
        R"(["fUSD",0.0003,0.0002,30,1e6,0.0001,2,2e6,0.00001,0.05,0.0002,1e8,0.0004,0.0001,null,null,5e6],)";
    for (std::size_t i = 0; i < fillers; ++i) add("t" + filler(i, ":"), {});
    for (const auto& [symbol, quote] : listing) add(bitfinex_name(symbol), quote);
  } else {
    // Of pairs that it does not know it says nothing.
    for (const std::string& name : split_text(target.query.at("symbols"), ',')) {
      const std::string symbol = find_symbol(listing, name, bitfinex_name);
      if (!symbol.empty()) add(name, listing.at(symbol));
    }
  }
  if (!rows.empty()) rows.pop_back();
  return raw_json("[" + rows + "]");
}

ServedResponse fake_coingecko(const FakeListing& listing, const Target& target, std::size_t) {
  const bool by_id = target.query.contains("ids");
  if (target.path != "/api/v3/simple/price" || by_id == target.query.contains("symbols") ||
      !target.query.contains("vs_currencies")) {
    return page_not_found();
  }
  const auto currencies = split_text(target.query.at("vs_currencies"), ',');
  std::string coins;
  for (const std::string& name : split_text(target.query.at(by_id ? "ids" : "symbols"), ',')) {
    const auto known = std::find_if(listing.begin(), listing.end(), [&](const auto& each) {
      const std::string base = codes(each.first).first;
      return name == (by_id ? coingecko_id(base) : lower(base));
    });
    if (known == listing.end()) continue;
    coins += fmt::format(R"("{}":{},)", name,
                         coingecko_row(listing, codes(known->first).first, currencies));
  }
  if (!coins.empty()) coins.pop_back();
  return raw_json("{" + coins + "}");
}

}  // namespace btcw::test
