// Written from the exchanges' documentation, not from the reader that it is to test.
#include "support/fake_candles.h"

#include <algorithm>
#include <functional>

#include "btcw/base/candle.h"

namespace btcw::test {
namespace {

/// What was asked for, in the exchange's words.
struct Asked {
  std::string pair;
  std::string length;
  std::string count;
};

/// One candle, its times and prices as they are to stand there.
struct Row {
  std::int64_t ms;
  std::string open;
  std::string high;
  std::string low;
  std::string close;
};
using Write = std::function<Json(const Row&)>;

Json number_of(const std::string& text) { return Json::parse(text); }
std::string text_of(std::int64_t number) { return std::to_string(number); }

/// The members of a path between slashes, without the first `skipped`.
std::vector<std::string> parts_behind(const std::string& path, std::size_t skipped) {
  auto parts = split_text(path, '/');
  parts.erase(parts.begin(),
              parts.begin() + static_cast<std::ptrdiff_t>(std::min(skipped + 1, parts.size())));
  return parts;
}

int minutes_of(const std::string& exchange, const std::string& length) {
  static const std::map<std::string, int> kWords{
      {"1m", 1},    {"1min", 1},     {"1", 1},    {"5m", 5},      {"5min", 5},    {"5", 5},
      {"15m", 15},  {"15min", 15},   {"15", 15},  {"30m", 30},    {"30min", 30},  {"30", 30},
      {"1h", 60},   {"1H", 60},      {"60m", 60}, {"60min", 60},  {"60", 60},     {"1hour", 60},
      {"1hr", 60},  {"4h", 240},     {"4H", 240}, {"4hour", 240}, {"240", 240},   {"1d", 1440},
      {"1D", 1440}, {"1Dutc", 1440}, {"D", 1440}, {"1day", 1440}, {"1440", 1440},
  };
  if (exchange == "coinbase" || exchange == "bitstamp") return std::stoi(length) / 60;
  const auto found = kWords.find(length);
  return found == kWords.end() ? 0 : found->second;
}

/// The candles of a quote, the oldest first.
std::vector<Row> rows_of(const FakeQuote& quote, int minutes, int count, UtcTime now) {
  const milliseconds interval = std::chrono::minutes{minutes};
  std::vector<Row> rows;
  for (int back = count - 1; back >= 0; --back) {
    const UtcTime start = candle_start(now, interval) - back * interval;
    rows.push_back({to_unix_ms(start), quote.open, quote.high, quote.low, quote.vwap});
  }
  return rows;
}

enum class Order { oldest_first, newest_first };

Json list_of(std::vector<Row> rows, Order order, const Write& write) {
  if (order == Order::newest_first) std::reverse(rows.begin(), rows.end());
  Json list = Json::array();
  for (const Row& row : rows) list.push_back(write(row));
  return list;
}

Json binance_row(const Row& row) {
  return {row.ms, row.open, row.high, row.low, row.close, "12.5",
          row.ms, "1",      308,      "7.5",   "1",       "0"};
}

Json named_row(const Row& row, const char* time_key) {
  return {{time_key, row.ms / 1000},
          {"open", number_of(row.open)},
          {"close", number_of(row.close)},
          {"low", number_of(row.low)},
          {"high", number_of(row.high)},
          {"amount", 0.5},
          {"vol", 48.5},
          {"count", 7}};
}

/// The pair, the length and the number in a request for candles.
std::optional<Asked> asked_of(std::string_view exchange, const Target& target) {
  struct Place {
    std::string_view path;
    const char* pair;
    const char* length;
    const char* count;
  };
  static const std::map<std::string_view, Place> kPlaces{
      {"binance", {"/api/v3/klines", "symbol", "interval", "limit"}},
      {"binanceus", {"/api/v3/klines", "symbol", "interval", "limit"}},
      {"mexc", {"/api/v3/klines", "symbol", "interval", "limit"}},
      {"kraken", {"/0/public/OHLC", "pair", "interval", ""}},
      {"okx", {"/api/v5/market/candles", "instId", "bar", "limit"}},
      {"bybit", {"/v5/market/kline", "symbol", "interval", "limit"}},
      {"kucoin", {"/api/v1/market/candles", "symbol", "type", ""}},
      {"gate", {"/api/v4/spot/candlesticks", "currency_pair", "interval", "limit"}},
      {"htx", {"/market/history/kline", "symbol", "period", "size"}},
      {"bitget", {"/api/v2/spot/market/candles", "symbol", "granularity", "limit"}},
      {"cryptocom",
       {"/exchange/v1/public/get-candlestick", "instrument_name", "timeframe", "count"}},
  };
  const auto member = [&](const char* key) {
    const auto found = target.query.find(key);
    return found == target.query.end() ? std::string{} : found->second;
  };
  const auto place = kPlaces.find(exchange);
  if (place != kPlaces.end()) {
    if (target.path != place->second.path) return std::nullopt;
    return Asked{member(place->second.pair), member(place->second.length),
                 member(place->second.count)};
  }
  if (exchange == "coinbase" && target.path.ends_with("/candles")) {
    return Asked{parts_behind(target.path, 1).at(0), member("granularity"), "300"};
  }
  if (exchange == "bitstamp" && target.path.starts_with("/api/v2/ohlc/")) {
    return Asked{parts_behind(target.path, 3).at(0), member("step"), member("limit")};
  }
  if (exchange == "gemini" && target.path.starts_with("/v2/candles/")) {
    const auto parts = parts_behind(target.path, 2);
    return Asked{parts.at(0), parts.at(1), "1440"};
  }
  if (exchange == "bitfinex" && target.path.starts_with("/v2/candles/trade:")) {
    const std::string key = parts_behind(target.path, 2).at(0);
    const auto colon = key.find(':', 6);
    return Asked{key.substr(colon + 1), key.substr(6, colon - 6), member("limit")};
  }
  return std::nullopt;
}

std::string spelled(std::string_view exchange, const std::string& symbol) {
  const auto is_one_of = [exchange](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), exchange) != names.end();
  };
  if (is_one_of({"coinbase", "okx", "kucoin"})) return joined_codes(symbol, "-");
  if (is_one_of({"gate", "cryptocom"})) return joined_codes(symbol, "_");
  if (is_one_of({"bitstamp", "gemini", "htx"})) return lower(joined_codes(symbol, ""));
  auto [base, quote] = codes(symbol);
  if (exchange == "kraken" && base == "BTC") base = "XBT";
  if (exchange == "bitfinex") {
    if (quote == "USDT") quote = "UST";
    return "t" + base + (base.size() > 3 || quote.size() > 3 ? ":" : "") + quote;
  }
  return base + quote;
}

