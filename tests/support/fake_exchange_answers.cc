// Written from the exchanges' documentation, not from the readers that it is to test.
#include "support/fake_exchange_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "support/fake_candles.h"
#include "support/fake_exchange_text.h"
#include "support/fake_listings.h"
#include "support/further_fake_answers.h"

namespace btcw::test {
namespace {

// --- binance

std::string binance_name(const std::string& symbol) { return joined_codes(symbol, ""); }

Json binance_row(const std::string& name, const FakeQuote& quote) {
  return {{"symbol", name},
          {"priceChange", "1188.75000000"},
          {"priceChangePercent", quote.percent},
          {"weightedAvgPrice", quote.vwap},
          {"prevClosePrice", quote.today_open},
          {"lastPrice", quote.last},
          {"lastQty", "0.23925000"},
          {"bidPrice", quote.bid},
          {"bidQty", "6.27086000"},
          {"askPrice", quote.ask},
          {"askQty", "0.03321000"},
          {"openPrice", quote.open},
          {"highPrice", quote.high},
          {"lowPrice", quote.low},
          {"volume", quote.base_volume},
          {"quoteVolume", quote.quote_volume},
          {"openTime", quote.time_ms - 86'400'000},
          {"closeTime", quote.time_ms},
          {"firstId", 3476288989},
          {"lastId", 3479476926},
          {"count", 3187938}};
}

ServedResponse binance_error(int status, int code, std::string_view text) {
  return json({{"code", code}, {"msg", text}}, status);
}

ServedResponse binance(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path != "/api/v3/ticker/24hr") return page_not_found();
  const bool one = target.query.contains("symbol");
  const bool some = target.query.contains("symbols");
  if (one && some) return binance_error(400, -1128, "Combination of parameters invalid.");
  std::vector<std::string> names;
  if (one) names = {target.query.at("symbol")};
  if (some) {
    const Json list = Json::parse(target.query.at("symbols"), nullptr, false);
    if (!list.is_array() || list.empty()) {
      return binance_error(400, -1100, "Illegal characters found in parameter 'symbols'.");
    }
    names = list.get<std::vector<std::string>>();
  }
  if (std::set<std::string>{names.begin(), names.end()}.size() != names.size()) {
    return binance_error(400, -1151, "Symbol is present multiple times in the list.");
  }
  Json rows = Json::array();
  for (const std::string& name : names) {
    const std::string symbol = find_symbol(listing, name, binance_name);
    if (symbol.empty()) return binance_error(400, -1121, "Invalid symbol.");
    rows.push_back(binance_row(name, listing.at(symbol)));
  }
  if (one) return json(rows.front());
  if (some) return json(rows);
  for (const auto& [symbol, quote] : listing) {
    rows.push_back(binance_row(binance_name(symbol), quote));
  }
  for (std::size_t i = 0; i < fillers; ++i) {
    rows.push_back(binance_row(fmt::format("FILL{}USDT", i), {}));
  }
  return json(rows);
}

// --- coinbase

std::string coinbase_name(const std::string& symbol) { return joined_codes(symbol, "-"); }

/// With microseconds.
std::string iso_time(std::int64_t ms) {
  const std::time_t second = ms / 1000;
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}999Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     ms % 1000);
}

ServedResponse coinbase(const FakeListing& listing, const Target& target) {
  const auto parts = split_text(target.path, '/');
  if (parts.size() != 4 || parts[1] != "products") return page_not_found();
  const std::string symbol = find_symbol(listing, parts[2], coinbase_name);
  if (symbol.empty()) return json({{"message", "NotFound"}}, 404);
  const FakeQuote& quote = listing.at(symbol);
  if (parts[3] == "ticker") {
    return json({{"ask", quote.ask},
                 {"bid", quote.bid},
                 {"volume", quote.base_volume},
                 {"trade_id", 18502105},
                 {"price", quote.last},
                 {"size", "0.00730812"},
                 {"time", iso_time(quote.time_ms)},
                 {"rfq_volume", "7.669923"}});
  }
  if (parts[3] != "stats") return page_not_found();
  return json({{"open", quote.open},
               {"high", quote.high},
               {"low", quote.low},
               {"last", quote.today_open},
               {"volume", quote.base_volume},
               {"volume_30day", "31337.5"},
               {"rfq_volume_24hour", "12.5"}});
}

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

