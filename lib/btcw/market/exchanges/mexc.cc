// MEXC, spot: https://www.mexc.com/api-docs/spot-v3/market-data-endpoints
#include <array>

#include "btcw/market/exchanges/bare_answer.h"
#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// The names are Binance's, but the change is a ratio.
constexpr std::array kFields{
    RowField{"lastPrice", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bidPrice", FieldKind::price, &TickerUpdate::bid},
    RowField{"askPrice", FieldKind::price, &TickerUpdate::ask},
    RowField{"openPrice", FieldKind::price, &TickerUpdate::open},
    RowField{"highPrice", FieldKind::price, &TickerUpdate::high},
    RowField{"lowPrice", FieldKind::price, &TickerUpdate::low},
    RowField{"priceChangePercent", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"volume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"quoteVolume", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"closeTime", FieldKind::unix_ms},
};
constexpr RowForm kRow{.symbol_key = "symbol", .fields = kFields};
constexpr std::string_view kPath = "/api/v3/ticker/24hr";
// A pair weighs 1 and all of them 40, which is also as much traffic as some hundred pairs.
constexpr std::size_t kPairsByName = 20;
constexpr int kWeightOfAll = 40;
constexpr milliseconds kLimitWait = seconds{10};  // the window in which weights are counted

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }

/// {"code":-1121,"msg":"Invalid symbol."}
std::optional<Error> find_error(JsonValue root, const HttpResponse& response) {
  const auto object = root.object();
  if (!object) return std::nullopt;
  const auto code = object->integer_or_null("code");
  if (!code || !*code) return std::nullopt;
  const std::string_view text = remark(*object, "msg");
  switch (**code) {
    case -1121:
    case 10007:
    case 30014:
      return refusal(Errc::not_found, **code, text);
    case 429:
    case 510:
      return limited_by_code(response, **code, text, kLimitWait);
    case 500:
    case 503:
    case 504:
      return refusal(Errc::unavailable, **code, text);
    default:
      return refusal(Errc::rejected, **code, text);
  }
}

Result<RestAnswer> read_rows(const RestCall& call, JsonValue root) {
  const PairNames names = pair_names(call.symbols, spell);
  const bool all = call.target == kPath;
  RowReader rows{names, kRow, all ? Unasked::passed_over : Unasked::refused};
  auto read = all ? rows.read_list(root) : rows.read(root);
  if (!read) return std::move(read).error();
  return rows.take();
}

}  // namespace

std::vector<RestCall> mexc_calls(std::span<const Symbol> symbols) {
  std::vector<RestCall> calls;
  if (symbols.size() > kPairsByName) {
    calls.push_back({std::string{kPath}, {symbols.begin(), symbols.end()}, 0, kWeightOfAll});
    return calls;
  }
  for (const Symbol& symbol : symbols) {
    std::string target{kPath};
    target.append("?symbol=").append(spell(symbol));
    calls.push_back({std::move(target), {symbol}});
  }
  return calls;
}

Result<RestAnswer> mexc_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_bare(call, response, {find_error, read_rows});
}

}  // namespace btcw
