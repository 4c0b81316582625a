// Gemini: https://docs.gemini.com/rest/market-data
#include <array>

#include "btcw/market/exchanges/bare_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

constexpr milliseconds kLimitWait = seconds{60};  // counted by the minute
constexpr std::string_view kFeed = "/v1/pricefeed";
// Two calls a pair at one a second: more pairs than this have the bare prices of the feed sooner.
constexpr std::size_t kPairsByName = 5;
constexpr int kTickerPart = 0;
constexpr int kDayPart = 1;

constexpr std::array kTickerFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"ask", FieldKind::price, &TickerUpdate::ask},
};
// The second version's `close`, `bid` and `ask` are left out: they lag behind the first one's.
constexpr std::array kDayFields{
    RowField{"open", FieldKind::price, &TickerUpdate::open},
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
};
constexpr std::array kFeedFields{
    RowField{"price", FieldKind::last_price, &TickerUpdate::last},
    RowField{"percentChange24h", FieldKind::percent, &TickerUpdate::percentage},
};

std::string spell(const Symbol& symbol) { return lower_case(joined(symbol, "")); }

/// Asked for in lower case, answered in upper case.
PairNames row_names(std::span<const Symbol> symbols) {
  PairNames names = pair_names(symbols, spell);
  for (const Symbol& symbol : symbols) names.emplace(joined(symbol, ""), symbol);
  return names;
}

/// "volume":{"BTC":"2210.5","USD":"2135477.46","timestamp":1483018200000}
Result<RestAnswer> read_volume(const PairNames& names, const Symbol& symbol, JsonValue volume) {
  const std::array fields{
      RowField{symbol.base(), FieldKind::volume, &TickerUpdate::base_volume},
      RowField{symbol.quote(), FieldKind::volume, &TickerUpdate::quote_volume},
      RowField{"timestamp", FieldKind::unix_ms},
  };
  RowReader rows{names, {.symbol_key = {}, .fields = fields}, Unasked::refused};
  if (auto read = rows.read_named(spell(symbol), volume); !read) return std::move(read).error();
  return rows.take();
}

Result<RestAnswer> read_ticker(const PairNames& names, const Symbol& symbol, JsonValue root) {
  RowReader rows{names, {.symbol_key = {}, .fields = kTickerFields}, Unasked::refused};
  if (auto read = rows.read_named(spell(symbol), root); !read) return std::move(read).error();
  RestAnswer answer = rows.take();
  const auto volume = root.object().value().find("volume");
  if (answer.updates.empty() || !volume) return answer;
  auto volumes = read_volume(names, symbol, *volume);
  if (!volumes) return std::move(volumes).error().within("volume");
  if (volumes->updates.empty()) return *std::move(volumes);
  merge(answer.updates.front(), volumes->updates.front());
  return answer;
}

Result<RestAnswer> read_rows(const RestCall& call, JsonValue root) {
  const PairNames names = row_names(call.symbols);
  if (call.target == kFeed) {
    RowReader rows{names, {.symbol_key = "pair", .fields = kFeedFields}, Unasked::passed_over};
    if (auto read = rows.read_list(root); !read) return std::move(read).error();
    return rows.take();
  }
  const Symbol& symbol = call.symbols.front();
  if (call.part == kTickerPart) return read_ticker(names, symbol, root);
  RowReader rows{names, {.symbol_key = "symbol", .fields = kDayFields}, Unasked::refused};
  if (auto read = rows.read_named(spell(symbol), root); !read) return std::move(read).error();
  return rows.take();
}

/// {"result":"error","reason":"InvalidSymbol","message":"…"}
std::optional<Error> find_error(JsonValue root, const HttpResponse& response) {
  const auto object = root.object();
  if (!object || remark(*object, "result") != "error") return std::nullopt;
  const std::string_view reason = remark(*object, "reason");
  const std::string_view text = remark(*object, "message");
  const std::string message = quoted(text.empty() ? reason : text);
  if (reason == "InvalidSymbol" || text.find("not a valid symbol") != std::string_view::npos) {
    return Error{Errc::not_found, message};
  }
  if (reason.starts_with("RateLimit")) {
    return Error{Errc::rate_limited, message, rate_limited(response, kLimitWait).retry_at};
  }
  if (reason == "Maintenance" || reason == "System" || reason == "InternalServerError") {
    return Error{Errc::unavailable, message};
  }
  return Error{Errc::rejected, message};
}

}  // namespace

std::vector<RestCall> gemini_calls(std::span<const Symbol> symbols) {
  std::vector<RestCall> calls;
  if (symbols.size() > kPairsByName) {
    calls.push_back({std::string{kFeed}, {symbols.begin(), symbols.end()}, kTickerPart});
    return calls;
  }
  // The prices first, should the exchange stop answering half-way.
  for (const Symbol& symbol : symbols) {
    calls.push_back({"/v1/pubticker/" + spell(symbol), {symbol}, kTickerPart});
  }
  for (const Symbol& symbol : symbols) {
    calls.push_back({"/v2/ticker/" + spell(symbol), {symbol}, kDayPart});
  }
  return calls;
}

Result<RestAnswer> gemini_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_bare(call, response, {find_error, read_rows});
}

}  // namespace btcw
