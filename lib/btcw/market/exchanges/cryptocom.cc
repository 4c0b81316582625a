// Crypto.com Exchange, spot:
// https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html#public-get-tickers
#include <array>

#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// `vv` is in US dollars whatever the pair is quoted in, and not taken.
constexpr std::array kFields{
    RowField{"a", FieldKind::last_price, &TickerUpdate::last},
    RowField{"b", FieldKind::price, &TickerUpdate::bid},
    RowField{"k", FieldKind::price, &TickerUpdate::ask},
    RowField{"h", FieldKind::price, &TickerUpdate::high},
    RowField{"l", FieldKind::price, &TickerUpdate::low},
    RowField{"c", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"v", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"t", FieldKind::unix_ms},
};
constexpr RowForm kRow{.symbol_key = "i", .fields = kFields};
constexpr std::string_view kPath = "/exchange/v1/public/get-tickers";
constexpr milliseconds kLimitWait = seconds{5};  // counted by the second

std::string spell(const Symbol& symbol) { return joined(symbol, "_"); }

Error classify(std::int64_t code, std::string_view text, const HttpResponse& response) {
  switch (code) {
    case 30003:
    case 40004:  // a parameter it cannot use; the instrument is the only one that varies
      return refusal(Errc::not_found, code, text);
    case 10006:
    case 42901:
      return limited_by_code(response, code, text, kLimitWait);
    case 10001:
    case 50001:
    case 9010001:
      return refusal(Errc::unavailable, code, text);
    default:
      return refusal(Errc::rejected, code, text);
  }
}

Result<RestAnswer> read_rows(const RestCall& call, JsonObject envelope) {
  const auto member = sole(envelope, "result");
  if (!member) return member.error();
  const auto result = member->object();
  if (!result) return result.error();
  const auto data = sole(*result, "data");
  if (!data) return data.error();
  return read_row_list(call, spell, kRow, *data);
}

constexpr CodedEnvelope kEnvelope{.code_key = "code",
                                  .good_code = 0,
                                  .text_key = "message",
                                  .classify = classify,
                                  .read_rows = read_rows};

}  // namespace

std::vector<RestCall> cryptocom_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  std::string target{kPath};
  // There is no call for several pairs: it is all of them or one.
  if (symbols.size() == 1) target += "?instrument_name=" + spell(symbols.front());
  return {{std::move(target), {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> cryptocom_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_coded(call, response, kEnvelope);
}

}  // namespace btcw
