// Crypto.com Exchange:
// https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html#ticker-instrument_name
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

// vv is in US dollars, whatever the quote.
constexpr std::array kFields{
    RowField{"a", FieldKind::last_price, &TickerUpdate::last},
    RowField{"b", FieldKind::price, &TickerUpdate::bid},
    RowField{"k", FieldKind::price, &TickerUpdate::ask},
    RowField{"h", FieldKind::price, &TickerUpdate::high},
    RowField{"l", FieldKind::price, &TickerUpdate::low},
    RowField{"v", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"c", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"t", FieldKind::unix_ms},
};

std::string spell(const Symbol& symbol) { return joined(symbol, "_"); }

/// {"id":17,"method":"public/heartbeat","code":0}
Result<void> answer_heartbeat(JsonObject root, StreamBook& book) {
  const auto id = root.integer("id");
  if (!id) return id.error();
  book.reply(R"({"id":)" + std::to_string(*id) + R"(,"method":"public/respond-heartbeat"})");
  return {};
}

Result<void> read_rows(JsonObject result, StreamBook& book) {
  const std::string_view pair = remark(result, "instrument_name");
  const auto rows = result.array("data");
  if (!rows) return rows.error();
  for (const JsonValue each : *rows) {
    const auto row = each.object();
    if (!row) return row.error();
    const std::string_view own = remark(*row, "i");
    auto done = book.row(own.empty() ? pair : own, *row, kFields, TickForm::whole);
    if (!done) return done;
  }
  return {};
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  const std::string_view method = remark(*root, "method");
  if (method == "public/heartbeat") return answer_heartbeat(*root, book);
  if (method != "subscribe") return {};
  const auto code = root->integer_or_null("code");
  if (!code) return code.error();
  if (code->value_or(0) != 0) {
    const std::string_view text = remark(*root, "message");
    book.refuse(stream_refusal(std::to_string(**code), text),
                text.starts_with("Unknown symbol") ? named_in(text, book) : std::string_view{});
    return {};
  }
  book.note(StreamNewsKind::accepted);
  const auto result = root->object("result");
  if (!result) return {};
  return read_rows(*result, book);
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  return {R"({"id":)" + std::to_string(stamp.number) +
          R"(,"method":"subscribe","params":{"channels":)" + json_list(symbols, spell, "ticker.") +
          R"(},"nonce":)" + std::to_string(to_unix_ms(stamp.now)) + "}"};
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream cryptocom_stream() {
  // It wants a second of rest after the connect, takes 100 requests a second, and sends a heartbeat
  // every 30 s that wants an answer.
  return {.name = "cryptocom",
          .url = "wss://stream.crypto.com",
          .path = "/exchange/v1/market",
          .limits = {.symbols_per_connection = 200,
                     .symbols_per_request = 50,
                     .between_requests = milliseconds{200},
                     .between_connections = seconds{2},
                     .longest_silence = seconds{75},
                     .before_requests = seconds{1}},
          .subscribe = subscribe,
          .make_reader = make_reader};
}

}  // namespace btcw