ServedResponse kraken(const FakeListing& listing, const Target& target) {
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

// --- okx

std::string okx_name(const std::string& symbol) { return joined_codes(symbol, "-"); }

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

ServedResponse okx(const FakeListing& listing, const Target& target, std::size_t fillers) {
  Json rows = Json::array();
  const auto envelope = [&rows] { return json({{"code", "0"}, {"msg", ""}, {"data", rows}}); };
  if (target.path == "/api/v5/market/ticker" && target.query.contains("instId")) {
    const std::string name = target.query.at("instId");
    const std::string symbol = find_symbol(listing, name, okx_name);
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
  for (const auto& [symbol, quote] : listing) rows.push_back(okx_row(okx_name(symbol), quote));
  return envelope();
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

ServedResponse bybit(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path != "/v5/market/tickers" || !target.query.contains("category")) {
    return page_not_found();
  }
  Json rows = Json::array();
  std::int64_t time = FakeQuote{}.time_ms;
  if (target.query.contains("symbol")) {
    const std::string name = target.query.at("symbol");
    const std::string symbol = find_symbol(listing, name, binance_name);
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
      rows.push_back(bybit_row(binance_name(symbol), quote));
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

// --- bitstamp

std::string bitstamp_name(const std::string& symbol) { return lower(joined_codes(symbol, "")); }

Json bitstamp_row(const FakeQuote& quote) {
  return {{"timestamp", std::to_string(quote.time_ms / 1000)},
          {"open", quote.today_open},
          {"high", quote.high},
          {"low", quote.low},
          {"last", quote.last},
          {"volume", quote.base_volume},
          {"vwap", quote.vwap},
          {"bid", quote.bid},
          {"ask", quote.ask},
          {"side", "0"},
          {"open_24", quote.open},
          {"percent_change_24", quote.percent}};
}

ServedResponse bitstamp(const FakeListing& listing, const Target& target, std::size_t fillers) {
  const auto parts = split_text(target.path, '/');
  // It insists on the last slash.
  if (!target.path.starts_with("/api/v2/ticker/") || !parts.back().empty()) {
    return page_not_found();
  }
  if (parts.size() == 6) {
    const std::string symbol = find_symbol(listing, parts[4], bitstamp_name);
    return symbol.empty() ? page_not_found() : json(bitstamp_row(listing.at(symbol)));
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < fillers; ++i) {
    rows.push_back(bitstamp_row({}));
    rows.back()["pair"] = fmt::format("FILL{}/USDT", i);
  }
  for (const auto& [symbol, quote] : listing) {
    rows.push_back(bitstamp_row(quote));
    rows.back()["pair"] = symbol;
  }
  return json(rows);
}

}  // namespace

ServedResponse fake_answer(std::string_view exchange, const FakeListing& listing,
                           std::string_view text, std::size_t filler_rows) {
  const Target target = parse_target(text);
  if (auto list = fake_listing(exchange, listing, target)) return *std::move(list);
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  if (auto candles = fake_candles(exchange, listing, target, now)) return *std::move(candles);
  if (exchange == "binance" || exchange == "binanceus") {
    return binance(listing, target, filler_rows);
  }
  if (exchange == "coinbase") return coinbase(listing, target);
  if (exchange == "kraken") return kraken(listing, target);
  if (exchange == "okx") return okx(listing, target, filler_rows);
  if (exchange == "bybit") return bybit(listing, target, filler_rows);
  if (exchange == "bitstamp") return bitstamp(listing, target, filler_rows);
  return further_fake_answer(exchange, listing, target, filler_rows);
}

ServedResponse fake_limit(std::string_view exchange, seconds wait) {
  const std::string in_seconds = std::to_string(wait.count());
  if (exchange == "kraken") return json({{"error", {"EAPI:Rate limit exceeded"}}});
  if (exchange == "okx") {
    return json({{"code", "50011"}, {"msg", "Rate limit reached"}, {"data", Json::array()}});
  }
  if (exchange == "bybit") {
    const auto reset = std::chrono::system_clock::now() + wait;
    auto response = json({{"retCode", 10006}, {"retMsg", "Too many visits!"}});
    const auto ms = std::chrono::duration_cast<milliseconds>(reset.time_since_epoch());
    response.headers.emplace_back("X-Bapi-Limit-Reset-Timestamp", std::to_string(ms.count()));
    return response;
  }
  if (exchange == "bitstamp") {
    return json({{"response_code", "400.002"}, {"response_explanation", "Too many requests"}}, 400);
  }
  if (exchange == "coinbase") return json({{"message", "Public rate limit exceeded"}}, 429);
  if (auto further = further_fake_limit(exchange, wait)) return *std::move(further);
  auto response = binance_error(429, -1003, "Too much request weight used.");
  response.headers.emplace_back("Retry-After", in_seconds);
  return response;
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
