// Bitstamp, version 2: https://www.bitstamp.net/websocket/v2/
// It has no ticker: the last price comes from the trades, bid and ask from the order book, and of
// the last 24 hours nothing is told.
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

constexpr std::array kTrade{
    RowField{"price_str", FieldKind::last_price, &TickerUpdate::last},
};
constexpr std::string_view kTrades = "live_trades_";
constexpr std::string_view kBook = "order_book_";

std::string spell(const Symbol& symbol) { return lower_case(joined(symbol, "")); }

/// "microtimestamp": "1641343691123456"
Result<UtcTime> time_of(JsonObject data) {
  const auto microseconds = data.integer("microtimestamp");
  if (!microseconds) return microseconds.error();
  return unix_time(*microseconds / 1000).within("microtimestamp");
}

/// The price of the first level of a side; nullopt: there is none.
Result<std::optional<Decimal>> best(JsonObject data, std::string_view side) {
  const auto levels = data.array(side);
  if (!levels) return levels.error();
  const auto first = levels->at(0);
  if (!first) return std::optional<Decimal>{};
  const auto level = first->array();
  if (!level) return level.error();
  const auto price = level->at(0);
  if (!price) return price.error();
  return price->decimal_or_null();
}

Result<void> read_book(std::string_view native, JsonObject data, StreamBook& book) {
  const auto pair = book.find(native);
  if (!pair) return {};
  const auto at = time_of(data);
  if (!at) return at.error();
  const auto bid = best(data, "bids");
  if (!bid) return bid.error();
  const auto ask = best(data, "asks");
  if (!ask) return ask.error();
  book.tick(*pair, {.symbol = book.symbol(*pair), .bid = *bid, .ask = *ask, .timestamp = *at},
            TickForm::part);
  return {};
}

Result<void> read_event(std::string_view event, JsonObject root, StreamBook& book) {
  const std::string_view channel = remark(root, "channel");
  const auto data = root.object("data");
  if (!data) return data.error();
  if (event == "trade" && channel.starts_with(kTrades)) {
    const auto at = time_of(*data);
    if (!at) return at.error();
    return book.row(channel.substr(kTrades.size()), *data, kTrade, TickForm::part, *at);
  }
  if (event == "data" && channel.starts_with(kBook)) {
    return read_book(channel.substr(kBook.size()), *data, book);
  }
  return {};
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  const std::string_view event = remark(*root, "event");
  if (event == "trade" || event == "data") return read_event(event, *root, book);
  if (event == "bts:subscription_succeeded") book.note(StreamNewsKind::accepted);
  if (event == "bts:request_reconnect") book.note(StreamNewsKind::reconnect);
  if (event != "bts:error") return {};
  const auto data = root->object("data");
  book.refuse(stream_refusal({}, data ? remark(*data, "message") : std::string_view{}));
  return {};
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp) {
  std::vector<std::string> messages;
  for (const Symbol& symbol : symbols) {
    for (const std::string_view channel : {kTrades, kBook}) {
      messages.push_back(R"({"event":"bts:subscribe","data":{"channel":")" + std::string{channel} +
                         spell(symbol) + R"("}})");
    }
  }
  return messages;
}

std::string ping(RequestStamp) { return R"({"event":"bts:heartbeat"})"; }

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream bitstamp_stream() {
  return {.name = "bitstamp",
          .url = "wss://ws.bitstamp.net",
          .path = "/",
          .limits = {.symbols_per_connection = 50,
                     .symbols_per_request = 1,
                     .between_requests = milliseconds{100},
                     .between_connections = seconds{2},
                     .ping_every = seconds{20},
                     .longest_silence = seconds{45},
                     .longest_life = std::chrono::hours{24 * 90}},
          .day = StreamDay::asked_for,
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