/// Arrays of texts or of numbers.
Json plain_answer(std::string_view exchange, const std::vector<Row>& rows) {
  if (exchange == "coinbase") {
    return list_of(rows, Order::newest_first, [](const Row& row) -> Json {
      return {row.ms / 1000,       number_of(row.low),   number_of(row.high),
              number_of(row.open), number_of(row.close), 4.5};
    });
  }
  if (exchange == "gemini") {
    return list_of(rows, Order::newest_first, [](const Row& row) -> Json {
      return {row.ms,
              number_of(row.open),
              number_of(row.high),
              number_of(row.low),
              number_of(row.close),
              4.5};
    });
  }
  if (exchange == "bitfinex") {
    return list_of(rows, Order::newest_first, [](const Row& row) -> Json {
      return {row.ms,
              number_of(row.open),
              number_of(row.close),
              number_of(row.high),
              number_of(row.low),
              4.5};
    });
  }
  if (exchange == "gate") {
    return list_of(rows, Order::oldest_first, [](const Row& row) -> Json {
      return {text_of(row.ms / 1000),
              "971232.5",
              row.close,
              row.high,
              row.low,
              row.open,
              "10.5",
              "true"};
    });
  }
  return list_of(rows, Order::oldest_first, binance_row);
}

Json texts(const Row& row) {
  return {text_of(row.ms), row.open, row.high, row.low, row.close, "1.5", "145.5", "145.5", "1"};
}

