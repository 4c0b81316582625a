// Written from the exchanges' documentation, not from the readers that they are to test.
// Exchanges that put their rows into an envelope, with a code or a list of errors.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "support/fake_exchange_voices.h"

namespace btcw::test {
namespace {

// --- kraken

std::string kraken_code(const std::string& code) {
  return code == "BTC" ? "XBT" : code == "DOGE" ? "XDG" : code;
}

std::string kraken_name(const std::string& symbol) {
  const auto [base, quote] = codes(symbol);
  return kraken_code(base) + kraken_code(quote);
}

/// The name in the answer: old pairs have X and Z before their codes.
std::string kraken_key(const std::string& symbol) {
  const std::set<std::string> crypto{"XBT", "ETH", "LTC", "XRP", "XLM", "XMR", "ZEC", "ETC", "XDG"};
  const std::set<std::string> money{"USD", "EUR", "GBP", "JPY", "CAD"};
  const auto [plain_base, plain_quote] = codes(symbol);
  const std::string base = kraken_code(plain_base);
  const std::string quote = kraken_code(plain_quote);
  const bool doge_for_money = base == "XDG" && money.contains(quote);
  if (!crypto.contains(base) || doge_for_money) return base + quote;
  if (money.contains(quote)) return "X" + base + "Z" + quote;
  if (quote == "XBT" || quote == "ETH") return "X" + base + "X" + quote;
  return base + quote;
}

Json kraken_row(const FakeQuote& quote) {
  return {{"a", {quote.ask, "1", "1.000"}},
          {"b", {quote.bid, "1", "1.000"}},
          {"c", {quote.last, "0.00160710"}},
          {"v", {"165.16072288", quote.base_volume}},
          {"p", {"72647.97204", quote.vwap}},
          {"t", {6405, 21103}},
          {"l", {"0.1", quote.low}},
          {"h", {"999999", quote.high}},
          {"o", quote.today_open}};
}

// --- okx

Json okx_row(const std::string& name, const FakeQuote& quote) {
  return {{"instType", "SPOT"},          {"instId", name},
          {"last", quote.last},          {"lastSz", "0.00007722"},
          {"askPx", quote.ask},          {"askSz", "0.40193728"},
          {"bidPx", quote.bid},          {"bidSz", "0.0655768"},
          {"open24h", quote.open},       {"high24h", quote.high},
          {"low24h", quote.low},         {"volCcy24h", quote.quote_volume},
          {"vol24h", quote.base_volume}, {"ts", std::to_string(quote.time_ms)},
          {"sodUtc0", quote.today_open}, {"sodUtc8", quote.today_open}};
}

// --- bybit

Json bybit_row(const std::string& name, const FakeQuote& quote) {
  return {{"symbol", name},
          {"bid1Price", quote.bid},
          {"bid1Size", "2"},
          {"ask1Price", quote.ask},
          {"ask1Size", "1.5"},
          {"lastPrice", quote.last},
          {"prevPrice24h", quote.open},
          {"price24hPcnt", as_ratio(quote.percent)},
          {"highPrice24h", quote.high},
          {"lowPrice24h", quote.low},
          {"turnover24h", quote.quote_volume},
          {"volume24h", quote.base_volume},
          {"usdIndexPrice", "1.00001"}};
}

// --- kucoin

Json kucoin_row(const std::string& name, const FakeQuote& quote) {
  return {{"symbol", name},
          {"symbolName", name},
          {"buy", quote.bid},
          {"bestBidSize", "0.5"},
          {"sell", quote.ask},
          {"bestAskSize", "0.25"},
          {"changeRate", as_ratio(quote.percent)},
          {"changePrice", "1188.7"},
          {"high", quote.high},
          {"low", quote.low},
          {"vol", quote.base_volume},
          {"volValue", quote.quote_volume},
          {"last", quote.last},
          {"averagePrice", quote.vwap},
          {"takerFeeRate", "0.001"},
          {"makerFeeRate", "0.001"}};
}

// --- bitget

Json bitget_row(const std::string& name, const FakeQuote& quote) {
  return {{"open", quote.open},
          {"symbol", name},
          {"high24h", quote.high},
          {"low24h", quote.low},
          {"lastPr", quote.last},
          {"quoteVolume", quote.quote_volume},
          {"baseVolume", quote.base_volume},
          {"usdtVolume", "31337"},
          {"ts", std::to_string(quote.time_ms)},
          {"bidPr", quote.bid},
          {"askPr", quote.ask},
          {"bidSz", "0.5"},
          {"askSz", "0.25"},
          {"openUtc", quote.today_open},
          {"changeUtc24h", "0.77"},
          {"change24h", as_ratio(quote.percent)}};
}

// --- cryptocom

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json cryptocom_row(const std::string& name, const FakeQuote& quote) {
  return {{"i", name},
          {"h", quote.high},
          {"l", or_null(quote.low)},
          {"a", or_null(quote.last)},
          {"v", quote.base_volume},
          {"vv", "31337"},
          {"c", or_null(as_ratio(quote.percent))},
          {"b", or_null(quote.bid)},
          {"k", or_null(quote.ask)},
          {"oi", "0"},
          {"t", quote.time_ms}};
}

}  // namespace

ServedResponse fake_kraken(const FakeListing& listing, const Target& target, std::size_t) {
  if (target.path != "/0/public/Ticker") return page_not_found();
  Json result = Json::object();
  if (!target.query.contains("pair")) {
    for (const auto& [symbol, quote] : listing) result[kraken_key(symbol)] = kraken_row(quote);
    return json({{"error", Json::array()}, {"result", result}});
  }
  for (const std::string& name : split_text(target.query.at("pair"), ',')) {
    std::string symbol = find_symbol(listing, name, kraken_name);
    if (symbol.empty()) symbol = find_symbol(listing, name, kraken_key);
    if (symbol.empty()) return json({{"error", {"EQuery:Unknown asset pair"}}});
    result[kraken_key(symbol)] = kraken_row(listing.at(symbol));
  }
  return json({{"error", Json::array()}, {"result", result}});
}

ServedResponse fake_okx(const FakeListing& listing, const Target& target, std::size_t fillers) {
  Json rows = Json::array();
  const auto envelope = [&rows] { return json({{"code", "0"}, {"msg", ""}, {"data", rows}}); };
  if (target.path == "/api/v5/market/ticker" && target.query.contains("instId")) {
    const std::string name = target.query.at("instId");
    const std::string symbol = find_symbol(listing, name, with_dash);
    if (symbol.empty()) {
      return json({{"code", "51001"},
                   {"msg", "Instrument ID, Instrument ID code, or Spread ID doesn't exist."},
                   {"data", Json::array()}});
    }
    rows.push_back(okx_row(name, listing.at(symbol)));
    return envelope();
  }
  if (target.path != "/api/v5/market/tickers" || !target.query.contains("instType")) {
    return page_not_found();
  }
  for (std::size_t i = 0; i < fillers; ++i) {
    rows.push_back(okx_row(fmt::format("FILL{}-USDT", i), {}));
  }
  for (const auto& [symbol, quote] : listing) rows.push_back(okx_row(with_dash(symbol), quote));
  return envelope();
}

ServedResponse fake_bybit(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path != "/v5/market/tickers" || !target.query.contains("category")) {
    return page_not_found();
  }
  Json rows = Json::array();
  std::int64_t time = FakeQuote{}.time_ms;
  if (target.query.contains("symbol")) {
    const std::string name = target.query.at("symbol");
    const std::string symbol = find_symbol(listing, name, joined_upper);
    if (symbol.empty()) {
      return json({{"retCode", 10001},
                   {"retMsg", "Not supported symbols"},
                   {"result", Json::object()},
                   {"retExtInfo", Json::object()},
                   {"time", time}});
    }
    rows.push_back(bybit_row(name, listing.at(symbol)));
    time = listing.at(symbol).time_ms;
  } else {
    for (const auto& [symbol, quote] : listing) {
      rows.push_back(bybit_row(joined_upper(symbol), quote));
      time = std::max(time, quote.time_ms);
    }
    for (std::size_t i = 0; i < fillers; ++i) {
      rows.push_back(bybit_row(fmt::format("FILL{}USDT", i), {}));
    }
  }
  return json({{"retCode", 0},
               {"retMsg", "OK"},
               {"result", {{"category", target.query.at("category")}, {"list", rows}}},
               {"retExtInfo", Json::object()},
               {"time", time}});
}

