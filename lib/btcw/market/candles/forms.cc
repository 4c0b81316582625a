// Sources, beside those of exchanges/NAME.cc: the reference of each exchange for the path that
// stands here, and where that says nothing of order, units or the length of a day, what ccxt's
// fetchOHLCV of the exchange makes of the answer (https://github.com/ccxt/ccxt/tree/master/ts/src).
#include "btcw/market/candles/forms.h"

#include <algorithm>

#include "btcw/market/exchanges/asset_codes.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

using Unit = CandleForm::Unit;
using Lengths = std::array<std::string_view, kCandleLengths.size()>;

std::string plain(const Symbol& symbol) { return joined(symbol, ""); }
std::string plain_lower(const Symbol& symbol) { return lower_case(joined(symbol, "")); }
std::string dashed(const Symbol& symbol) { return joined(symbol, "-"); }
std::string underscored(const Symbol& symbol) { return joined(symbol, "_"); }
std::string of_kraken(const Symbol& symbol) {
  return std::string{own_code("kraken", symbol.base())}.append(own_code("kraken", symbol.quote()));
}
/// "BTCUST", with a colon where a code is longer than three.
std::string of_bitfinex(const Symbol& symbol) {
  const std::string_view base = own_code("bitfinex", symbol.base());
  const std::string_view quote = own_code("bitfinex", symbol.quote());
  const std::string_view between = base.size() > 3 || quote.size() > 3 ? ":" : "";
  return std::string{base}.append(between).append(quote);
}

constexpr Lengths kShort{"1m", "5m", "15m", "30m", "1h", "4h", "1d"};
constexpr Lengths kMinutes{"1", "5", "15", "30", "60", "240", "1440"};
constexpr Lengths kSeconds{"60", "300", "900", "1800", "3600", "14400", "86400"};

constexpr CandleForm binance_form(std::string_view exchange) {
  return {.exchange = exchange,
          .target = "/api/v3/klines?symbol={pair}&interval={length}&limit={count}",
          .spell = plain,
          .lengths = kShort,
          .most = 1000};
}

