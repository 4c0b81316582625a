// Binance and Binance US, spot:
// https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

// <pair>@ticker: once a second. E is when the frame was made, C the end of its 24 hours.
constexpr std::array kTicker{
    RowField{"P", FieldKind::percent, &TickerUpdate::percentage},
    RowField{"c", FieldKind::last_price, &TickerUpdate::last},
    RowField{"b", FieldKind::price, &TickerUpdate::bid},
    RowField{"a", FieldKind::price, &TickerUpdate::ask},
    RowField{"o", FieldKind::price, &TickerUpdate::open},
    RowField{"h", FieldKind::price, &TickerUpdate::high},
    RowField{"l", FieldKind::price, &TickerUpdate::low},
    RowField{"v", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"q", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"C", FieldKind::unix_ms},
};
// <pair>@aggTrade and <pair>@bookTicker, should somebody's mirror send them.
constexpr std::array kTrade{
    RowField{"p", FieldKind::last_price, &TickerUpdate::last},
    RowField{"T", FieldKind::unix_ms},
};
constexpr std::array kBook{
    RowField{"b", FieldKind::price, &TickerUpdate::bid},
    RowField{"a", FieldKind::price, &TickerUpdate::ask},
};

constexpr std::string_view kTickerEvent = "24hrTicker";

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }
std::string spell_lower(const Symbol& symbol) { return lower_case(spell(symbol)); }

/// {"error":{"code":2,"msg":"Invalid request: …"},"id":1}, also without the envelope.
void read_refusal(JsonObject root, StreamBook& book) {
  const auto inner = root.object("error");
  const JsonObject error = inner ? *inner : root;
  const std::string code = std::to_string(error.integer("code").value_or(0));
  book.refuse(stream_refusal(code, remark(error, "msg")));
}

Result<void> read_event(JsonObject data, StreamBook& book) {
  const std::string_view event = remark(data, "e");
  const std::string_view pair = remark(data, "s");
  if (event == kTickerEvent) return book.row(pair, data, kTicker, TickForm::whole);
  if (event == "aggTrade" || event == "trade") return book.row(pair, data, kTrade, TickForm::part);
  // A book ticker has no "e".
  if (event.empty() && data.find("u")) return book.row(pair, data, kBook, TickForm::part);
  if (event == "serverShutdown") book.note(StreamNewsKind::reconnect);
  return {};
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  // Nearly all there is; "e" is its first member, and what is not there would be looked for in all.
  if (remark(*root, "e") == kTickerEvent) {
    return book.row(remark(*root, "s"), *root, kTicker, TickForm::whole);
  }
  // A combined stream wraps its events.
  if (const auto data = root->find("data")) {
    const auto inner = data->object();
    if (!inner) return inner.error();
    return read_event(*inner, book);
  }
  if (root->find("error") || root->find("code")) {
    read_refusal(*root, book);
    return {};
  }
  if (!root->find("e") && root->find("id")) {
    book.note(StreamNewsKind::accepted);
    return {};
  }
  return read_event(*root, book);
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  return {R"({"method":"SUBSCRIBE","params":)" + json_list(symbols, spell_lower, {}, "@ticker") +
          R"(,"id":)" + std::to_string(stamp.number) + "}"};
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

ExchangeStream stream_at(std::string_view name, std::string_view url) {
  // It allows 1024 streams a connection, 5 messages a second, pongs included, and 300 connections
  // in five minutes; it pings every 20 s, and ends a connection after 24 h.
  return {.name = name,
          .url = url,
          .path = "/ws",
          .limits = {.symbols_per_connection = 800,
                     .symbols_per_request = 100,
                     .between_requests = milliseconds{500},
                     .between_connections = seconds{2},
                     .longest_silence = seconds{60},
                     .longest_life = std::chrono::hours{24}},
          .subscribe = subscribe,
          .make_reader = make_reader};
}

}  // namespace

ExchangeStream binance_stream() { return stream_at("binance", "wss://data-stream.binance.vision"); }

ExchangeStream binanceus_stream() { return stream_at("binanceus", "wss://stream.binance.us:9443"); }

}  // namespace btcw
