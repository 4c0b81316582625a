// Coinbase Exchange: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

constexpr std::array kTicker{
    RowField{"price", FieldKind::last_price, &TickerUpdate::last},
    RowField{"open_24h", FieldKind::price, &TickerUpdate::open},
    RowField{"volume_24h", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"low_24h", FieldKind::price, &TickerUpdate::low},
    RowField{"high_24h", FieldKind::price, &TickerUpdate::high},
    RowField{"best_bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"best_ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"time", FieldKind::rfc3339},
};

std::string spell(const Symbol& symbol) { return joined(symbol, "-"); }

/// {"type":"error","message":"Failed to subscribe","reason":"ETH-XYZ is not a valid product"}
void read_error(JsonObject root, StreamBook& book) {
  const std::string_view reason = remark(root, "reason");
  book.refuse(stream_refusal(remark(root, "message"), reason), named_in(reason, book));
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  const std::string_view type = remark(*root, "type");
  if (type == "ticker") {
    return book.row(remark(*root, "product_id"), *root, kTicker, TickForm::whole);
  }
  if (type == "subscriptions") book.note(StreamNewsKind::accepted);
  if (type == "error") read_error(*root, book);
  return {};
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp) {
  return {R"({"type":"subscribe","product_ids":)" + json_list(symbols, spell) +
          R"(,"channels":["ticker"]})"};
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream coinbase_stream() {
  // It wants a subscription within 5 s, and takes 8 requests a second. It has no ping of its own.
  return {.name = "coinbase",
          .url = "wss://ws-feed.exchange.coinbase.com",
          .path = "/",
          .limits = {.symbols_per_connection = 100,
                     .symbols_per_request = 50,
                     .between_requests = milliseconds{500},
                     .between_connections = seconds{2},
                     .ping_every = seconds{20},
                     .longest_silence = seconds{45}},
          .subscribe = subscribe,
          .make_reader = make_reader};
}

}  // namespace btcw
