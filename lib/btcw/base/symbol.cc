#include "btcw/base/symbol.h"

#include <algorithm>
#include <array>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxBase = 20;
constexpr std::size_t kMinQuote = 2;
constexpr std::size_t kMaxQuote = 10;
static_assert(kMaxBase + 1 + kMaxQuote == Symbol::kMaxText);

constexpr std::array<std::string_view, 45> kQuotes{
    "USDT", "USDC", "FDUSD", "TUSD", "PYUSD", "RLUSD", "USDE", "USDG", "USD1",
    "DAI",  "EURC", "EURI",  "USD",  "EUR",   "GBP",   "JPY",  "CHF",  "AUD",
    "CAD",  "TRY",  "BRL",   "KRW",  "PLN",   "ARS",   "MXN",  "ZAR",  "UAH",
    "RON",  "IDR",  "INR",   "CZK",  "HKD",   "SGD",   "NGN",  "RUB",  "THB",
    "AED",  "COP",  "VND",   "NZD",  "SEK",   "BTC",   "XBT",  "ETH",  "BNB"};

// Codes that are read as one where they stand alone, and that decide between two ways to cut.
// USD is not among them: no exchange has it as a base.
constexpr std::array<std::string_view, 70> kWellKnown{
    "BTC",  "XBT",   "ETH",  "BNB",  "SOL",   "XRP",   "DOGE",  "ADA",   "TRX",   "TON",
    "AVAX", "DOT",   "LINK", "LTC",  "BCH",   "SHIB",  "PEPE",  "XLM",   "XMR",   "ETC",
    "NEAR", "APT",   "ARB",  "OP",   "UNI",   "AAVE",  "ATOM",  "FIL",   "HBAR",  "ICP",
    "SUI",  "SEI",   "TAO",  "FET",  "INJ",   "MKR",   "ALGO",  "HYPE",  "MATIC", "POL",
    "WBTC", "CBBTC", "TBTC", "WETH", "STETH", "WBETH", "BETH",  "CBETH", "RETH",  "PAXG",
    "XAUT", "SUSD",  "GUSD", "USDP", "USDT",  "USDC",  "FDUSD", "TUSD",  "PYUSD", "RLUSD",
    "USDE", "USDG",  "USD1", "DAI",  "EURC",  "EURI",  "EUR",   "GBP",   "AUD",   "CAD"};

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

constexpr bool is_code_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

struct Cut {
  std::string_view base;
  std::string_view quote;
};

// "BTCUSDT" is a pair, not a coin: "BTCUSDTTRY" is a misspelling of something.
bool is_pair_of_well_known(std::string_view text) {
  return std::any_of(kQuotes.begin(), kQuotes.end(), [&](std::string_view quote) {
    return text.ends_with(quote) &&
           contains(kWellKnown, text.substr(0, text.size() - quote.size()));
  });
}

// Where to cut a spelling without a separator; an empty base where that is not clear.
Cut cut_at_known_quote(std::string_view text) {
  Cut longest;
  Cut well_known;
  int well_known_cuts = 0;
  for (const std::string_view quote : kQuotes) {
    if (text.size() <= quote.size() || !text.ends_with(quote)) continue;
    const Cut cut{text.substr(0, text.size() - quote.size()), quote};
    if (cut.base.size() > kMaxBase || is_pair_of_well_known(cut.base)) continue;
    if (cut.quote.size() > longest.quote.size()) longest = cut;
    if (contains(kWellKnown, cut.base)) {
      well_known = cut;
      ++well_known_cuts;
    }
  }
  if (well_known_cuts > 1) return {};
  return well_known_cuts == 1 ? well_known : longest;
}

Error not_a_symbol(std::string_view text) {
  return {Errc::invalid_input,
          "not a symbol: " + quoted(text) + ", expected BASE/QUOTE as in BTC/USDT"};
}

