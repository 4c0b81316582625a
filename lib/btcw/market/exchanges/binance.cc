// Binance and Binance US, spot:
// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
#include <algorithm>
#include <array>
#include <charconv>

#include "btcw/market/exchanges/bare_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

constexpr std::string_view kPath = "/api/v3/ticker/24hr";
// A call weighs 2 for up to 20 symbols, 40 for up to 100 and 80 for all there are: five calls of
// twenty weigh a quarter of one of a hundred.
constexpr std::size_t kSymbolsPerCall = 20;
constexpr std::size_t kAllPaysFrom = 40 * kSymbolsPerCall + 1;
constexpr int kWeightOfAll = 40;                  // in calls of twenty symbols
constexpr milliseconds kLimitWait = seconds{60};  // weights are counted by the minute

constexpr std::array kFields{
    RowField{"lastPrice", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bidPrice", FieldKind::price, &TickerUpdate::bid},
    RowField{"askPrice", FieldKind::price, &TickerUpdate::ask},
    RowField{"openPrice", FieldKind::price, &TickerUpdate::open},
    RowField{"highPrice", FieldKind::price, &TickerUpdate::high},
    RowField{"lowPrice", FieldKind::price, &TickerUpdate::low},
    RowField{"priceChangePercent", FieldKind::percent, &TickerUpdate::percentage},
    RowField{"volume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"quoteVolume", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"closeTime", FieldKind::unix_ms},
};
constexpr RowForm kRow{.symbol_key = "symbol", .fields = kFields};

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }

/// "?symbol=BTCUSDT", or '?symbols=["BTCUSDT","ETHUSDT"]' percent-encoded.
std::string query(std::span<const Symbol> symbols) {
  if (symbols.size() == 1) return "?symbol=" + spell(symbols.front());
  std::string list;
  for (const Symbol& symbol : symbols) {
    if (!list.empty()) list += ',';
    list += "%22" + spell(symbol) + "%22";
  }
  return "?symbols=%5B" + list + "%5D";
}

/// "…; IP banned until 1659146400000. …"
std::optional<UtcTime> banned_until(std::string_view text) {
  constexpr std::string_view kMark = "banned until ";
  const auto at = text.find(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kMark.size());
  std::int64_t ms = 0;
  std::from_chars(text.data(), text.data() + text.size(), ms);
  const auto until = unix_time(ms);
  return until ? std::optional{*until} : std::nullopt;
}

/// The ban's end stands in the text, too, and there it is exact.
Error lengthened(Error limited, const HttpResponse& response) {
  if (limited.code != Errc::rate_limited) return limited;
  if (const auto until = banned_until(response.body)) {
    limited.retry_at = std::max(limited.retry_at, std::optional{*until});
  }
  return limited;
}

/// {"code":-1121,"msg":"Invalid symbol."}
Error classify(std::int64_t code, std::string_view text, const HttpResponse& response) {
  switch (code) {
    case -1121:
      return refusal(Errc::not_found, code, text);
    case -1100: {
      // A code with too many or odd characters; the parameter's name tells it from other misuse.
      const bool symbol = text.find("'symbol") != std::string_view::npos;
      return refusal(symbol ? Errc::not_found : Errc::rejected, code, text);
    }
    case -1003: {
      Error limited = refusal(Errc::rate_limited, code, text);
      limited.retry_at = rate_limited(response, kLimitWait).retry_at;
      return lengthened(std::move(limited), response);
    }
    case -1000:
    case -1001:
    case -1006:
    case -1007:
    case -1016:
      return refusal(Errc::unavailable, code, text);
    default:
      return refusal(Errc::rejected, code, text);
  }
}

/// The error that a body is; nullopt: it is something else.
std::optional<Error> find_error(JsonValue root, const HttpResponse& response) {
  const auto object = root.object();
  if (!object) return std::nullopt;
  const auto code = object->integer_or_null("code");
  if (!code || !*code) return std::nullopt;
  return classify(**code, remark(*object, "msg"), response);
}

Result<RestAnswer> read_rows(const RestCall& call, JsonValue root) {
  const PairNames names = pair_names(call.symbols, spell);
  RowReader rows{names, kRow, call.target == kPath ? Unasked::passed_over : Unasked::refused};
  // An object for one symbol, an array for several.
  auto read = root.kind() == JsonKind::array ? rows.read_list(root) : rows.read(root);
  if (!read) return std::move(read).error();
  return rows.take();
}

}  // namespace

std::vector<RestCall> binance_calls(std::span<const Symbol> symbols) {
  std::vector<RestCall> calls;
  if (symbols.size() >= kAllPaysFrom) {
    calls.push_back({std::string{kPath}, {symbols.begin(), symbols.end()}, 0, kWeightOfAll});
    return calls;
  }
  while (!symbols.empty()) {
    const auto some = symbols.first(std::min(symbols.size(), kSymbolsPerCall));
    symbols = symbols.subspan(some.size());
    std::string target{kPath};
    target += query(some);
    calls.push_back({std::move(target), {some.begin(), some.end()}});
  }
  return calls;
}

Result<RestAnswer> binance_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) {
    return lengthened(*std::move(refused), response);
  }
  return read_bare(call, response, {find_error, read_rows});
}

std::vector<RestCall> binanceus_calls(std::span<const Symbol> symbols) {
  return binance_calls(symbols);
}

Result<RestAnswer> binanceus_read(const RestCall& call, const HttpResponse& response) {
  return binance_read(call, response);
}

}  // namespace btcw
