// OKX, spot: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker
#include <array>

#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// sodUtc0 and sodUtc8 are of the calendar day and not taken.
constexpr std::array kFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bidPx", FieldKind::price, &TickerUpdate::bid},
    RowField{"askPx", FieldKind::price, &TickerUpdate::ask},
    RowField{"open24h", FieldKind::price, &TickerUpdate::open},
    RowField{"high24h", FieldKind::price, &TickerUpdate::high},
    RowField{"low24h", FieldKind::price, &TickerUpdate::low},
    RowField{"vol24h", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"volCcy24h", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"ts", FieldKind::unix_ms},
};
constexpr RowForm kRow{.symbol_key = "instId", .fields = kFields};
constexpr milliseconds kLimitWait = seconds{5};  // counted by two seconds

std::string spell(const Symbol& symbol) { return joined(symbol, "-"); }

Error classify(std::int64_t code, std::string_view text, const HttpResponse& response) {
  switch (code) {
    case 51000:  // a parameter it cannot read; instId is the only one that varies
    case 51001:
    case 51015:
      return refusal(Errc::not_found, code, text);
    case 50011:
    case 50040:
    case 50061:
      return limited_by_code(response, code, text, kLimitWait);
    case 50001:
    case 50004:
    case 50005:
    case 50013:
    case 50026:
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

std::vector<RestCall> okx_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  if (symbols.size() == 1) {
    return {{"/api/v5/market/ticker?instId=" + spell(symbols.front()), {symbols.front()}}};
  }
  // There is no call for several pairs: it is all of them or one.
  return {{"/api/v5/market/tickers?instType=SPOT", {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> okx_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_coded(call, response, kEnvelope);
}

}  // namespace btcw
