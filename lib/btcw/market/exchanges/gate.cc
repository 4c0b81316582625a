// Gate, spot: https://www.gate.com/docs/developers/apiv4/#get-currency-pair-ticker-information
#include <algorithm>
#include <array>

#include "btcw/market/exchanges/bare_answer.h"
#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// change_utc0 and change_utc8 are of the calendar day and not taken. It tells no time.
constexpr std::array kFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"highest_bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"lowest_ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"high_24h", FieldKind::price, &TickerUpdate::high},
    RowField{"low_24h", FieldKind::price, &TickerUpdate::low},
    RowField{"change_percentage", FieldKind::percent, &TickerUpdate::percentage},
    RowField{"base_volume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"quote_volume", FieldKind::volume, &TickerUpdate::quote_volume},
};
constexpr RowForm kRow{.symbol_key = "currency_pair", .fields = kFields};
constexpr std::string_view kPath = "/api/v4/spot/tickers";
constexpr milliseconds kLimitWait = seconds{10};  // the window in which calls are counted

std::string spell(const Symbol& symbol) { return joined(symbol, "_"); }

Error limited_by(const HttpResponse& response) {
  Error limited = rate_limited(response, kLimitWait);
  limited.retry_at =
      reset_time(response, "x-gate-ratelimit-reset-timestamp", ResetForm::unix_s, kLimitWait);
  return limited;
}

/// {"label":"INVALID_CURRENCY_PAIR","message":"Invalid currency pair NOPE_USDT"}
std::optional<Error> find_error(JsonValue root, const HttpResponse& response) {
  const auto object = root.object();
  if (!object) return std::nullopt;
  const std::string_view label = remark(*object, "label");
  if (label.empty()) return std::nullopt;
  const auto is_one_of = [label](std::initializer_list<std::string_view> labels) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  };
  const std::string message = std::string{"label "} + quoted(label);
  if (is_one_of({"INVALID_CURRENCY_PAIR", "INVALID_CURRENCY"})) {
    return Error{Errc::not_found, message};
  }
  if (is_one_of({"TOO_MANY_REQUESTS", "TOO_FAST"})) return limited_by(response);
  if (is_one_of({"SERVER_ERROR", "INTERNAL", "TOO_BUSY"})) {
    return Error{Errc::unavailable, message};
  }
  return Error{Errc::rejected, message};
}

Result<RestAnswer> read_rows(const RestCall& call, JsonValue list) {
  return read_row_list(call, spell, kRow, list);
}

}  // namespace

std::vector<RestCall> gate_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  std::string target{kPath};
  // There is no call for several pairs: it is all of them or one.
  if (symbols.size() == 1) target += "?currency_pair=" + spell(symbols.front());
  return {{std::move(target), {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> gate_read(const RestCall& call, const HttpResponse& response) {
  if (response.status == 429) return limited_by(response);
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_bare(call, response, {find_error, read_rows});
}

}  // namespace btcw
