// Written from the exchanges' documentation, not from the readers that they are to test.
#include "support/further_fake_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace btcw::test {
namespace {

std::string joined_upper(const std::string& symbol) { return joined_codes(symbol, ""); }
std::string joined_lower(const std::string& symbol) { return lower(joined_codes(symbol, "")); }
std::string with_dash(const std::string& symbol) { return joined_codes(symbol, "-"); }
std::string with_line(const std::string& symbol) { return joined_codes(symbol, "_"); }

std::string filler(std::size_t i, std::string_view by) {
  return fmt::format("FILL{}{}USDT", i, by);
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

std::int64_t latest(const FakeListing& listing) {
  std::int64_t time = FakeQuote{}.time_ms;
  for (const auto& [symbol, quote] : listing) time = std::max(time, quote.time_ms);
  return time;
}

// --- gemini

ServedResponse gemini(const FakeListing& listing, const Target& target, std::size_t fillers) {
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

ServedResponse kucoin(const FakeListing& listing, const Target& target, std::size_t fillers) {
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

ServedResponse gate(const FakeListing& listing, const Target& target, std::size_t fillers) {
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

// --- htx: numbers

std::string htx_row(const std::string& name, const FakeQuote& quote) {
  // The day's figures of the list are a trap.
  return fmt::format(
      R"({{"symbol":"{}","open":{},"high":999999,"low":0.1,"close":{},"amount":{},"vol":{},)"
      R"("count":17,"bid":{},"bidSize":0.5,"ask":{},"askSize":0.25}})",
      name, number(quote.today_open), number(quote.last), number(quote.base_volume),
      number(quote.quote_volume), number(quote.bid), number(quote.ask));
}

ServedResponse htx(const FakeListing& listing, const Target& target, std::size_t fillers) {
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

ServedResponse bitfinex(const FakeListing& listing, const Target& target, std::size_t fillers) {
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

ServedResponse mexc(const FakeListing& listing, const Target& target, std::size_t fillers) {
  if (target.path != "/api/v3/ticker/24hr") return page_not_found();
  if (!target.query.contains("symbol")) {
    return json(all_rows(listing, fillers, "", joined_upper, mexc_row));
  }
  const std::string name = target.query.at("symbol");
  const std::string symbol = find_symbol(listing, name, joined_upper);
  if (symbol.empty()) return json({{"code", -1121}, {"msg", "Invalid symbol."}}, 400);
  return json(mexc_row(name, listing.at(symbol)));
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

ServedResponse bitget(const FakeListing& listing, const Target& target, std::size_t fillers) {
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

ServedResponse cryptocom(const FakeListing& listing, const Target& target, std::size_t fillers) {
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

ServedResponse coingecko(const FakeListing& listing, const Target& target) {
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

}  // namespace

ServedResponse further_fake_answer(std::string_view exchange, const FakeListing& listing,
                                   const Target& target, std::size_t filler_rows) {
  if (exchange == "gemini") return gemini(listing, target, filler_rows);
  if (exchange == "kucoin") return kucoin(listing, target, filler_rows);
  if (exchange == "gate") return gate(listing, target, filler_rows);
  if (exchange == "htx") return htx(listing, target, filler_rows);
  if (exchange == "bitfinex") return bitfinex(listing, target, filler_rows);
  if (exchange == "mexc") return mexc(listing, target, filler_rows);
  if (exchange == "bitget") return bitget(listing, target, filler_rows);
  if (exchange == "cryptocom") return cryptocom(listing, target, filler_rows);
  if (exchange == "coingecko") return coingecko(listing, target);
  return page_not_found();
}

std::optional<ServedResponse> further_fake_limit(std::string_view exchange, seconds wait) {
  using std::chrono::system_clock;
  const auto reset =
      std::chrono::duration_cast<seconds>((system_clock::now() + wait).time_since_epoch());
  const std::string in_seconds = std::to_string(wait.count());
  const auto with = [](ServedResponse response, std::string name, std::string value) {
    response.headers.emplace_back(std::move(name), std::move(value));
    return response;
  };
  if (exchange == "gemini") {
    return json({{"result", "error"}, {"reason", "RateLimit"}, {"message", "Too many"}}, 429);
  }
  if (exchange == "kucoin") {
    return with(json({{"code", "429000"}, {"msg", "too many requests"}}, 429), "gw-ratelimit-reset",
                in_seconds + "000");
  }
  if (exchange == "gate") {
    return with(json({{"label", "TOO_MANY_REQUESTS"}, {"message", "Request Rate Limit"}}, 429),
                "X-Gate-RateLimit-Reset-Timestamp", std::to_string(reset.count()));
  }
  if (exchange == "htx") {
    return json({{"status", "error"}, {"err-code", "x"}, {"err-msg", "429 too many request"}});
  }
  if (exchange == "bitfinex") return raw_json(R"(["error",11010,"ratelimit: error"])", 429);
  if (exchange == "bitget") {
    return json({{"code", "429"}, {"msg", "Too many requests"}, {"data", nullptr}}, 429);
  }
  if (exchange == "cryptocom") return json({{"code", 10006}, {"message", "TOO_MANY_REQUESTS"}});
  if (exchange == "coingecko") {
    return with(json({{"status", {{"error_code", 429}, {"error_message", "exceeded"}}}}, 429),
                "retry-after", in_seconds);
  }
  return std::nullopt;
}

}  // namespace btcw::test
