// Crypto.com Exchange, spot:
// https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html#public-get-tickers
#include <array>

#include "btcw/market/exchanges/answer.h"
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
    case 42901: {
      Error limited = refusal(Errc::rate_limited, code, text);
      limited.retry_at = rate_limited(response, kLimitWait).retry_at;
      return limited;
    }
    case 10001:
    case 50001:
    case 9010001:
      return refusal(Errc::unavailable, code, text);
    default:
      return refusal(Errc::rejected, code, text);
  }
}

Result<std::int64_t> code_of(JsonObject envelope) {
  const auto code = sole(envelope, "code");
  if (!code) return code.error();
  return code->integer();
}

Result<RestAnswer> read_rows(const RestCall& call, JsonObject envelope) {
  const auto member = sole(envelope, "result");
  if (!member) return member.error();
  const auto result = member->object();
  if (!result) return result.error();
  const auto data = sole(*result, "data");
  if (!data) return data.error();
  const PairNames names = pair_names(call.symbols, spell);
  RowReader rows{names, kRow, call.target == kPath ? Unasked::passed_over : Unasked::refused};
  if (auto read = rows.read_list(*data); !read) return std::move(read).error();
  return rows.take();
}

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
  JsonReader reader;
  auto envelope = reader.read_object(response.body);
  if (!envelope) return unreadable(response, std::move(envelope).error());
  auto code = code_of(*envelope);
  if (!code) return unreadable(response, std::move(code).error());
  if (*code != 0) return classify(*code, remark(*envelope, "message"), response);
  if (response.status != 200) return unreadable(response, {});
  auto answer = read_rows(call, *envelope);
  if (!answer) return unreadable(response, std::move(answer).error());
  return answer;
}

}  // namespace btcw
