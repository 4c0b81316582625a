#include "btcw/market/listings/listing_reader.h"

#include <optional>
#include <string>
#include <utility>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/asset_codes.h"
#include "btcw/market/exchanges/coin_ids.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

constexpr milliseconds kLimitWait = seconds{60};

/// Whether `words`, "A|B", has that word.
bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::string_view each = words.substr(0, words.find('|'));
    if (each == word) return true;
    words.remove_prefix(std::min(words.size(), each.size() + 1));
  }
  return false;
}

std::optional<Symbol> symbol_of(const ListingForm& form, std::string_view base,
                                std::string_view quote) {
  const auto symbol =
      Symbol::of(unified_code(form.exchange, base), unified_code(form.exchange, quote));
  return symbol ? std::optional{*symbol} : std::nullopt;
}

/// "BTC/USD", "DOGE:USD" or, where the codes are of three letters or one is a known quote,
/// "btcusd".
std::optional<Symbol> symbol_named(const ListingForm& form, std::string_view name) {
  const auto cut = name.find_first_of("/:");
  if (cut != std::string_view::npos) {
    return symbol_of(form, name.substr(0, cut), name.substr(cut + 1));
  }
  if (name.size() == 6 && form.exchange == "bitfinex") {
    return symbol_of(form, name.substr(0, 3), name.substr(3));
  }
  const auto symbol = Symbol::parse(name);
  return symbol ? std::optional{*symbol} : std::nullopt;
}

PairState state_of(const ListingForm& form, JsonObject row) {
  const auto value = form.state.empty() ? std::nullopt : row.find(form.state);
  if (!value) return PairState::trading;
  if (value->kind() == JsonKind::boolean) {
    return value->boolean().value_or(false) ? PairState::trading : PairState::halted;
  }
  std::string word{value->text().value_or(std::string_view{})};
  if (value->kind() == JsonKind::number) word = std::to_string(value->integer().value_or(0));
  if (has_word(form.trading, word)) return PairState::trading;
  return has_word(form.halted, word) ? PairState::halted : PairState::delisted;
}

void add_row(const ListingForm& form, JsonValue value, std::vector<ListedPair>& pairs) {
  const auto row = value.object();
  if (!row) return;
  if (!form.kind.empty() && remark(*row, form.kind) != form.spot) return;
  const std::string_view base = remark(*row, form.base);
  const auto symbol = form.quote.empty() ? symbol_named(form, base)
                                         : symbol_of(form, base, remark(*row, form.quote));
  if (symbol) pairs.push_back({*symbol, state_of(form, *row)});
}

void add_names(const ListingForm& form, JsonValue value, std::vector<ListedPair>& pairs) {
  if (const auto name = value.text()) {
    if (const auto symbol = symbol_named(form, *name)) pairs.push_back({*symbol});
    return;
  }
  const auto inner = value.array();
  if (!inner) return;
  for (const JsonValue each : *inner) {
    const auto name = each.text();
    const auto symbol = name ? symbol_named(form, *name) : std::nullopt;
    if (symbol) pairs.push_back({*symbol});
  }
}

void add_currency(JsonValue value, std::vector<ListedPair>& pairs) {
  const auto currency = value.text();
  if (!currency) return;
  for (const std::string_view code : known_coin_codes()) {
    const auto symbol = Symbol::of(code, *currency);
    if (symbol && symbol->base() != symbol->quote()) pairs.push_back({*symbol});
  }
}

Result<std::vector<ListedPair>> read_rows(const ListingForm& form, JsonValue root) {
  JsonValue rows = root;
  for (const std::string_view key : form.path) {
    if (key.empty()) break;
    const auto object = rows.object();
    if (!object) return object.error();
    const auto member = sole(*object, key);
    if (!member) return member.error();
    rows = *member;
  }
  std::vector<ListedPair> pairs;
  if (form.shape == ListingShape::named_rows) {
    const auto object = rows.object();
    if (!object) return object.error();
    for (const JsonMember member : *object) add_row(form, member.value, pairs);
    return pairs;
  }
  const auto list = rows.array();
  if (!list) return list.error();
  for (const JsonValue row : *list) {
    if (pairs.size() > kMaxListedPairs) break;
    if (form.shape == ListingShape::rows) add_row(form, row, pairs);
    if (form.shape == ListingShape::names) add_names(form, row, pairs);
    if (form.shape == ListingShape::currencies) add_currency(row, pairs);
  }
  return pairs;
}

}  // namespace

Result<Listing> read_listing(const ListingForm& form, const ExchangeName& exchange,
                             const HttpResponse& response) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  JsonReader reader;
  auto root = reader.read(response.body);
  if (!root) return unreadable(response, std::move(root).error());
  if (response.status != 200) return unreadable(response, {});
  auto pairs = read_rows(form, *root);
  if (!pairs) return unreadable(response, std::move(pairs).error());
  auto listing = make_listing(exchange, response.received, *std::move(pairs));
  if (!listing) return unreadable(response, std::move(listing).error());
  return listing;
}

}  // namespace btcw
