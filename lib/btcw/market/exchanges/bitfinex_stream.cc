// Bitfinex, version 2: https://docs.bitfinex.com/reference/ws-public-ticker
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/asset_codes.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

constexpr std::array kFields{
    RowField{"BID", FieldKind::price, &TickerUpdate::bid, 0},
    RowField{"ASK", FieldKind::price, &TickerUpdate::ask, 2},
    RowField{"DAILY_CHANGE_RELATIVE", FieldKind::ratio, &TickerUpdate::percentage, 5},
    RowField{"LAST_PRICE", FieldKind::last_price, &TickerUpdate::last, 6},
    RowField{"VOLUME", FieldKind::volume, &TickerUpdate::base_volume, 7},
    RowField{"HIGH", FieldKind::price, &TickerUpdate::high, 8},
    RowField{"LOW", FieldKind::price, &TickerUpdate::low, 9},
};
constexpr std::int64_t kReconnect = 20051;
constexpr std::int64_t kPause = 20060;
constexpr std::int64_t kResubscribe = 20061;
constexpr std::int64_t kSubscribedAlready = 10301;

std::string spell(const Symbol& symbol) {
  const std::string_view base = own_code("bitfinex", symbol.base());
  const std::string_view quote = own_code("bitfinex", symbol.quote());
  const std::string_view between = base.size() > 3 || quote.size() > 3 ? ":" : "";
  return std::string{"t"}.append(base).append(between).append(quote);
}

/// {"event":"info","version":2,"platform":{"status":1}} and {"event":"info","code":20051,…}
void read_info(JsonObject root, StreamBook& book) {
  const std::int64_t code = root.integer("code").value_or(0);
  if (code == kReconnect || code == kResubscribe) return book.note(StreamNewsKind::reconnect);
  if (code == kPause) return book.note(StreamNewsKind::maintenance);
  const auto platform = root.object("platform");
  if (platform && platform->integer("status").value_or(1) == 0) {
    book.note(StreamNewsKind::maintenance);
  }
}

Result<void> read_event(JsonObject root, StreamBook& book) {
  const std::string_view event = remark(root, "event");
  if (event == "info") read_info(root, book);
  if (event == "subscribed") {
    const auto channel = root.integer("chanId");
    if (!channel) return channel.error();
    if (const auto pair = book.find(remark(root, "symbol"))) book.name_channel(*channel, *pair);
    book.note(StreamNewsKind::accepted);
  }
  if (event == "error") {
    const std::int64_t code = root.integer("code").value_or(0);
    if (code == kSubscribedAlready) return {};
    book.refuse(stream_refusal(std::to_string(code), remark(root, "msg")), remark(root, "symbol"));
  }
  return {};
}

/// [CHANNEL,[…]] and [CHANNEL,"hb"]
Result<void> read_tick(JsonArray root, StreamBook& book) {
  const auto first = root.at(0);
  if (!first) return first.error();
  const auto channel = first->integer();
  if (!channel) return channel.error();
  const auto second = root.at(1);
  if (!second) return second.error();
  if (second->kind() != JsonKind::array) return {};
  const auto pair = book.find_channel(*channel);
  if (!pair) return {};
  const auto row = second->array();
  if (!row) return row.error();
  TickerUpdate update{.symbol = book.symbol(*pair)};
  if (auto read = read_row_tuple(*row, 0, kFields, update); !read) return read;
  book.tick(*pair, update, TickForm::whole);
  return {};
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.value(frame);
  if (!root) return root.error();
  if (root->kind() == JsonKind::array) {
    const auto list = root->array();
    if (!list) return list.error();
    return read_tick(*list, book);
  }
  const auto object = root->object();
  if (!object) return object.error();
  return read_event(*object, book);
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp) {
  std::vector<std::string> messages;
  for (const Symbol& symbol : symbols) {
    messages.push_back(R"({"event":"subscribe","channel":"ticker","symbol":")" + spell(symbol) +
                       R"("})");
  }
  return messages;
}

std::string ping(RequestStamp stamp) {
  return R"({"event":"ping","cid":)" + std::to_string(stamp.number) + "}";
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream bitfinex_stream() {
  // It takes 25 channels a connection and 20 connections a minute; a channel that has nothing to
  // say says so every 15 s.
  return {.name = "bitfinex",
          .url = "wss://api-pub.bitfinex.com",
          .path = "/ws/2",
          .limits = {.symbols_per_connection = 25,
                     .symbols_per_request = 1,
                     .between_requests = milliseconds{250},
                     .between_connections = seconds{6},
                     .ping_every = seconds{20},
                     .longest_silence = seconds{45}},
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
