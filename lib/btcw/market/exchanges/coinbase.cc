// Coinbase Exchange:
// https://docs.cdp.coinbase.com/exchange/reference/exchangerestapi_getproductticker
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

constexpr milliseconds kLimitWait = seconds{5};  // ten calls a second: it refills at once

// The price of the last trade, with its time; the day's figures are another call.
constexpr std::array kTickerFields{
    RowField{"price", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"volume", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"time", FieldKind::rfc3339},
};
// Its `last` is left out: it may be older than the ticker's price.
constexpr std::array kStatsFields{
    RowField{"open", FieldKind::price, &TickerUpdate::open},
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
};
constexpr int kTickerPart = 0;
constexpr int kStatsPart = 1;

std::string spell(const Symbol& symbol) { return joined(symbol, "-"); }

RowForm form_of(const RestCall& call) {
  if (call.part == kStatsPart) return {.symbol_key = "product_id", .fields = kStatsFields};
  return {.symbol_key = "product_id", .fields = kTickerFields};
}

Result<RestAnswer> read_body(const RestCall& call, const HttpResponse& response) {
  const PairNames names = pair_names(call.symbols, spell);
  RowReader rows{names, form_of(call), Unasked::refused};
  JsonReader reader;
  auto root = reader.read(response.body);
  if (!root) return std::move(root).error();
  auto read = rows.read_named(names.begin()->first, *root);
  if (!read) return std::move(read).error();
  return rows.take();
}

}  // namespace

std::vector<RestCall> coinbase_calls(std::span<const Symbol> symbols) {
  std::vector<RestCall> calls;
  calls.reserve(2 * symbols.size());
  for (const Symbol& symbol : symbols) {
    const std::string product = "/products/" + spell(symbol);
    calls.push_back({product + "/ticker", {symbol}, kTickerPart});
  }
  // The prices first, should the exchange stop answering half-way.
  for (const Symbol& symbol : symbols) {
    calls.push_back({"/products/" + spell(symbol) + "/stats", {symbol}, kStatsPart});
  }
  return calls;
}

Result<RestAnswer> coinbase_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  if (response.status == 404) return Error{Errc::not_found, "no such product"};
  if (response.status != 200) return unreadable(response, {});
  auto answer = read_body(call, response);
  if (!answer) return unreadable(response, std::move(answer).error());
  return answer;
}

}  // namespace btcw
