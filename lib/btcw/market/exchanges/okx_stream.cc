// OKX: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-tickers-channel
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

constexpr std::array kFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bidPx", FieldKind::price, &TickerUpdate::bid},
    RowField{"askPx", FieldKind::price, &TickerUpdate::ask},
    RowField{"open24h", FieldKind::price, &TickerUpdate::open},
    RowField{"high24h", FieldKind::price, &TickerUpdate::high},
    RowField{"low24h", FieldKind::price, &TickerUpdate::low},
    RowField{"vol24h", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"volCcy24h", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"ts", FieldKind::unix_ms},
};

std::string spell(const Symbol& symbol) { return joined(symbol, "-"); }

void read_event(std::string_view event, JsonObject root, StreamBook& book) {
  if (event == "subscribe") return book.note(StreamNewsKind::accepted);
  // "The connection will soon be closed for a service upgrade."
  if (event == "notice") return book.note(StreamNewsKind::reconnect);
  if (event != "error") return;
  const std::string_view text = remark(root, "msg");
  book.refuse(stream_refusal(remark(root, "code"), text), named_in(text, book));
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
    args += R"({"channel":"tickers","instId":")" + spell(symbol) + R"("})";
  }
  return {R"({"op":"subscribe","args":[)" + args + "]}"};
}

std::string ping(RequestStamp) { return "ping"; }

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream okx_stream() {
  // It ends a connection on which nothing was sent for 30 s, and takes 480 subscriptions an hour
  // and 3 connections a second.
  return {.name = "okx",
          .url = "wss://ws.okx.com:8443",
          .path = "/ws/v5/public",
          .limits = {.symbols_per_connection = 200,
                     .symbols_per_request = 50,
                     .between_requests = milliseconds{500},
                     .between_connections = seconds{1},
                     .ping_every = seconds{20},
                     .longest_silence = seconds{45}},
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
