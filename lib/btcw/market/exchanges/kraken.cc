// Kraken: https://docs.kraken.com/api/docs/rest-api/get-ticker-information
#include <algorithm>
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/asset_codes.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"

namespace btcw {
namespace {

// `o` is today's opening price, so neither it nor a change made from it is taken; of the pairs
// [today, last 24 hours] the second counts.
constexpr std::array kFields{
    RowField{"c", FieldKind::last_price, &TickerUpdate::last, 0},
    RowField{"b", FieldKind::price, &TickerUpdate::bid, 0},
    RowField{"a", FieldKind::price, &TickerUpdate::ask, 0},
    RowField{"h", FieldKind::price, &TickerUpdate::high, 1},
    RowField{"l", FieldKind::price, &TickerUpdate::low, 1},
    RowField{"v", FieldKind::volume, &TickerUpdate::base_volume, 1},
    RowField{"p", FieldKind::vwap, nullptr, 1},
};
constexpr RowForm kRow{.symbol_key = {}, .fields = kFields};

// The whole list stands in the URL; this keeps it under 2,000 characters.
constexpr std::size_t kSymbolsPerCall = 100;
constexpr milliseconds kLimitWait = seconds{15};
constexpr milliseconds kLockout = std::chrono::minutes{15};

std::string spell(const Symbol& symbol) {
  return std::string{own_code("kraken", symbol.base())}.append(own_code("kraken", symbol.quote()));
}

/// All codes under which an asset stands in the keys of an answer: XBT, XXBT, BTC; USD, ZUSD.
std::vector<std::string> key_codes(std::string_view code) {
  const std::string own{own_code("kraken", code)};
  std::vector<std::string> codes{own, "X" + own, "Z" + own};
  if (own != code) codes.emplace_back(code);
  return codes;
}

PairNames key_names(std::span<const Symbol> symbols) {
  PairNames names;
  for (const Symbol& symbol : symbols) {
    for (const std::string& base : key_codes(symbol.base())) {
      for (const std::string& quote : key_codes(symbol.quote())) {
        names.emplace(base + quote, symbol);
        names.emplace(base + "/" + quote, symbol);
      }
    }
  }
  // What was asked for literally outweighs what could be meant: XETH/USD beside ETH/USD.
  for (const Symbol& symbol : symbols) names.insert_or_assign(spell(symbol), symbol);
  return names;
}

Error classify(std::string_view error, const HttpResponse& response) {
  const auto is_one_of = [error](std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [error](std::string_view start) { return error.starts_with(start); });
  };
  const std::string message = quoted(error);
  if (is_one_of({"EQuery:Unknown asset pair", "EQuery:Invalid asset pair"})) {
    return {Errc::not_found, message};
  }
  if (is_one_of({"EGeneral:Temporary lockout"})) {
    return {Errc::rate_limited, message, rate_limited(response, kLockout).retry_at};
  }
  if (is_one_of({"EAPI:Rate limit", "EGeneral:Too many requests"})) {
    return {Errc::rate_limited, message, rate_limited(response, kLimitWait).retry_at};
  }
  if (is_one_of({"EService:", "EGeneral:Internal error", "EDatabase:"})) {
    return {Errc::unavailable, message};
  }
  return {Errc::rejected, message};
}

/// The first entry of the error list that is not a warning (W…, which comes with a result).
Result<std::optional<std::string_view>> first_error(JsonObject envelope) {
  const auto member = sole(envelope, "error");
  if (!member) return member.error();
  const auto list = member->array();
  if (!list) return list.error();
  for (const JsonValue each : *list) {
    const auto error = each.text();
    if (!error) return error.error();
    if (!error->starts_with('W')) return std::optional{*error};
  }
  return std::optional<std::string_view>{};
}

Result<RestAnswer> read_result(const RestCall& call, JsonObject envelope) {
  const auto member = sole(envelope, "result");
  if (!member) return member.error();
  const auto result = member->object();
  if (!result) return result.error();
  const PairNames names = key_names(call.symbols);
  RowReader rows{names, kRow, Unasked::refused};
  for (const auto& [key, row] : *result) {
    if (auto read = rows.read_named(key, row); !read) return std::move(read).error();
  }
  return rows.take();
}

}  // namespace

std::vector<RestCall> kraken_calls(std::span<const Symbol> symbols) {
  std::vector<RestCall> calls;
  while (!symbols.empty()) {
    const auto some = symbols.first(std::min(symbols.size(), kSymbolsPerCall));
    symbols = symbols.subspan(some.size());
    std::string target = "/0/public/Ticker?pair=";
    for (const Symbol& symbol : some) {
      if (&symbol != some.data()) target += ',';
      target += spell(symbol);
    }
    calls.push_back({std::move(target), {some.begin(), some.end()}});
  }
  return calls;
}

Result<RestAnswer> kraken_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  JsonReader reader;
  auto envelope = reader.read_object(response.body);
  if (!envelope) return unreadable(response, std::move(envelope).error());
  auto error = first_error(*envelope);
  if (!error) return unreadable(response, std::move(error).error());
  if (*error) return classify(**error, response);
  if (response.status != 200) return unreadable(response, {});
  auto answer = read_result(call, *envelope);
  if (!answer) return unreadable(response, std::move(answer).error());
  return answer;
}

}  // namespace btcw
