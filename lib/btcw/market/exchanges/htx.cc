// HTX (Huobi), spot:
// https://www.htx.com/en-us/opend/newApiPages/?id=7ec4a4da-7773-11ed-9966-0242ac110003
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

constexpr std::array kMergedFields{
    RowField{"close", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid", FieldKind::price, &TickerUpdate::bid, 0},
    RowField{"ask", FieldKind::price, &TickerUpdate::ask, 0},
    RowField{"open", FieldKind::price, &TickerUpdate::open},
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
    RowField{"amount", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"vol", FieldKind::volume, &TickerUpdate::quote_volume},
};
// open, high and low of the list are of the day in Singapore and not taken; its volumes are of 24
// hours.
constexpr std::array kListFields{
    RowField{"close", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"amount", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"vol", FieldKind::volume, &TickerUpdate::quote_volume},
};
constexpr std::string_view kList = "/market/tickers";
// A pair by itself tells more than in the list, and several calls at once are welcome.
constexpr std::size_t kPairsByName = 10;
constexpr milliseconds kLimitWait = seconds{20};  // counted by five minutes, 15 a second

std::string spell(const Symbol& symbol) { return lower_case(joined(symbol, "")); }

Error classify(JsonObject envelope, const HttpResponse& response) {
  const std::string_view code = remark(envelope, "err-code");
  const std::string_view text = remark(envelope, "err-msg");
  const std::string message = quoted(code) + ": " + quoted(text);
  const auto speaks_of = [text](std::string_view words) {
    return text.find(words) != std::string_view::npos;
  };
  if (speaks_of("429") || speaks_of("too many request")) {
    return {Errc::rate_limited, message, rate_limited(response, kLimitWait).retry_at};
  }
  if (speaks_of("symbol") || code == "base-symbol-error") return {Errc::not_found, message};
  if (code == "gateway-internal-error" || code == "base-system-error" || speaks_of("maintenance") ||
      speaks_of("system busy")) {
    return {Errc::unavailable, message};
  }
  return {Errc::rejected, message};
}

Result<RestAnswer> read_merged(const RestCall& call, JsonObject envelope) {
  const std::string name = spell(call.symbols.front());
  // "market.btcusdt.detail.merged" is all that names the pair.
  const auto channel = envelope.text("ch");
  if (!channel) return channel.error();
  if (*channel != "market." + name + ".detail.merged") {
    return Error{Errc::bad_data, "speaks of a pair not asked for: " + quoted(*channel)};
  }
  const auto tick = sole(envelope, "tick");
  if (!tick) return tick.error();
  const PairNames names = pair_names(call.symbols, spell);
  RowReader rows{names, {.symbol_key = {}, .fields = kMergedFields}, Unasked::refused};
  if (auto read = rows.read_named(name, *tick); !read) return std::move(read).error();
  return rows.take();
}

Result<RestAnswer> read_list(const RestCall& call, JsonObject envelope) {
  const auto data = sole(envelope, "data");
  if (!data) return data.error();
  const PairNames names = pair_names(call.symbols, spell);
  RowReader rows{names, {.symbol_key = "symbol", .fields = kListFields}, Unasked::passed_over};
  if (auto read = rows.read_list(*data); !read) return std::move(read).error();
  return rows.take();
}

Result<RestAnswer> read_rows(const RestCall& call, JsonObject envelope) {
  const auto ms = envelope.integer_or_null("ts");
  if (!ms) return ms.error();
  auto answer = call.target == kList ? read_list(call, envelope) : read_merged(call, envelope);
  if (!answer || !*ms) return answer;
  const auto time = unix_time(**ms);
  if (!time) return time.error();
  for (TickerUpdate& update : answer->updates) update.timestamp = *time;
  return answer;
}

}  // namespace

std::vector<RestCall> htx_calls(std::span<const Symbol> symbols) {
  std::vector<RestCall> calls;
  if (symbols.size() > kPairsByName) {
    calls.push_back({std::string{kList}, {symbols.begin(), symbols.end()}});
    return calls;
  }
  for (const Symbol& symbol : symbols) {
    calls.push_back({"/market/detail/merged?symbol=" + spell(symbol), {symbol}});
  }
  return calls;
}

Result<RestAnswer> htx_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  JsonReader reader;
  auto envelope = reader.read_object(response.body);
  if (!envelope) return unreadable(response, std::move(envelope).error());
  const auto status = envelope->text("status");
  if (!status) return unreadable(response, status.error());
  if (*status == "error") return classify(*envelope, response);
  if (response.status != 200) return unreadable(response, {});
  auto answer = read_rows(call, *envelope);
  if (!answer) return unreadable(response, std::move(answer).error());
  return answer;
}

}  // namespace btcw
