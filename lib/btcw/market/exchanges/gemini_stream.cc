// Gemini: https://docs.gemini.com/websocket/introduction
// It has no ticker of 24 hours: the last price comes from the trades, bid and ask from the best
// level of the book.
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

// A side without an order is "".
constexpr std::array kBook{
    RowField{"b", FieldKind::price, &TickerUpdate::bid},
    RowField{"a", FieldKind::price, &TickerUpdate::ask},
};
constexpr std::array kTrade{
    RowField{"p", FieldKind::last_price, &TickerUpdate::last},
};
constexpr std::int64_t kNanosecondsPerMs = 1'000'000;

std::string spell(const Symbol& symbol) { return lower_case(joined(symbol, "")); }

/// {"id":"1","status":400,"error":{"code":-1013,"msg":"…"}}
void read_answer(JsonObject root, StreamBook& book) {
  const auto error = root.object("error");
  if (!error) return book.note(StreamNewsKind::accepted);
  const std::string code = std::to_string(error->integer("code").value_or(0));
  book.refuse(stream_refusal(code, remark(*error, "msg")));
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  const std::string_view pair = remark(*root, "s");
  if (pair.empty()) {
    if (root->find("id")) read_answer(*root, book);
    return {};
  }
  const auto nanoseconds = root->integer("E");
  if (!nanoseconds) return nanoseconds.error();
  const auto at = unix_time(*nanoseconds / kNanosecondsPerMs);
  if (!at) return at.error();
  const std::string native = lower_case(pair);
  if (root->find("p")) return book.row(native, *root, kTrade, TickForm::part, *at);
  if (root->find("u")) return book.row(native, *root, kBook, TickForm::part, *at);
  return {};
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  std::string params = json_list(symbols, spell, {}, "@bookTicker");
  params.back() = ',';
  params += json_list(symbols, spell, {}, "@trade").substr(1);
  return {R"({"id":")" + std::to_string(stamp.number) + R"(","method":"subscribe","params":)" +
          params + "}"};
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream gemini_stream() {
  return {.name = "gemini",
          .url = "wss://ws.gemini.com",
          .path = "/",
          .limits = {.symbols_per_connection = 100,
                     .symbols_per_request = 25,
                     .between_requests = milliseconds{500},
                     .between_connections = seconds{2},
                     .ping_every = seconds{20},
                     .longest_silence = seconds{45}},
          .day = StreamDay::asked_for,
          .subscribe = subscribe,
          .make_reader = make_reader};
}

}  // namespace btcw
