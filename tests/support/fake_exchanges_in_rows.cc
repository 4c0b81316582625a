// Written from the exchanges' documentation, not from the readers that they are to test.
// Exchanges whose answers are the rows themselves.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <set>

#include "support/fake_exchange_voices.h"

namespace btcw::test {
namespace {

// --- binance

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

// --- mexc

Json mexc_row(const std::string& name, const FakeQuote& quote) {
  return {{"symbol", name},
          {"priceChange", "1188.7"},
          {"priceChangePercent", as_ratio(quote.percent)},
          {"prevClosePrice", quote.today_open},
          {"lastPrice", quote.last},
          {"bidPrice", quote.bid},
          {"bidQty", ""},
          {"askPrice", quote.ask},
          {"askQty", ""},
          {"openPrice", quote.open},
          {"highPrice", quote.high},
          {"lowPrice", quote.low},
          {"volume", quote.base_volume},
          {"quoteVolume", quote.quote_volume},
          {"openTime", quote.time_ms - 86'400'000},
          {"closeTime", quote.time_ms},
          {"count", nullptr}};
}

// --- coinbase

/// With microseconds.
std::string iso_time(std::int64_t ms) {
  const std::time_t second = ms / 1000;
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}999Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     ms % 1000);
}

// --- gate

Json gate_row(const std::string& name, const FakeQuote& quote) {
  return {{"currency_pair", name},
          {"last", quote.last},
          {"lowest_ask", quote.ask},
          {"lowest_size", "0.3"},
          {"highest_bid", quote.bid},
          {"highest_size", "0.7"},
          {"change_percentage", quote.percent},
          {"change_utc0", "77"},
          {"change_utc8", "88"},
          {"base_volume", quote.base_volume},
          {"quote_volume", quote.quote_volume},
          {"high_24h", quote.high},
          {"low_24h", quote.low}};
}

// --- bitstamp

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

// --- gemini

}  // namespace

ServedResponse fake_binance(const FakeListing& listing, const Target& target, std::size_t fillers) {
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
    const std::string symbol = find_symbol(listing, name, joined_upper);
    if (symbol.empty()) return binance_error(400, -1121, "Invalid symbol.");
    rows.push_back(binance_row(name, listing.at(symbol)));
  }
  if (one) return json(rows.front());
  if (some) return json(rows);
  for (const auto& [symbol, quote] : listing) {
    rows.push_back(binance_row(joined_upper(symbol), quote));
  }
  for (std::size_t i = 0; i < fillers; ++i) {
    rows.push_back(binance_row(fmt::format("FILL{}USDT", i), {}));
  }
  return json(rows);
}

ServedResponse fake_mexc(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path != "/api/v3/ticker/24hr") return page_not_found();
  if (!target.query.contains("symbol")) {
    return json(all_rows(listing, fillers, "", joined_upper, mexc_row));
  }
  const std::string name = target.query.at("symbol");
  const std::string symbol = find_symbol(listing, name, joined_upper);
  if (symbol.empty()) return json({{"code", -1121}, {"msg", "Invalid symbol."}}, 400);
  return json(mexc_row(name, listing.at(symbol)));
}

ServedResponse fake_coinbase(const FakeListing& listing, const Target& target, std::size_t) {
  const auto parts = split_text(target.path, '/');
  if (parts.size() != 4 || parts[1] != "products") return page_not_found();
  const std::string symbol = find_symbol(listing, parts[2], with_dash);
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

ServedResponse fake_gate(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path != "/api/v4/spot/tickers") return page_not_found();
  if (!target.query.contains("currency_pair")) {
    return json(all_rows(listing, fillers, "_", with_line, gate_row));
  }
  const std::string name = target.query.at("currency_pair");
  const std::string symbol = find_symbol(listing, name, with_line);
  if (symbol.empty()) {
    return json({{"label", "INVALID_CURRENCY_PAIR"}, {"message", "Invalid currency pair " + name}},
                400);
  }
  return json(Json::array({gate_row(name, listing.at(symbol))}));
}

ServedResponse fake_bitstamp(const FakeListing& listing, const Target& target,
                             std::size_t fillers) {
  const auto parts = split_text(target.path, '/');
  // It insists on the last slash.
  if (!target.path.starts_with("/api/v2/ticker/") || !parts.back().empty()) {
    return page_not_found();
  }
  if (parts.size() == 6) {
    const std::string symbol = find_symbol(listing, parts[4], joined_lower);
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

ServedResponse fake_gemini(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path == "/v1/pricefeed") {
    return json(all_rows(
        listing, fillers, "", joined_upper, [](const std::string& name, const FakeQuote& quote) {
          return Json{{"pair", name}, {"price", quote.last}, {"percentChange24h", quote.percent}};
        }));
  }
  const auto parts = split_text(target.path, '/');
  if (parts.size() != 4) return page_not_found();
  const std::string symbol = find_symbol(listing, lower(parts[3]), joined_lower);
  if (symbol.empty()) {
    return json({{"result", "error"},
                 {"reason", "Bad Request"},
                 {"message", "Supplied value '" + parts[3] + "' is not a valid symbol"}},
                400);
  }
  const FakeQuote& quote = listing.at(symbol);
  const auto [base, money] = codes(symbol);
  if (parts[1] == "v1" && parts[2] == "pubticker") {
    return json(
        {{"bid", quote.bid},
         {"ask", quote.ask},
         {"volume",
          {{base, quote.base_volume}, {money, quote.quote_volume}, {"timestamp", quote.time_ms}}},
         {"last", quote.last}});
  }
  if (parts[1] != "v2" || parts[2] != "ticker") return page_not_found();
  return json({{"symbol", joined_upper(symbol)},
               {"open", quote.open},
               {"high", quote.high},
               {"low", quote.low},
               {"close", quote.today_open},
               {"changes", {"1", "2", "3"}},
               {"bid", quote.today_open},
               {"ask", quote.today_open}});
}

}  // namespace btcw::test
