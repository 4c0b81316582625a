#include "btcw/market/exchange_names.h"

#include <algorithm>
#include <array>

namespace btcw {
namespace {

constexpr std::array kExchanges{
#define BTCW_EXCHANGE(NAME, URL, BURST, INTERVAL) KnownExchange{#NAME, URL},
#include "btcw/market/exchanges.def"
#undef BTCW_EXCHANGE
};

constexpr std::array kNames{
#define BTCW_EXCHANGE(NAME, URL, BURST, INTERVAL) std::string_view{#NAME},
#include "btcw/market/exchanges.def"
#undef BTCW_EXCHANGE
};

constexpr std::array<std::string_view, 150> kBases{
    "BTC",   "ETH",  "USDT",  "BNB",    "SOL",   "USDC",  "XRP",   "DOGE",    "TON",   "ADA",
    "SHIB",  "AVAX", "TRX",   "WBTC",   "DOT",   "BCH",   "LINK",  "NEAR",    "MATIC", "POL",
    "LTC",   "ICP",  "DAI",   "LEO",    "UNI",   "ETC",   "APT",   "KAS",     "XMR",   "STX",
    "FDUSD", "XLM",  "MNT",   "RENDER", "FIL",   "OKB",   "ATOM",  "ARB",     "CRO",   "IMX",
    "HBAR",  "VET",  "MKR",   "SUI",    "INJ",   "WIF",   "OP",    "GRT",     "PEPE",  "TAO",
    "FTM",   "RUNE", "THETA", "AR",     "LDO",   "FLOKI", "BGB",   "ALGO",    "TIA",   "SEI",
    "AAVE",  "JUP",  "FLOW",  "BONK",   "CFX",   "GALA",  "PYTH",  "BTT",     "AXS",   "ENA",
    "QNT",   "STRK", "BEAM",  "SAND",   "ORDI",  "EGLD",  "NEO",   "WLD",     "XTZ",   "XEC",
    "MANA",  "CHZ",  "NEXO",  "EOS",    "KCS",   "SNX",   "CAKE",  "PENDLE",  "ONDO",  "KAVA",
    "MINA",  "W",    "KLAY",  "BSV",    "ROSE",  "DYDX",  "AKT",   "IOTA",    "CRV",   "GNO",
    "ASTR",  "ZEC",  "1INCH", "COMP",   "ENJ",   "BAT",   "ZRX",   "LRC",     "YFI",   "SUSHI",
    "DASH",  "ZIL",  "QTUM",  "WAVES",  "ICX",   "ONT",   "RVN",   "HOT",     "ANKR",  "CELO",
    "GLM",   "KSM",  "JASMY", "APE",    "BLUR",  "MASK",  "ENS",   "LPT",     "SKL",   "STORJ",
    "BAND",  "OMG",  "NMR",   "GMX",    "MAGIC", "SSV",   "RPL",   "WOO",     "FXS",   "CVX",
    "PAXG",  "TUSD", "LUNA",  "LUNC",   "TRUMP", "HYPE",  "PENGU", "VIRTUAL", "KAITO", "MELANIA"};

constexpr std::array<std::string_view, 6> kQuotes{"USDT", "USD", "USDC", "EUR", "BTC", "ETH"};
constexpr std::size_t kSuggestions = 3;

void add(std::vector<std::string>& suggestions, std::string symbol, const Symbol& wanted) {
  if (suggestions.size() >= kSuggestions || symbol == wanted.text()) return;
  if (std::find(suggestions.begin(), suggestions.end(), symbol) != suggestions.end()) return;
  suggestions.push_back(std::move(symbol));
}

std::string spell(std::string_view base, std::string_view quote) {
  return std::string{base}.append("/").append(quote);
}

}  // namespace

std::span<const KnownExchange> known_exchanges() { return kExchanges; }

std::span<const std::string_view> exchange_names() { return kNames; }

bool is_exchange_name(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_made_up_source(std::string_view name) { return name == "demo" || name == kMedianName; }

std::span<const std::string_view> well_known_bases() { return kBases; }

std::vector<std::string> suggest_symbols(const Symbol& wanted, std::span<const Symbol> known) {
  std::vector<std::string> suggestions;
  std::vector<std::string_view> texts;
  texts.reserve(known.size());
  for (const Symbol& symbol : known) texts.push_back(symbol.text());
  for (std::string& text : nearest(wanted.text(), texts, kSuggestions)) {
    add(suggestions, std::move(text), wanted);
  }
  // A base that is right leaves the quote to be wrong.
  if (std::find(kBases.begin(), kBases.end(), wanted.base()) != kBases.end()) {
    for (const std::string_view each : kQuotes) {
      if (each != wanted.base()) add(suggestions, spell(wanted.base(), each), wanted);
    }
  }
  for (const std::string& base : nearest(wanted.base(), kBases, kSuggestions + 1)) {
    if (base != wanted.quote()) add(suggestions, spell(base, wanted.quote()), wanted);
  }
  return suggestions;
}

}  // namespace btcw
