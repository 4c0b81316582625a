#include "support/fake_stream_frames.h"

#include <array>
#include <ctime>
#include <functional>
#include <map>

#include "support/fake_exchange_text.h"
#include "support/http_server.h"

namespace btcw::test {
namespace {

std::string text(std::string_view value) { return "\"" + std::string{value} + "\""; }

std::string iso_time(std::int64_t ms) {
  const std::time_t at = ms / 1000;
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  std::array<char, 40> out{};
  const auto size = std::strftime(out.data(), out.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
  return std::string{out.data(), size} + "." + fraction + "456Z";
}

std::string varint(std::uint64_t value) {
  std::string out;
  while (value >= 0x80) {
    out += static_cast<char>((value & 0x7fU) | 0x80U);
    value >>= 7U;
  }
  return out + static_cast<char>(value);
}

using Frames = std::vector<std::string>;

Frames binance(const std::string& pair, const FakeQuote& q, int) {
  const std::string ms = std::to_string(q.time_ms);
  return {R"({"e":"24hrTicker","E":1,"s":")" + pair + R"(","p":"1","P":")" + q.percent +
          R"(","w":"3","x":"4","c":")" + q.last + R"(","Q":"5","b":")" + q.bid +
          R"(","B":"6","a":")" + q.ask + R"(","A":"7","o":")" + q.open + R"(","h":")" + q.high +
          R"(","l":")" + q.low + R"(","v":")" + q.base_volume + R"(","q":")" + q.quote_volume +
          R"(","O":8,"C":)" + ms + R"(,"F":9,"L":10,"n":11})"};
}

Frames okx(const std::string& pair, const FakeQuote& q, int) {
  return {R"({"arg":{"channel":"tickers","instId":")" + pair +
          R"("},"data":[{"instType":"SPOT","instId":")" + pair + R"(","last":")" + q.last +
          R"(","lastSz":"1","askPx":")" + q.ask + R"(","askSz":"2","bidPx":")" + q.bid +
          R"(","bidSz":"3","open24h":")" + q.open + R"(","high24h":")" + q.high +
          R"(","low24h":")" + q.low + R"(","sodUtc0":")" + q.today_open + R"(","sodUtc8":")" +
          q.today_open + R"(","volCcy24h":")" + q.quote_volume + R"(","vol24h":")" + q.base_volume +
          R"(","ts":")" + std::to_string(q.time_ms) + R"("}]})"};
}

Frames bybit(const std::string& pair, const FakeQuote& q, int) {
  const std::string ms = std::to_string(q.time_ms);
  return {R"({"topic":"tickers.)" + pair + R"(","ts":)" + ms +
              R"(,"type":"snapshot","cs":1,"data":{"symbol":")" + pair + R"(","lastPrice":")" +
              q.last + R"(","highPrice24h":")" + q.high + R"(","lowPrice24h":")" + q.low +
              R"(","prevPrice24h":")" + q.open + R"(","volume24h":")" + q.base_volume +
              R"(","turnover24h":")" + q.quote_volume + R"(","price24hPcnt":")" +
              as_ratio(q.percent) + R"(","usdIndexPrice":"1"}})",
          R"({"topic":"orderbook.1.)" + pair + R"(","ts":)" + ms +
              R"(,"type":"snapshot","data":{"s":")" + pair + R"(","b":[[")" + q.bid +
              R"(","5"]],"a":[[")" + q.ask + R"(","6"]],"u":1,"seq":2},"cts":)" + ms + "}"};
}

Frames kraken(const std::string& pair, const FakeQuote& q, int) {
  return {R"({"channel":"ticker","type":"update","data":[{"symbol":")" + pair + R"(","bid":)" +
          number(q.bid) + R"(,"bid_qty":1,"ask":)" + number(q.ask) + R"(,"ask_qty":2,"last":)" +
          number(q.last) + R"(,"volume":)" + number(q.base_volume) + R"(,"vwap":)" +
          number(q.vwap) + R"(,"low":)" + number(q.low) + R"(,"high":)" + number(q.high) +
          R"(,"change":3,"change_pct":)" + number(q.percent) + R"(,"timestamp":")" +
          iso_time(q.time_ms) + R"("}]})"};
}

Frames coinbase(const std::string& pair, const FakeQuote& q, int) {
  return {R"({"type":"ticker","sequence":1,"product_id":")" + pair + R"(","price":")" + q.last +
          R"(","open_24h":")" + q.open + R"(","volume_24h":")" + q.base_volume +
          R"(","low_24h":")" + q.low + R"(","high_24h":")" + q.high +
          R"(","volume_30d":"9","best_bid":")" + q.bid + R"(","best_bid_size":"1","best_ask":")" +
          q.ask + R"(","best_ask_size":"2","side":"buy","time":")" + iso_time(q.time_ms) +
          R"(","trade_id":3,"last_size":"4"})"};
}

