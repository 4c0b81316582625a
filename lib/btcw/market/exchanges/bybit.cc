// Bybit, spot: https://bybit-exchange.github.io/docs/v5/market/tickers
#include <algorithm>
#include <array>

#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

constexpr std::array kFields{
    RowField{"lastPrice", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid1Price", FieldKind::price, &TickerUpdate::bid},
    RowField{"ask1Price", FieldKind::price, &TickerUpdate::ask},
    RowField{"prevPrice24h", FieldKind::price, &TickerUpdate::open},
    RowField{"highPrice24h", FieldKind::price, &TickerUpdate::high},
    RowField{"lowPrice24h", FieldKind::price, &TickerUpdate::low},
    RowField{"price24hPcnt", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"volume24h", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"turnover24h", FieldKind::volume, &TickerUpdate::quote_volume},
};
constexpr RowForm kRow{.symbol_key = "symbol", .fields = kFields};
constexpr std::string_view kPath = "/v5/market/tickers?category=spot";
constexpr milliseconds kLimitWait = seconds{10};  // counted by five seconds
constexpr milliseconds kBan = std::chrono::minutes{10};

std::string spell(const Symbol& symbol) { return joined(symbol, ""); }

Error classify(std::int64_t code, std::string_view text, const HttpResponse& response) {
  switch (code) {
    case 10001:  // a parameter it cannot use; the symbol is the only one that varies
      return refusal(Errc::not_found, code, text);
    case 10006:
    case 10018: {
      Error limited = refusal(Errc::rate_limited, code, text);
      limited.retry_at =
          reset_time(response, "x-bapi-limit-reset-timestamp", ResetForm::unix_ms, kLimitWait);
      return limited;
    }
    case 10009: {
      Error banned = refusal(Errc::rate_limited, code, text);
      banned.retry_at = response.received + kBan;
      return banned;
    }
    case 10000:
    case 10016:
    case 10019:
      return refusal(Errc::unavailable, code, text);
    default:
      return refusal(Errc::rejected, code, text);
  }
}

/// 403 is Bybit's word for "too frequent", with ten minutes to wait, unless it comes from the
/// network in front of it, which shuts out whole countries.
std::optional<Error> refusal_of(const HttpResponse& response) {
  const bool region = response.body.find("block access from your country") != std::string::npos;
  if (response.status == 403 && !region) return rate_limited(response, kBan);
  return refusal_by_status(response, kLimitWait);
}

/// The time of the answer, which stands beside its result.
Result<std::optional<UtcTime>> time_of(JsonObject envelope) {
  const auto ms = envelope.integer_or_null("time");
  if (!ms) return ms.error();
  if (!*ms) return std::optional<UtcTime>{};
  const auto time = unix_time(**ms);
  if (!time) return time.error();
  return std::optional{*time};
}

Result<RestAnswer> read_rows(const RestCall& call, JsonObject envelope) {
  const auto time = time_of(envelope);
  if (!time) return time.error();
  const auto member = sole(envelope, "result");
  if (!member) return member.error();
  const auto result = member->object();
  if (!result) return result.error();
  const auto list = sole(*result, "list");
  if (!list) return list.error();
  auto answer = read_row_list(call, spell, kRow, *list);
  if (answer && *time) stamp_all(*answer, **time);
  return answer;
}

constexpr CodedEnvelope kEnvelope{.code_key = "retCode",
                                  .good_code = 0,
                                  .text_key = "retMsg",
                                  .classify = classify,
                                  .read_rows = read_rows};

}  // namespace

std::vector<RestCall> bybit_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  std::string target{kPath};
  if (symbols.size() == 1) target += "&symbol=" + spell(symbols.front());
  // There is no call for several pairs: it is all of them or one.
  return {{std::move(target), {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> bybit_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_of(response)) return *std::move(refused);
  return read_coded(call, response, kEnvelope);
}

}  // namespace btcw
