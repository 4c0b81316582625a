// Kraken, version 2: https://docs.kraken.com/api/docs/websocket-v2/ticker
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

// Of the last 24 hours, unlike the opening price of its REST.
constexpr std::array kFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
    RowField{"volume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"vwap", FieldKind::vwap},
    RowField{"change_pct", FieldKind::percent, &TickerUpdate::percentage},
    RowField{"timestamp", FieldKind::rfc3339},
};

// Version 2 says BTC and DOGE.
std::string spell(const Symbol& symbol) { return std::string{symbol.text()}; }

/// {"method":"subscribe","success":false,"error":"Currency pair not supported …","symbol":…}
void read_answer(JsonObject root, StreamBook& book) {
  if (root.boolean("success").value_or(true)) {
    if (remark(root, "method") == "subscribe") book.note(StreamNewsKind::accepted);
    return;
  }
  const std::string_view text = remark(root, "error");
  const std::string_view named = remark(root, "symbol");
  book.refuse(stream_refusal({}, text), named.empty() ? named_in(text, book) : named);
}

/// {"channel":"status","data":[{"system":"online",…}]}
void read_status(JsonObject root, StreamBook& book) {
  const auto rows = root.array("data");
  if (!rows) return;
  for (const JsonValue each : *rows) {
    const auto row = each.object();
    if (row && remark(*row, "system") == "maintenance") book.note(StreamNewsKind::maintenance);
  }
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  if (root->find("method")) {
    read_answer(*root, book);
    return {};
  }
  const std::string_view channel = remark(*root, "channel");
  if (channel == "status") read_status(*root, book);
  if (channel != "ticker") return {};
  return book.rows(*root, "data", "symbol", kFields);
}

// event_trigger bbo: also when only bid or ask moves.
std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  return {R"({"method":"subscribe","params":{"channel":"ticker","symbol":)" +
          json_list(symbols, spell) + R"(,"event_trigger":"bbo","snapshot":true},"req_id":)" +
          std::to_string(stamp.number) + "}"};
}

std::string ping(RequestStamp stamp) {
  return R"({"method":"ping","req_id":)" + std::to_string(stamp.number) + "}";
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream kraken_stream() {
  // A heartbeat comes every second; about 150 connections in ten minutes are let in.
  return {.name = "kraken",
          .url = "wss://ws.kraken.com",
          .path = "/v2",
          .limits = {.symbols_per_connection = 200,
                     .symbols_per_request = 50,
                     .between_requests = milliseconds{500},
                     .between_connections = seconds{5},
                     .ping_every = seconds{30},
                     .longest_silence = seconds{20}},
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