Frames bitget(const std::string& pair, const FakeQuote& q, int) {
  const std::string ms = std::to_string(q.time_ms);
  return {R"({"action":"snapshot","arg":{"instType":"SPOT","channel":"ticker","instId":")" + pair +
          R"("},"data":[{"instId":")" + pair + R"(","lastPr":")" + q.last + R"(","open24h":")" +
          q.open + R"(","high24h":")" + q.high + R"(","low24h":")" + q.low + R"(","change24h":")" +
          as_ratio(q.percent) + R"(","bidPr":")" + q.bid + R"(","askPr":")" + q.ask +
          R"(","bidSz":"1","askSz":"2","baseVolume":")" + q.base_volume + R"(","quoteVolume":")" +
          q.quote_volume + R"(","openUtc":")" + q.today_open + R"(","changeUtc24h":"9","ts":")" +
          ms + R"("}],"ts":)" + ms + "}"};
}

Frames gate(const std::string& pair, const FakeQuote& q, int) {
  return {R"({"time":1,"time_ms":)" + std::to_string(q.time_ms) +
          R"(,"channel":"spot.tickers","event":"update","result":{"currency_pair":")" + pair +
          R"(","last":")" + q.last + R"(","lowest_ask":")" + q.ask + R"(","highest_bid":")" +
          q.bid + R"(","change_percentage":")" + q.percent + R"(","base_volume":")" +
          q.base_volume + R"(","quote_volume":")" + q.quote_volume + R"(","high_24h":")" + q.high +
          R"(","low_24h":")" + q.low + R"("}})"};
}

Frames kucoin(const std::string& pair, const FakeQuote& q, int) {
  const std::string ms = std::to_string(q.time_ms);
  return {R"({"type":"message","topic":"/market/snapshot:)" + pair +
              R"(","subject":"trade.snapshot","data":{"sequence":"1","data":{"symbol":")" + pair +
              R"(","buy":1,"sell":2,"lastTradedPrice":3,"high":)" + number(q.high) + R"(,"low":)" +
              number(q.low) + R"(,"changeRate":)" + number(as_ratio(q.percent)) + R"(,"vol":)" +
              number(q.base_volume) + R"(,"volValue":)" + number(q.quote_volume) +
              R"(,"datetime":1}}})",
          R"({"type":"message","topic":"/market/ticker:)" + pair +
              R"(","subject":"trade.ticker","data":{"sequence":"1","price":")" + q.last +
              R"(","size":"1","bestAsk":")" + q.ask + R"(","bestAskSize":"2","bestBid":")" + q.bid +
              R"(","bestBidSize":"3","time":)" + ms + "}}"};
}

Frames bitfinex(const std::string&, const FakeQuote& q, int channel) {
  return {"[" + std::to_string(channel) + ",[" + number(q.bid) + ",11," + number(q.ask) +
          ",12,13," + number(as_ratio(q.percent)) + "," + number(q.last) + "," +
          number(q.base_volume) + "," + number(q.high) + "," + number(q.low) + "]]"};
}

Frames cryptocom(const std::string& pair, const FakeQuote& q, int) {
  const auto known = [](const std::string& value) { return value.empty() ? "null" : text(value); };
  return {R"({"id":-1,"method":"subscribe","code":0,"result":{"instrument_name":")" + pair +
          R"(","subscription":"ticker.)" + pair + R"(","channel":"ticker","data":[{"h":)" +
          known(q.high) + R"(,"l":)" + known(q.low) + R"(,"a":)" + known(q.last) + R"(,"c":)" +
          known(as_ratio(q.percent)) + R"(,"b":)" + known(q.bid) + R"(,"bs":"1","k":)" +
          known(q.ask) + R"(,"ks":"2","i":")" + pair + R"(","v":)" + known(q.base_volume) +
          R"(,"vv":"123","oi":"0","t":)" + std::to_string(q.time_ms) + "}]}}"};
}

Frames htx(const std::string& pair, const FakeQuote& q, int) {
  const std::string frame =
      R"({"ch":"market.)" + pair + R"(.ticker","ts":)" + std::to_string(q.time_ms) +
      R"(,"tick":{"open":)" + number(q.open) + R"(,"high":)" + number(q.high) + R"(,"low":)" +
      number(q.low) + R"(,"close":1,"amount":)" + number(q.base_volume) + R"(,"vol":)" +
      number(q.quote_volume) + R"(,"count":2,"bid":)" + number(q.bid) + R"(,"bidSize":3,"ask":)" +
      number(q.ask) + R"(,"askSize":4,"lastPrice":)" + number(q.last) + R"(,"lastSize":5}})";
  return {encode(frame, Coding::gzip)};
}

