// MEXC, spot version 3: https://www.mexc.com/api-docs/spot-v3/websocket-market-streams
// Answers are JSON, prices are Protocol Buffers: https://github.com/mexcdevelop/websocket-proto
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/protobuf_fields.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

// Of PushDataV3ApiWrapper.
constexpr std::uint32_t kChannel = 1;
constexpr std::uint32_t kSymbol = 3;
constexpr std::uint32_t kCreateTime = 5;
constexpr std::uint32_t kSendTime = 6;
constexpr std::uint32_t kBookTicker = 305;
constexpr std::uint32_t kMiniTicker = 309;
constexpr std::uint32_t kAggregatedBookTicker = 315;

/// A field of an inner message: all of them are texts.
struct TextField {
  std::uint32_t number;
  FieldKind kind;
  std::optional<Decimal> TickerUpdate::*place;
};
// 3 is the change of the day at UTC+8; 4 that of the zone asked for, which is the last 24 hours.
constexpr std::array kMiniFields{
    TextField{2, FieldKind::last_price, &TickerUpdate::last},
    TextField{4, FieldKind::ratio, &TickerUpdate::percentage},
    TextField{5, FieldKind::price, &TickerUpdate::high},
    TextField{6, FieldKind::price, &TickerUpdate::low},
    TextField{7, FieldKind::volume, &TickerUpdate::quote_volume},
    TextField{8, FieldKind::volume, &TickerUpdate::base_volume},
};
constexpr std::array kBookFields{
    TextField{1, FieldKind::price, &TickerUpdate::bid},
    TextField{3, FieldKind::price, &TickerUpdate::ask},
};

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }

Result<void> put(const TextField& field, std::string_view text, TickerUpdate& update) {
  if (text.empty()) return {};
  const bool exact = field.kind == FieldKind::price || field.kind == FieldKind::last_price;
  auto number = exact ? Decimal::parse(text) : Decimal::parse_rounded(text);
  if (number && field.kind == FieldKind::ratio) number = number->times_power_of_ten(2);
  if (!number) return std::move(number).error();
  if (number->is_negative() && field.kind != FieldKind::ratio) {
    return Error{Errc::bad_data, "it is negative"};
  }
  if (field.kind == FieldKind::price && number->is_zero()) return {};
  update.*field.place = *number;
  return {};
}

Result<void> read_body(std::string_view body, std::span<const TextField> fields,
                       TickerUpdate& update) {
  ProtobufFields inner{body};
  for (;;) {
    const auto field = inner.next();
    if (!field) return field.error();
    if (!*field) return {};
    for (const TextField& wanted : fields) {
      if (wanted.number != (*field)->number) continue;
      auto done = put(wanted, (*field)->bytes, update);
      if (!done) return std::move(done).within("field " + std::to_string(wanted.number));
    }
  }
}

/// The parts of a wrapper that are looked at.
struct Push {
  std::string_view symbol = {};
  std::optional<std::int64_t> at = std::nullopt;
  std::string_view body = {};
  std::span<const TextField> fields = {};
};

void put(const ProtobufField& field, Push& push) {
  switch (field.number) {
    case kSymbol:
      push.symbol = field.bytes;
      break;
    case kCreateTime:
    case kSendTime:
      // When it was made goes before when it was sent.
      if (!push.at || field.number == kCreateTime) push.at = static_cast<std::int64_t>(field.value);
      break;
    case kMiniTicker:
      push.body = field.bytes;
      push.fields = kMiniFields;
      break;
    case kBookTicker:
    case kAggregatedBookTicker:
      push.body = field.bytes;
      push.fields = kBookFields;
      break;
    default:
      break;
  }
}

Result<void> read_push(std::string_view frame, StreamBook& book) {
  ProtobufFields outer{frame};
  Push push;
  bool named = false;
  for (;;) {
    const auto field = outer.next();
    if (!field) return field.error();
    if (!*field) break;
    named = named || ((*field)->number == kChannel && !(*field)->bytes.empty());
    put(**field, push);
  }
  if (!named) return Error{Errc::bad_data, "protobuf: no channel"};
  const auto pair = book.find(push.symbol);
  if (!pair || push.fields.empty()) return {};
  TickerUpdate update{.symbol = book.symbol(*pair)};
  if (push.at) {
    const auto at = unix_time(*push.at);
    if (!at) return at.error();
    update.timestamp = *at;
  }
  auto read = read_body(push.body, push.fields, update);
  if (!read) return read;
  book.tick(*pair, update, TickForm::part);
  return {};
}

/// {"id":1,"code":0,"msg":"spot@public.miniTicker.v3.api.pb@BTCUSDT@24H"}, {…,"msg":"PONG"}, and
/// of what it refuses "Not Subscribed successfully! [spot@…]. Reason: Blocked!"
Result<void> read_answer(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  const std::string_view text = remark(*root, "msg");
  if (text == "PONG") return {};
  const std::int64_t code = root->integer("code").value_or(0);
  if (code == 0 && text.find("Not Subscribed") == std::string_view::npos) {
    book.note(StreamNewsKind::accepted);
    return {};
  }
  book.refuse(stream_refusal(std::to_string(code), text));
  return {};
}

// A message begins with its field 1, a text, whose first byte is a line feed: never a brace.
Result<void> read_frame(std::string_view frame, StreamBook& book) {
  if (frame.starts_with('{')) return read_answer(frame, book);
  return read_push(frame, book);
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  std::string params = json_list(symbols, spell, "spot@public.miniTicker.v3.api.pb@", "@24H");
  params.back() = ',';
  params += json_list(symbols, spell, "spot@public.aggre.bookTicker.v3.api.pb@100ms@").substr(1);
  return {R"({"method":"SUBSCRIPTION","params":)" + params + R"(,"id":)" +
          std::to_string(stamp.number) + "}"};
}

std::string ping(RequestStamp) { return R"({"method":"PING"})"; }

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream mexc_stream() {
  // It takes 30 subscriptions a connection, and ends one after 60 s without data and after 24 h.
  return {.name = "mexc",
          .url = "wss://wbs-api.mexc.com",
          .path = "/ws",
          .limits = {.symbols_per_connection = 15,
                     .symbols_per_request = 15,
                     .between_requests = milliseconds{200},
                     .between_connections = seconds{2},
                     .ping_every = seconds{20},
                     .longest_silence = seconds{45},
                     .longest_life = std::chrono::hours{24}},
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader};
}

}  // namespace btcw
