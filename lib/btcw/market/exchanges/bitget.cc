// Bitget, spot: https://www.bitget.com/api-doc/spot/market/Get-Tickers
#include <array>

#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// openUtc and changeUtc24h are of the calendar day and not taken.
constexpr std::array kFields{
    RowField{"lastPr", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bidPr", FieldKind::price, &TickerUpdate::bid},
    RowField{"askPr", FieldKind::price, &TickerUpdate::ask},
    RowField{"open", FieldKind::price, &TickerUpdate::open},
    RowField{"high24h", FieldKind::price, &TickerUpdate::high},
    RowField{"low24h", FieldKind::price, &TickerUpdate::low},
    RowField{"change24h", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"baseVolume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"quoteVolume", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"ts", FieldKind::unix_ms},
};
constexpr RowForm kRow{.symbol_key = "symbol", .fields = kFields};
constexpr std::string_view kPath = "/api/v2/spot/market/tickers";
constexpr milliseconds kLimitWait = seconds{5};  // counted by the second

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }

Error classify(std::int64_t code, std::string_view text, const HttpResponse& response) {
  switch (code) {
    case 40034:  // a parameter that does not exist; the symbol is the only one that varies
    case 40309:  // removed
      return refusal(Errc::not_found, code, text);
    case 429:
    case 30007:
      return limited_by_code(response, code, text, kLimitWait);
    case 40010:
    case 40015:
    case 40200:
    case 40725:
    case 45001:
      return refusal(Errc::unavailable, code, text);
    default:
      return refusal(Errc::rejected, code, text);
  }
}

Result<RestAnswer> read_rows(const RestCall& call, JsonObject envelope) {
  const auto data = sole(envelope, "data");
  if (!data) return data.error();
  return read_row_list(call, spell, kRow, *data);
}

constexpr CodedEnvelope kEnvelope{.code_key = "code",
                                  .good_code = 0,
                                  .text_key = "msg",
                                  .classify = classify,
                                  .read_rows = read_rows};

}  // namespace

std::vector<RestCall> bitget_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  std::string target{kPath};
  // There is no call for several pairs: it is all of them or one.
  if (symbols.size() == 1) target += "?symbol=" + spell(symbols.front());
  return {{std::move(target), {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> bitget_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_coded(call, response, kEnvelope);
}

}  // namespace btcw