// Without a separator: a pair run together, or a coin that takes the default quote.
Result<Symbol> parse_joined(std::string_view text, std::string_view default_quote) {
  std::array<char, Symbol::kMaxText> buffer;
  if (text.size() > buffer.size()) return not_a_symbol(text);
  const auto end = std::transform(text.begin(), text.end(), buffer.begin(), upper);
  if (!std::all_of(buffer.begin(), end, is_code_letter)) return not_a_symbol(text);
  const std::string_view code{buffer.data(), text.size()};
  const bool is_one_code = contains(kWellKnown, code) || contains(kQuotes, code);
  if (!is_one_code) {
    const Cut cut = cut_at_known_quote(code);
    if (!cut.base.empty()) return Symbol::of(cut.base, cut.quote);
    const bool could_be_cut = std::any_of(kQuotes.begin(), kQuotes.end(),
                                          [&](std::string_view q) { return code.ends_with(q); });
    if (could_be_cut) return not_a_symbol(text);
  }
  if (default_quote.empty()) return not_a_symbol(text);
  auto symbol = Symbol::of(code, default_quote);
  if (!symbol || symbol->base() == symbol->quote()) return not_a_symbol(text);
  return symbol;
}

// Edit distance where a swap of two neighbours counts as one, each place edited once.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

Result<Symbol> Symbol::of(std::string_view base, std::string_view quote) {
  const bool fits = !base.empty() && base.size() <= kMaxBase && quote.size() >= kMinQuote &&
                    quote.size() <= kMaxQuote;
  const auto is_letter = [](char c) { return is_code_letter(upper(c)); };
  if (!fits || !std::all_of(base.begin(), base.end(), is_letter) ||
      !std::all_of(quote.begin(), quote.end(), is_letter)) {
    return not_a_symbol(std::string{base.substr(0, 64)}.append("/").append(quote.substr(0, 64)));
  }
  std::array<char, kMaxText> buffer;
  auto end = std::transform(base.begin(), base.end(), buffer.begin(), upper);
  *end++ = '/';
  std::transform(quote.begin(), quote.end(), end, upper);
  Symbol symbol;
  symbol.text_ = ShortText<kMaxText>{{buffer.data(), base.size() + 1 + quote.size()}};
  symbol.slash_ = static_cast<std::uint8_t>(base.size());
  return symbol;
}

Result<Symbol> Symbol::parse(std::string_view text, std::string_view default_quote) {
  const std::size_t separator = text.find_first_of("/-_");
  if (separator == std::string_view::npos) return parse_joined(text, default_quote);
  auto symbol = of(text.substr(0, separator), text.substr(separator + 1));
  if (!symbol) return not_a_symbol(text);
  return symbol;
}

Result<ExchangeName> ExchangeName::parse(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (text.empty() || text.size() > kMaxText ||
      !std::all_of(text.begin(), text.end(), is_allowed)) {
    return Error{Errc::invalid_input, "not the name of an exchange: " + quoted(text)};
  }
  ExchangeName name;
  name.text_ = ShortText<kMaxText>{text};
  return name;
}

Result<SymbolRequest> SymbolRequest::parse(std::string_view text, std::string_view default_quote) {
  const std::size_t colon = text.find(':');
  const bool pinned = colon != std::string_view::npos;
  const auto symbol = Symbol::parse(pinned ? text.substr(colon + 1) : text, default_quote);
  if (!symbol) return symbol.error();
  if (!pinned) return SymbolRequest{.symbol = *symbol};
  const auto exchange = ExchangeName::parse(text.substr(0, colon));
  if (!exchange) return exchange.error();
  return SymbolRequest{.symbol = *symbol, .exchange = *exchange};
}

std::string SymbolRequest::to_string() const {
  std::string text;
  if (exchange) text.append(exchange->text()).append(":");
  text.append(symbol.text());
  return text;
}

std::span<const std::string_view> known_quotes() { return kQuotes; }

std::vector<std::string> nearest(std::string_view wanted, std::span<const std::string_view> known,
                                 std::size_t limit) {
  constexpr std::size_t kLongest = 64;  // longer input is no misspelling, and costs its square
  if (wanted.size() > kLongest) return {};
  const std::size_t furthest = wanted.size() / 3;
  struct Found {
    std::size_t distance;
    std::string_view name;
  };
  std::vector<Found> found;
  for (const std::string_view name : known) {
    if (name.size() > wanted.size() + furthest || wanted.size() > name.size() + furthest) continue;
    const std::size_t distance = edit_distance(wanted, name);
    if (distance <= furthest) found.push_back({distance, name});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.distance < b.distance; });
  std::vector<std::string> names;
  for (const Found& entry : found) {
    if (names.size() == limit) break;
    names.emplace_back(entry.name);
  }
  return names;
}

}  // namespace btcw
