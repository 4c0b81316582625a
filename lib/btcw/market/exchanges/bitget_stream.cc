// Bitget, spot: https://www.bitget.com/api-doc/spot/websocket/public/Tickers-Channel
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

// openUtc and changeUtc24h are of the calendar day.
constexpr std::array kFields{
    RowField{"lastPr", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bidPr", FieldKind::price, &TickerUpdate::bid},
    RowField{"askPr", FieldKind::price, &TickerUpdate::ask},
    RowField{"open24h", FieldKind::price, &TickerUpdate::open},
    RowField{"high24h", FieldKind::price, &TickerUpdate::high},
    RowField{"low24h", FieldKind::price, &TickerUpdate::low},
    RowField{"change24h", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"baseVolume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"quoteVolume", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"ts", FieldKind::unix_ms},
};

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }

/// {"event":"error","arg":{"instType":"SPOT","channel":"ticker","instId":"XYZUSDT"},
///  "code":30001,"msg":"…"}
void read_event(std::string_view event, JsonObject root, StreamBook& book) {
  if (event == "subscribe") return book.note(StreamNewsKind::accepted);
  if (event != "error") return;
  const std::string code = std::to_string(root.integer("code").value_or(0));
  const auto arg = root.object("arg");
  book.refuse(stream_refusal(code, remark(root, "msg")),
              arg ? remark(*arg, "instId") : std::string_view{});
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  if (frame == "pong") return {};
  const auto root = book.object(frame);
  if (!root) return root.error();
  if (const std::string_view event = remark(*root, "event"); !event.empty()) {
    read_event(event, *root, book);
    return {};
  }
  return book.rows(*root, "data", "instId", kFields);
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp) {
  std::string args;
  for (const Symbol& symbol : symbols) {
    if (!args.empty()) args += ',';
    args += R"({"instType":"SPOT","channel":"ticker","instId":")" + spell(symbol) + R"("})";
  }
  return {R"({"op":"subscribe","args":[)" + args + "]}"};
}

std::string ping(RequestStamp) { return "ping"; }

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream bitget_stream() {
  // It takes 240 subscriptions an hour and 10 messages a second, recommends fewer than 50 channels
  // a connection, and wants a ping every 30 s.
  return {.name = "bitget",
          .url = "wss://ws.bitget.com",
          .path = "/v2/ws/public",
          .limits = {.symbols_per_connection = 50,
                     .symbols_per_request = 50,
                     .between_requests = milliseconds{200},
                     .between_connections = seconds{2},
                     .ping_every = seconds{25},
                     .longest_silence = seconds{55}},
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
