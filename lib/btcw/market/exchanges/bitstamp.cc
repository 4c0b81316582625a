// Bitstamp: https://www.bitstamp.net/api/#tag/Tickers
#include <algorithm>
#include <array>

#include "btcw/market/exchanges/bare_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// `open` is of the calendar day and not taken; high, low, volume and vwap are of 24 hours.
constexpr std::array kFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"open_24", FieldKind::price, &TickerUpdate::open},
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
    RowField{"percent_change_24", FieldKind::percent, &TickerUpdate::percentage},
    RowField{"volume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"vwap", FieldKind::vwap},
    RowField{"timestamp", FieldKind::unix_s},
};
constexpr RowForm kRow{.symbol_key = "pair", .fields = kFields};
constexpr std::string_view kPath = "/api/v2/ticker/";
constexpr milliseconds kLimitWait = seconds{60};  // counted by ten minutes

std::string spell(const Symbol& symbol) { return lower_case(joined(symbol, "")); }

/// "BTC/USD" today; the spelling of the request would mean the same.
PairNames row_names(std::span<const Symbol> symbols) {
  PairNames names = pair_names(symbols, spell);
  for (const Symbol& symbol : symbols) names.emplace(std::string{symbol.text()}, symbol);
  return names;
}

bool is_list(const RestCall& call) { return call.target == kPath; }

Result<RestAnswer> read_rows(const RestCall& call, JsonValue root) {
  const PairNames names = row_names(call.symbols);
  RowReader rows{names, kRow, is_list(call) ? Unasked::passed_over : Unasked::refused};
  auto read = is_list(call) ? rows.read_list(root) : rows.read_named(names.begin()->first, root);
  if (!read) return std::move(read).error();
  return rows.take();
}

/// {"response_code":"400.002",…} or {"status":"error","code":…,"reason":…}; empty: neither.
std::string_view error_code(JsonValue root) {
  const auto object = root.object();
  if (!object) return {};
  for (const std::string_view key : {"response_code", "code", "status", "error"}) {
    if (const std::string_view code = remark(*object, key); !code.empty()) return code;
  }
  return {};
}

Error classify(std::string_view code, const HttpResponse& response) {
  constexpr std::array<std::string_view, 3> kLimits{"400.002", "400.067", "400.068"};
  if (std::find(kLimits.begin(), kLimits.end(), code) != kLimits.end()) {
    return rate_limited(response, kLimitWait);
  }
  if (response.status == 404 || code.starts_with("404")) {
    return {Errc::not_found, "no such currency pair"};
  }
  const Errc meaning = code.starts_with("5") ? Errc::unavailable : Errc::rejected;
  return {meaning, "code " + quoted(code)};
}

std::optional<Error> find_error(JsonValue root, const HttpResponse& response) {
  const std::string_view code = error_code(root);
  return code.empty() ? std::nullopt : std::optional{classify(code, response)};
}

}  // namespace

std::vector<RestCall> bitstamp_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  if (symbols.size() == 1) {
    return {{std::string{kPath} + spell(symbols.front()) + "/", {symbols.front()}}};
  }
  return {{std::string{kPath}, {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> bitstamp_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  // The page for an unknown pair is HTML.
  if (response.status == 404 && !is_list(call)) return classify("404", response);
  return read_bare(call, response, {find_error, read_rows});
}

}  // namespace btcw