Frames bitstamp(const std::string& pair, const FakeQuote& q, int) {
  const std::string at =
      R"("timestamp":"1","microtimestamp":")" + std::to_string(q.time_ms) + R"(456")";
  return {R"({"event":"trade","channel":"live_trades_)" + pair + R"(","data":{"id":1,)" + at +
              R"(,"amount":1.5,"amount_str":"1.5","price":1,"price_str":")" + q.last +
              R"(","type":0}})",
          R"({"event":"data","channel":"order_book_)" + pair + R"(","data":{)" + at +
              R"(,"bids":[[")" + q.bid + R"(","1"],["1","2"]],"asks":[[")" + q.ask +
              R"(","1"],["999999","2"]]}})"};
}

Frames gemini(const std::string& pair, const FakeQuote& q, int) {
  const std::string ns = std::to_string(q.time_ms) + "456789";
  return {
      R"({"E":)" + ns + R"(,"s":")" + pair + R"(","t":1,"p":")" + q.last + R"(","q":"2","m":true})",
      R"({"u":1,"E":)" + ns + R"(,"s":")" + pair + R"(","b":")" + q.bid + R"(","B":"3","a":")" +
          q.ask + R"(","A":"4"})"};
}

std::string mexc_wrapper(const std::string& channel, const std::string& pair, std::int64_t ms,
                         std::uint32_t body_number, const std::string& body) {
  return protobuf_text(1, channel) + protobuf_text(body_number, body) + protobuf_text(3, pair) +
         protobuf_text(4, "id") + protobuf_number(5, static_cast<std::uint64_t>(ms)) +
         protobuf_number(6, static_cast<std::uint64_t>(ms) + 5);
}

Frames mexc(const std::string& pair, const FakeQuote& q, int) {
  const std::string mini = protobuf_text(1, pair) + protobuf_text(2, q.last) +
                           protobuf_text(3, "0.9") + protobuf_text(4, as_ratio(q.percent)) +
                           protobuf_text(5, q.high) + protobuf_text(6, q.low) +
                           protobuf_text(7, q.quote_volume) + protobuf_text(8, q.base_volume) +
                           protobuf_text(9, "1") + protobuf_text(12, "2");
  const std::string book = protobuf_text(1, q.bid) + protobuf_text(2, "1") +
                           protobuf_text(3, q.ask) + protobuf_text(4, "2");
  return {
      mexc_wrapper("spot@public.miniTicker.v3.api.pb@" + pair + "@24H", pair, q.time_ms, 309, mini),
      mexc_wrapper("spot@public.aggre.bookTicker.v3.api.pb@100ms@" + pair, pair, q.time_ms, 315,
                   book)};
}

struct Voice {
  std::string (*spell)(const std::string& symbol);
  Frames (*ticks)(const std::string& pair, const FakeQuote& quote, int channel);
};

std::string glued(const std::string& symbol) { return joined_codes(symbol, ""); }
std::string dashed(const std::string& symbol) { return joined_codes(symbol, "-"); }
std::string underscored(const std::string& symbol) { return joined_codes(symbol, "_"); }
std::string lower_glued(const std::string& symbol) { return lower(glued(symbol)); }
std::string as_it_is(const std::string& symbol) { return symbol; }
std::string bitfinex_name(const std::string& symbol) {
  auto [base, quote] = codes(symbol);
  if (quote == "USDT") quote = "UST";
  return "t" + base + (base.size() > 3 || quote.size() > 3 ? ":" : "") + quote;
}

const Voice& voice_of(std::string_view exchange) {
  static const std::map<std::string, Voice, std::less<>> kVoices{
      {"binance", {glued, binance}},
      {"binanceus", {glued, binance}},
      {"okx", {dashed, okx}},
      {"bybit", {glued, bybit}},
      {"kraken", {as_it_is, kraken}},
      {"coinbase", {dashed, coinbase}},
      {"bitget", {glued, bitget}},
      {"gate", {underscored, gate}},
      {"kucoin", {dashed, kucoin}},
      {"bitfinex", {bitfinex_name, bitfinex}},
      {"cryptocom", {underscored, cryptocom}},
      {"htx", {lower_glued, htx}},
      {"bitstamp", {lower_glued, bitstamp}},
      {"gemini", {lower_glued, gemini}},
      {"mexc", {glued, mexc}},
  };
  return kVoices.at(std::string{exchange});
}

}  // namespace

std::string stream_spelling(std::string_view exchange, const std::string& symbol) {
  return voice_of(exchange).spell(symbol);
}

std::vector<std::string> stream_ticks(std::string_view exchange, const std::string& symbol,
                                      const FakeQuote& quote, int channel) {
  const Voice& voice = voice_of(exchange);
  return voice.ticks(voice.spell(symbol), quote, channel);
}

std::string protobuf_text(std::uint32_t field, std::string_view value) {
  return varint(std::uint64_t{field} << 3U | 2U) + varint(value.size()) + std::string{value};
}

std::string protobuf_number(std::uint32_t field, std::uint64_t value) {
  return varint(std::uint64_t{field} << 3U) + varint(value);
}

}  // namespace btcw::test
