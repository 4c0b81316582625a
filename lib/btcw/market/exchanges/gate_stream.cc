// Gate, spot: https://www.gate.io/docs/developers/apiv4/ws/en/#tickers-channel
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

constexpr std::array kFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"highest_bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"lowest_ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"change_percentage", FieldKind::percent, &TickerUpdate::percentage},
    RowField{"base_volume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"quote_volume", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"high_24h", FieldKind::price, &TickerUpdate::high},
    RowField{"low_24h", FieldKind::price, &TickerUpdate::low},
};

std::string spell(const Symbol& symbol) { return joined(symbol, "_"); }

/// The envelope's time: milliseconds, or in older frames seconds.
Result<std::optional<UtcTime>> time_of(JsonObject root) {
  const auto ms = root.integer_or_null("time_ms");
  if (!ms) return ms.error();
  std::optional<std::int64_t> at = *ms;
  if (!at) {
    const auto whole = root.integer_or_null("time");
    if (!whole) return whole.error();
    if (!*whole || **whole < 0 || **whole > std::int64_t{1} << 40) return std::optional<UtcTime>{};
    at = **whole * 1000;
  }
  const auto time = unix_time(*at);
  if (!time) return time.error();
  return std::optional{*time};
}

/// "error": null or {"code":2,"message":"unknown currency pair: …"}
void read_answer(JsonObject root, StreamBook& book) {
  const auto error = root.object("error");
  if (!error) return book.note(StreamNewsKind::accepted);
  const std::string code = std::to_string(error->integer("code").value_or(0));
  const std::string_view text = remark(*error, "message");
  book.refuse(stream_refusal(code, text), named_in(text, book));
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  if (remark(*root, "channel") != "spot.tickers") return {};
  const std::string_view event = remark(*root, "event");
  if (event == "subscribe") read_answer(*root, book);
  if (event != "update") return {};
  const auto result = root->object("result");
  if (!result) return result.error();
  const auto at = time_of(*root);
  if (!at) return at.error();
  return book.row(remark(*result, "currency_pair"), *result, kFields, TickForm::whole, *at);
}

std::string message(std::string_view channel, RequestStamp stamp, const std::string& rest) {
  return R"({"time":)" + std::to_string(to_unix_ms(stamp.now) / 1000) + R"(,"channel":")" +
         std::string{channel} + "\"" + rest + "}";
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  return {message("spot.tickers", stamp,
                  R"(,"event":"subscribe","payload":)" + json_list(symbols, spell))};
}

std::string ping(RequestStamp stamp) { return message("spot.ping", stamp, {}); }

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream gate_stream() {
  return {.name = "gate",
          .url = "wss://api.gateio.ws",
          .path = "/ws/v4/",
          .limits = {.symbols_per_connection = 200,
                     .symbols_per_request = 50,
                     .between_requests = milliseconds{500},
                     .between_connections = seconds{2},
                     .ping_every = seconds{15},
                     .longest_silence = seconds{40}},
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