constexpr std::array kForms{
    binance_form("binance"),
    // 300 without being told how many; what is not traded has no row.
    CandleForm{.exchange = "coinbase",
               .target = "/products/{pair}/candles?granularity={length}",
               .spell = dashed,
               .lengths = {"60", "300", "900", "", "3600", "", "86400"},
               .most = 300,
               .unit = Unit::unix_s,
               .places = {0, 3, 2, 1, 4}},
    // Always 720; beside the rows stands "last", the time of the last but one.
    CandleForm{.exchange = "kraken",
               .target = "/0/public/OHLC?pair={pair}&interval={length}",
               .spell = of_kraken,
               .lengths = kMinutes,
               .most = 720,
               .path = {"result", "*"},
               .unit = Unit::unix_s},
    // 1D would begin at midnight in Hong Kong.
    CandleForm{.exchange = "okx",
               .target = "/api/v5/market/candles?instId={pair}&bar={length}&limit={count}",
               .spell = dashed,
               .lengths = {"1m", "5m", "15m", "30m", "1H", "4H", "1Dutc"},
               .most = 300,
               .path = {"data"}},
    CandleForm{
        .exchange = "bybit",
        .target = "/v5/market/kline?category=spot&symbol={pair}&interval={length}&limit={count}",
        .spell = plain,
        .lengths = {"1", "5", "15", "30", "60", "240", "D"},
        .most = 1000,
        .path = {"result", "list"}},
    CandleForm{.exchange = "bitstamp",
               .target = "/api/v2/ohlc/{pair}/?step={length}&limit={count}",
               .spell = plain_lower,
               .lengths = kSeconds,
               .most = 1000,
               .path = {"data", "ohlc"},
               .unit = Unit::unix_s,
               .keys = {"timestamp", "open", "high", "low", "close"}},
    binance_form("binanceus"),
    // As many as it likes. When its longer ones begin is not written.
    CandleForm{.exchange = "gemini",
               .target = "/v2/candles/{pair}/{length}",
               .spell = plain_lower,
               .lengths = {"1m", "5m", "15m", "30m", "1hr", "", ""},
               .most = 1000},
    CandleForm{
        .exchange = "kucoin",
        .target = "/api/v1/market/candles?symbol={pair}&type={length}&startAt={from}&endAt={to}",
        .spell = dashed,
        .lengths = {"1min", "5min", "15min", "30min", "1hour", "4hour", "1day"},
        .most = 1500,
        .path = {"data"},
        .unit = Unit::unix_s,
        .places = {0, 1, 3, 4, 2}},
    CandleForm{
        .exchange = "gate",
        .target = "/api/v4/spot/candlesticks?currency_pair={pair}&interval={length}&limit={count}",
        .spell = underscored,
        .lengths = kShort,
        .most = 1000,
        .unit = Unit::unix_s,
        .places = {0, 5, 3, 4, 2}},
    // Its days begin at midnight in Singapore.
    CandleForm{.exchange = "htx",
               .target = "/market/history/kline?symbol={pair}&period={length}&size={count}",
               .spell = plain_lower,
               .lengths = {"1min", "5min", "15min", "30min", "60min", "4hour", ""},
               .most = 2000,
               .path = {"data"},
               .unit = Unit::unix_s,
               .keys = {"id", "open", "high", "low", "close"}},
    // What is not traded has no row.
    CandleForm{.exchange = "bitfinex",
               .target = "/v2/candles/trade:{length}:t{pair}/hist?limit={count}",
               .spell = of_bitfinex,
               .lengths = {"1m", "5m", "15m", "30m", "1h", "", "1D"},
               .most = 1000,
               .places = {0, 1, 3, 4, 2}},
    CandleForm{.exchange = "mexc",
               .target = "/api/v3/klines?symbol={pair}&interval={length}&limit={count}",
               .spell = plain,
               .lengths = {"1m", "5m", "15m", "30m", "60m", "4h", "1d"},
               .most = 500},
    // 1day would begin at midnight in Singapore.
    CandleForm{
        .exchange = "bitget",
        .target = "/api/v2/spot/market/candles?symbol={pair}&granularity={length}&limit={count}",
        .spell = plain,
        .lengths = {"1min", "5min", "15min", "30min", "1h", "4h", "1Dutc"},
        .most = 1000,
        .path = {"data"}},
    CandleForm{.exchange = "cryptocom",
               .target = "/exchange/v1/public/get-candlestick?instrument_name={pair}"
                         "&timeframe={length}&count={count}",
               .spell = underscored,
               .lengths = {"1m", "5m", "15m", "30m", "1h", "4h", "1D"},
               .most = 300,
               .path = {"result", "data"},
               .keys = {"t", "o", "h", "l", "c"}},
};

}  // namespace

std::span<const CandleForm> candle_forms() { return kForms; }

const CandleForm* find_candle_form(std::string_view exchange) {
  const auto found = std::find_if(kForms.begin(), kForms.end(), [exchange](const CandleForm& each) {
    return each.exchange == exchange;
  });
  return found == kForms.end() ? nullptr : &*found;
}

std::optional<std::size_t> length_for(const CandleForm& form, milliseconds interval) {
  for (std::size_t length = kCandleLengths.size(); length-- > 0;) {
    const bool fits =
        interval > milliseconds{0} && interval % kCandleLengths[length] == milliseconds{0};
    if (fits && !form.lengths[length].empty()) return length;
  }
  return std::nullopt;
}

std::string candle_target(const CandleForm& form, const Symbol& symbol, std::size_t length,
                          int count, UtcTime now) {
  const UtcTime from = now - kCandleLengths[length] * count;
  const auto in_seconds = [](UtcTime time) {
    return std::to_string(std::chrono::floor<seconds>(time).time_since_epoch().count());
  };
  std::string target;
  std::string_view rest = form.target;
  while (!rest.empty()) {
    const auto open = std::min(rest.find('{'), rest.size());
    target.append(rest.substr(0, open));
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const auto close = rest.find('}');
    const std::string_view name = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    if (name == "pair") target.append(form.spell(symbol));
    if (name == "length") target.append(form.lengths[length]);
    if (name == "count") target.append(std::to_string(count));
    if (name == "from") target.append(in_seconds(from));
    if (name == "to") target.append(in_seconds(now));
  }
  return target;
}

}  // namespace btcw