/// What stands in an envelope; null: the answer of that exchange has none.
Json wrapped_answer(std::string_view exchange, const std::vector<Row>& rows) {
  if (exchange == "kraken") {
    return {{"error", Json::array()},
            {"result",
             {{"last", rows.empty() ? 0 : rows.back().ms / 1000 - 60},
              {"XXBTZUSD", list_of(rows, Order::oldest_first, [](const Row& row) -> Json {
                 return {row.ms / 1000, row.open, row.high, row.low, row.close, "90.5", "1.5", 7};
               })}}}};
  }
  if (exchange == "okx") {
    return {{"code", "0"}, {"msg", ""}, {"data", list_of(rows, Order::newest_first, texts)}};
  }
  if (exchange == "bybit") {
    return {
        {"retCode", 0},
        {"retMsg", "OK"},
        {"result", {{"category", "spot"}, {"list", list_of(rows, Order::newest_first, texts)}}}};
  }
  if (exchange == "bitstamp") {
    return {{"data",
             {{"pair", "BTC/USDT"},
              {"ohlc", list_of(rows, Order::oldest_first, [](const Row& row) -> Json {
                 return {{"timestamp", text_of(row.ms / 1000)},
                         {"close", row.close},
                         {"high", row.high},
                         {"low", row.low},
                         {"open", row.open},
                         {"volume", "0.5"}};
               })}}}};
  }
  if (exchange == "kucoin") {
    return {{"code", "200000"},
            {"data", list_of(rows, Order::newest_first, [](const Row& row) -> Json {
               return {
                   text_of(row.ms / 1000), row.open, row.close, row.high, row.low, "18.5", "0.5"};
             })}};
  }
  if (exchange == "htx") {
    return {{"ch", "market.btcusdt.kline.1min"},
            {"status", "ok"},
            {"ts", 1'732'290'000'000},
            {"data", list_of(rows, Order::newest_first,
                             [](const Row& row) { return named_row(row, "id"); })}};
  }
  if (exchange == "bitget") {
    return {
        {"code", "00000"}, {"msg", "success"}, {"data", list_of(rows, Order::oldest_first, texts)}};
  }
  if (exchange == "cryptocom") {
    return {{"id", -1},
            {"code", 0},
            {"result",
             {{"interval", "1m"},
              {"data", list_of(rows, Order::oldest_first, [](const Row& row) -> Json {
                 return {{"o", row.open},  {"h", row.high}, {"l", row.low},
                         {"c", row.close}, {"v", "0.5"},    {"t", row.ms}};
               })}}}};
  }
  return nullptr;
}

}  // namespace

std::optional<ServedResponse> fake_candles(std::string_view exchange, const FakeListing& listing,
                                           const Target& target, UtcTime now) {
  const auto asked = asked_of(exchange, target);
  if (!asked) return std::nullopt;
  const auto spell = [exchange](const std::string& symbol) { return spelled(exchange, symbol); };
  const std::string symbol = find_symbol(listing, asked->pair, spell);
  const int minutes = minutes_of(std::string{exchange}, asked->length);
  if (symbol.empty() || minutes == 0) return page_not_found();
  int count = asked->count.empty() ? 720 : std::stoi(asked->count);
  if (exchange == "kucoin") {
    const auto span = std::stoll(target.query.at("endAt")) - std::stoll(target.query.at("startAt"));
    count = static_cast<int>(span / 60 / minutes);
  }
  const auto rows = rows_of(listing.at(symbol), minutes, count, now);
  const Json wrapped = wrapped_answer(exchange, rows);
  return json(wrapped.is_null() ? plain_answer(exchange, rows) : wrapped);
}

}  // namespace btcw::test
