// Bybit, spot: https://bybit-exchange.github.io/docs/v5/websocket/public/ticker
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

constexpr std::array kTicker{
    RowField{"lastPrice", FieldKind::last_price, &TickerUpdate::last},
    RowField{"prevPrice24h", FieldKind::price, &TickerUpdate::open},
    RowField{"highPrice24h", FieldKind::price, &TickerUpdate::high},
    RowField{"lowPrice24h", FieldKind::price, &TickerUpdate::low},
    RowField{"price24hPcnt", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"volume24h", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"turnover24h", FieldKind::volume, &TickerUpdate::quote_volume},
};
constexpr std::string_view kTickers = "tickers.";
// The spot ticker has no bid and ask: the book's best level has.
constexpr std::string_view kBook = "orderbook.1.";

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }

/// The price of the level that leads one side: [["97123.4","0.5"]]. A size of zero takes a level
/// away, and says nothing of the one that follows it.
Result<std::optional<Decimal>> best(JsonObject book, std::string_view side) {
  const auto levels = book.array(side);
  if (!levels) return levels.error();
  for (const JsonValue each : *levels) {
    const auto level = each.array();
    if (!level) return level.error();
    const auto price = level->at(0);
    const auto size = level->at(1);
    if (!price || !size) return Error{Errc::bad_data, "a level of the book is cut short"};
    const auto amount = size->rounded_decimal_or_null();
    if (!amount) return amount.error();
    if (!*amount || (*amount)->is_zero()) continue;
    return price->decimal_or_null();
  }
  return std::optional<Decimal>{};
}

Result<void> read_book(std::string_view native, JsonObject data, std::optional<UtcTime> at,
                       StreamBook& book) {
  const auto pair = book.find(native);
  if (!pair) return {};
  const auto bid = best(data, "b");
  if (!bid) return bid.error();
  const auto ask = best(data, "a");
  if (!ask) return ask.error();
  book.tick(*pair, {.symbol = book.symbol(*pair), .bid = *bid, .ask = *ask, .timestamp = at},
            TickForm::part);
  return {};
}

Result<void> read_topic(std::string_view topic, JsonObject root, StreamBook& book) {
  const auto data = root.object("data");
  if (!data) return data.error();
  const auto ts = root.integer("ts");
  if (!ts) return ts.error();
  const auto at = unix_time(*ts);
  if (!at) return at.error();
  if (topic.starts_with(kTickers)) {
    return book.row(topic.substr(kTickers.size()), *data, kTicker, TickForm::part, *at);
  }
  if (topic.starts_with(kBook)) return read_book(topic.substr(kBook.size()), *data, *at, book);
  return {};
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  if (const std::string_view topic = remark(*root, "topic"); !topic.empty()) {
    return read_topic(topic, *root, book);
  }
  if (remark(*root, "op") != "subscribe") return {};
  if (root->boolean("success").value_or(true)) {
    book.note(StreamNewsKind::accepted);
    return {};
  }
  // "Invalid symbol :[tickers.XXXUSDT]": of ten topics all are refused.
  book.refuse(stream_refusal({}, remark(*root, "ret_msg")));
  return {};
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  std::string args = json_list(symbols, spell, kTickers);
  args.back() = ',';
  args += json_list(symbols, spell, kBook).substr(1);
  return {R"({"req_id":")" + std::to_string(stamp.number) + R"(","op":"subscribe","args":)" + args +
          "}"};
}

std::string ping(RequestStamp stamp) {
  return R"({"req_id":")" + std::to_string(stamp.number) + R"(","op":"ping"})";
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream bybit_stream() {
  // It takes ten topics a request, wants a ping every 20 s, and takes 500 connections in five
  // minutes.
  return {.name = "bybit",
          .url = "wss://stream.bybit.com",
          .path = "/v5/public/spot",
          .limits = {.symbols_per_connection = 200,
                     .symbols_per_request = 5,
                     .between_requests = milliseconds{200},
                     .between_connections = seconds{2},
                     .ping_every = seconds{20},
                     .longest_silence = seconds{45}},
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
