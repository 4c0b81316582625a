// CoinGecko: https://docs.coingecko.com/reference/simple-price
#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "btcw/market/exchanges/bare_answer.h"
#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/coin_ids.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// An index over many exchanges: there is no bid, no ask and no order of trades behind it.
constexpr std::string_view kPath = "/api/v3/simple/price?";
constexpr std::string_view kWanted =
    "&include_24hr_vol=true&include_24hr_change=true&include_last_updated_at=true&precision=full";
constexpr std::size_t kCoinsPerCall = 100;
constexpr milliseconds kLimitWait = seconds{60};  // counted by the minute, failures included

/// What a coin is called in a call and in its answer: an id where there is one, else the code, of
/// which the coin with the largest market counts.
std::string name_of(const Symbol& symbol) {
  const std::string_view id = coin_id(symbol.base());
  return id.empty() ? lower_case(symbol.base()) : std::string{id};
}

void add_once(std::vector<std::string>& names, std::string name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

void append_list(std::string& target, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (&name != names.data()) target += ',';
    target += name;
  }
}

RestCall call_for(std::string_view parameter, std::span<const Symbol> symbols) {
  std::vector<std::string> coins;
  std::vector<std::string> currencies;
  for (const Symbol& symbol : symbols) {
    add_once(coins, name_of(symbol));
    add_once(currencies, lower_case(symbol.quote()));
  }
  std::string target{kPath};
  target.append(parameter).append("=");
  append_list(target, coins);
  target += "&vs_currencies=";
  append_list(target, currencies);
  target += kWanted;
  return {std::move(target), {symbols.begin(), symbols.end()}};
}

/// Reads what is said of coins in one currency.
class CurrencyRows {
 public:
  explicit CurrencyRows(std::string_view quote)
      : price_{lower_case(quote)}, change_{price_ + "_24h_change"}, volume_{price_ + "_24h_vol"} {}

  void expect(const Symbol& symbol) { names_.emplace(name_of(symbol), symbol); }
  [[nodiscard]] bool expects(std::string_view coin) const { return names_.contains(coin); }

  /// A pair that is quoted in a currency it does not know has no price, which is no answer.
  Result<void> read(std::string_view coin, JsonValue row, RestAnswer& into) {
    const std::array fields{
        RowField{price_, FieldKind::last_price, &TickerUpdate::last},
        RowField{change_, FieldKind::percent, &TickerUpdate::percentage},
        RowField{volume_, FieldKind::volume, &TickerUpdate::quote_volume},
        RowField{"last_updated_at", FieldKind::unix_s},
    };
    RowReader rows{names_, {.symbol_key = {}, .fields = fields}, Unasked::refused};
    if (auto done = rows.read_named(coin, row); !done) return done;
    RestAnswer answer = rows.take();
    std::erase_if(answer.updates, [](const TickerUpdate& update) { return !update.last; });
    into.updates.insert(into.updates.end(), answer.updates.begin(), answer.updates.end());
    into.unreadable.insert(into.unreadable.end(), answer.unreadable.begin(),
                           answer.unreadable.end());
    return {};
  }

 private:
  std::string price_;
  std::string change_;
  std::string volume_;
  PairNames names_;
};

Result<RestAnswer> read_rows(const RestCall& call, JsonValue root) {
  const auto coins = root.object();
  if (!coins) return coins.error();
  std::map<std::string_view, CurrencyRows> currencies;
  for (const Symbol& symbol : call.symbols) {
    currencies.try_emplace(symbol.quote(), symbol.quote()).first->second.expect(symbol);
  }
  RestAnswer answer;
  std::vector<std::string_view> seen;
  for (const auto& [coin, row] : *coins) {
    if (std::find(seen.begin(), seen.end(), coin) != seen.end()) {
      return Error{Errc::bad_data, "speaks twice of " + quoted(coin)};
    }
    seen.push_back(coin);
    bool asked = false;
    for (auto& [quote, rows] : currencies) {
      if (!rows.expects(coin)) continue;
      asked = true;
      if (auto read = rows.read(coin, row, answer); !read) return std::move(read).error();
    }
    if (!asked) return Error{Errc::bad_data, "speaks of a coin not asked for: " + quoted(coin)};
  }
  return answer;
}

/// {"status":{"error_code":429,"error_message":"…"}} or {"error":"…"}
std::optional<Error> find_error(JsonValue root, const HttpResponse& response) {
  const auto object = root.object();
  if (!object) return std::nullopt;
  if (const std::string_view text = remark(*object, "error"); !text.empty()) {
    return Error{Errc::rejected, quoted(text)};
  }
  const auto status = object->object("status");
  if (!status) return std::nullopt;
  const auto code = status->integer_or_null("error_code");
  if (!code || !*code) return std::nullopt;
  const std::string_view text = remark(*status, "error_message");
  if (**code == 429) return limited_by_code(response, **code, text, kLimitWait);
  return refusal(**code >= 500 && **code < 600 ? Errc::unavailable : Errc::rejected, **code, text);
}

}  // namespace

std::vector<RestCall> coingecko_calls(std::span<const Symbol> symbols) {
  std::vector<Symbol> known;
  std::vector<Symbol> others;
  for (const Symbol& symbol : symbols) {
    (coin_id(symbol.base()).empty() ? others : known).push_back(symbol);
  }
  std::vector<RestCall> calls;
  for (const auto& [parameter, group] : {std::pair{"ids", std::span<const Symbol>{known}},
                                         std::pair{"symbols", std::span<const Symbol>{others}}}) {
    for (std::span<const Symbol> left = group; !left.empty();) {
      const auto some = left.first(std::min(left.size(), kCoinsPerCall));
      left = left.subspan(some.size());
      calls.push_back(call_for(parameter, some));
    }
  }
  return calls;
}

Result<RestAnswer> coingecko_read(const RestCall& call, const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_bare(call, response, {find_error, read_rows});
}

}  // namespace btcw