ServedResponse fake_kucoin(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path == "/api/v1/market/allTickers") {
    return json({{"code", "200000"},
                 {"data",
                  {{"time", latest(listing)},
                   {"ticker", all_rows(listing, fillers, "-", with_dash, kucoin_row)}}}});
  }
  if (target.path != "/api/v1/market/stats" || !target.query.contains("symbol")) {
    return page_not_found();
  }
  const std::string name = target.query.at("symbol");
  const std::string symbol = find_symbol(listing, name, with_dash);
  if (symbol.empty()) {
    // It knows the time, and nothing else.
    Json nothing{{"time", latest(listing)}, {"symbol", name}};
    for (const char* key : {"buy", "sell", "changeRate", "high", "low", "vol", "last"}) {
      nothing[key] = nullptr;
    }
    return json({{"code", "200000"}, {"data", nothing}});
  }
  Json row{{"time", listing.at(symbol).time_ms}};
  row.update(kucoin_row(name, listing.at(symbol)));
  return json({{"code", "200000"}, {"data", row}});
}

ServedResponse fake_bitget(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path != "/api/v2/spot/market/tickers") return page_not_found();
  Json rows = Json::array();
  if (target.query.contains("symbol")) {
    const std::string name = target.query.at("symbol");
    const std::string symbol = find_symbol(listing, name, joined_upper);
    if (symbol.empty()) {
      return json({{"code", "40034"},
                   {"msg", "Parameter " + name + " does not exist"},
                   {"requestTime", latest(listing)},
                   {"data", nullptr}},
                  400);
    }
    rows.push_back(bitget_row(name, listing.at(symbol)));
  } else {
    rows = all_rows(listing, fillers, "", joined_upper, bitget_row);
  }
  return json(
      {{"code", "00000"}, {"msg", "success"}, {"requestTime", latest(listing)}, {"data", rows}});
}

ServedResponse fake_cryptocom(const FakeListing& listing, const Target& target,
                              std::size_t fillers) {
  if (target.path != "/exchange/v1/public/get-tickers") return page_not_found();
  Json rows = Json::array();
  if (target.query.contains("instrument_name")) {
    const std::string name = target.query.at("instrument_name");
    const std::string symbol = find_symbol(listing, name, with_line);
    if (symbol.empty()) {
      return json({{"id", -1},
                   {"method", "public/get-tickers"},
                   {"code", 40004},
                   {"message", "Invalid instrument_name"}},
                  400);
    }
    rows.push_back(cryptocom_row(name, listing.at(symbol)));
  } else {
    rows = all_rows(listing, fillers, "_", with_line, cryptocom_row);
  }
  return json(
      {{"id", -1}, {"method", "public/get-tickers"}, {"code", 0}, {"result", {{"data", rows}}}});
}

}  // namespace btcw::test
