// Bitfinex: https://docs.bitfinex.com/reference/rest-public-tickers
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/asset_codes.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"

namespace btcw {
namespace {

// Rows are arrays without names. What the reference calls daily is of the last 24 hours, as the
// exchange's own client library says. It tells no time, and no volume in the quote currency.
constexpr std::array kFields{
    RowField{"BID", FieldKind::price, &TickerUpdate::bid, 0},
    RowField{"ASK", FieldKind::price, &TickerUpdate::ask, 2},
    RowField{"DAILY_CHANGE_RELATIVE", FieldKind::ratio, &TickerUpdate::percentage, 5},
    RowField{"LAST_PRICE", FieldKind::last_price, &TickerUpdate::last, 6},
    RowField{"VOLUME", FieldKind::volume, &TickerUpdate::base_volume, 7},
    RowField{"HIGH", FieldKind::price, &TickerUpdate::high, 8},
    RowField{"LOW", FieldKind::price, &TickerUpdate::low, 9},
};
constexpr RowForm kRow{.symbol_key = {}, .fields = kFields};
constexpr std::size_t kColumns = 10;
constexpr std::string_view kOne = "/v2/ticker/";
constexpr std::string_view kSome = "/v2/tickers?symbols=";
constexpr std::string_view kAll = "/v2/tickers?symbols=ALL";
constexpr std::size_t kAllFrom = 101;  // further names make the address too long for some proxies
constexpr milliseconds kLimitWait = seconds{60};

/// "tBTCUST", with a colon where a code is longer than three: "tDOGE:USD".
std::string spell(const Symbol& symbol) {
  const std::string_view base = own_code("bitfinex", symbol.base());
  const std::string_view quote = own_code("bitfinex", symbol.quote());
  const std::string_view between = base.size() > 3 || quote.size() > 3 ? ":" : "";
  return std::string{"t"}.append(base).append(between).append(quote);
}

Error classify(std::int64_t code, std::string_view text, const HttpResponse& response) {
  if (code == 11010) {
    Error limited = refusal(Errc::rate_limited, code, text);
    limited.retry_at = rate_limited(response, kLimitWait).retry_at;
    return limited;
  }
  if (code == 10020) {
    // A parameter that it cannot use; the text begins with its name.
    return refusal(text.starts_with("symbol") ? Errc::not_found : Errc::rejected, code, text);
  }
  const bool may_pass = code == 20060 || code == 10000 || code == 10001;
  return refusal(may_pass ? Errc::unavailable : Errc::rejected, code, text);
}

/// ["error",10020,"symbol: invalid"], with a status of 500 as a rule.
std::optional<Error> find_error(JsonValue root, const HttpResponse& response) {
  const auto list = root.array();
  if (!list) return std::nullopt;
  const auto mark = list->at(0);
  if (!mark || mark->kind() != JsonKind::text || mark->text().value() != "error") {
    return std::nullopt;
  }
  const auto code = list->at(1);
  const auto number = code ? code->integer() : Result<std::int64_t>{0};
  const auto text = list->at(2);
  const std::string_view words =
      text && text->kind() == JsonKind::text ? text->text().value() : std::string_view{};
  return classify(number.value_or(0), words, response);
}

std::size_t size_of(JsonArray list) {
  std::size_t size = 0;
  for ([[maybe_unused]] const JsonValue each : list) ++size;
  return size;
}

Result<void> read_row(RowReader& rows, JsonValue row) {
  const auto columns = row.array();
  if (!columns) return columns.error();
  const auto first = columns->at(0);
  if (!first) return first.error();
  const auto name = first->text();
  if (!name) return name.error();
  // ALL has the funding currencies as well, with other columns.
  if (!name->starts_with('t')) return {};
  return rows.read_tuple(*name, row, 1);
}

Result<RestAnswer> read_rows(const RestCall& call, JsonValue root) {
  const PairNames names = pair_names(call.symbols, spell);
  const auto list = root.array();
  if (!list) return list.error();
  RowReader rows{names, kRow, call.target == kAll ? Unasked::passed_over : Unasked::refused};
  if (call.target.starts_with(kOne)) {
    if (size_of(*list) < kColumns) return Error{Errc::bad_data, "too few columns"};
    auto read = rows.read_tuple(names.begin()->first, root, 0);
    if (!read) return std::move(read).error();
    return rows.take();
  }
  for (const JsonValue row : *list) {
    if (auto read = read_row(rows, row); !read) return std::move(read).error();
  }
  return rows.take();
}

}  // namespace

std::vector<RestCall> bitfinex_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  if (symbols.size() == 1) {
    return {{std::string{kOne} + spell(symbols.front()), {symbols.front()}}};
  }
  std::string target{symbols.size() < kAllFrom ? kSome : kAll};
  if (symbols.size() < kAllFrom) {
    for (const Symbol& symbol : symbols) {
      if (&symbol != symbols.data()) target += ',';
      target += spell(symbol);
    }
  }
  return {{std::move(target), {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> bitfinex_read(const RestCall& call, const HttpResponse& response) {
  JsonReader reader;
  auto root = reader.read(response.body);
  // The body outweighs the status here: an unknown pair is a 500.
  if (root) {
    if (auto error = find_error(*root, response)) return *std::move(error);
  }
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  if (!root) return unreadable(response, std::move(root).error());
  if (response.status != 200) return unreadable(response, {});
  auto answer = read_rows(call, *root);
  if (!answer) return unreadable(response, std::move(answer).error());
  return answer;
}

}  // namespace btcw
