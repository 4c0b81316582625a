#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/short_text.h"

namespace btcw {

/// A spot pair in unified spelling, "BTC/USDT": upper case letters and digits, base before quote.
///
/// Base 1 to 20 characters, quote 2 to 10. Held in place; no allocation.
class Symbol {
 public:
  static constexpr std::size_t kMaxText = 31;

  /// An empty symbol: a place to assign to, equal to no parsed one.
  constexpr Symbol() = default;

  /// From two codes as they stand in the unified spelling (any case).
  /// Errors: invalid_input for other characters or lengths.
  static Result<Symbol> of(std::string_view base, std::string_view quote);

  /// Reads "BTC/USDT", "btc-usdt", "BTC_USDT", "BTCUSDT" where that is unambiguous, and, with a
  /// default quote, a bare "BTC".
  ///
  /// Without a separator: a well-known code ("BTC", "USDT", "WBTC") is a bare one. Else the text is
  /// cut at a known quote that ends it and leaves a base. Where several do, the one that leaves a
  /// well-known base wins (USDTUSD is USDT/USD, not USD/TUSD), two such are refused, and of unknown
  /// bases the longest quote wins. What leaves a pair of well-known codes ("BTCUSDT" of
  /// "BTCUSDTTRY") is refused. Text that no known quote ends is a bare code.
  /// Errors: invalid_input (what was read and how a symbol is spelled).
  static Result<Symbol> parse(std::string_view text, std::string_view default_quote = {});

  [[nodiscard]] constexpr std::string_view text() const { return text_.view(); }
  [[nodiscard]] constexpr std::string_view base() const { return text().substr(0, slash_); }
  [[nodiscard]] constexpr std::string_view quote() const { return text().substr(slash_ + 1U); }
  [[nodiscard]] constexpr bool empty() const { return text_.empty(); }

  friend constexpr bool operator==(const Symbol&, const Symbol&) = default;
  friend constexpr auto operator<=>(const Symbol& a, const Symbol& b) {
    return a.text() <=> b.text();
  }

 private:
  ShortText<kMaxText> text_;
  std::uint8_t slash_ = 0;
};

/// The name of a price source as it stands in the config and the output: "binance", "demo". At most
/// 15 characters of a-z, 0-9, '_' and '-'.
class ExchangeName {
 public:
  static constexpr std::size_t kMaxText = 15;
  constexpr ExchangeName() = default;
  /// Errors: invalid_input for other characters or lengths.
  static Result<ExchangeName> parse(std::string_view text);

  [[nodiscard]] constexpr std::string_view text() const { return text_.view(); }
  [[nodiscard]] constexpr bool empty() const { return text_.empty(); }
  friend constexpr bool operator==(const ExchangeName&, const ExchangeName&) = default;
  friend constexpr auto operator<=>(const ExchangeName&, const ExchangeName&) = default;

 private:
  ShortText<kMaxText> text_;
};

/// What a user asked for: a symbol, from anywhere or from one exchange ("kraken:BTC/USD").
struct SymbolRequest {
  Symbol symbol;
  std::optional<ExchangeName> exchange = std::nullopt;

  /// Reads "[exchange:]symbol" with every spelling of Symbol::parse.
  /// Errors: invalid_input.
  static Result<SymbolRequest> parse(std::string_view text, std::string_view default_quote);
  /// "BTC/USDT" or "kraken:BTC/USD".
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const SymbolRequest&, const SymbolRequest&) = default;
  friend auto operator<=>(const SymbolRequest&, const SymbolRequest&) = default;
};

/// The quote currencies that a spelling without a separator is cut at: USDT, USDC, USD, EUR, BTC, …
std::span<const std::string_view> known_quotes();

/// Up to `limit` of `known` nearest to `wanted` by edit distance (a swap of neighbours counts as
/// one), nearest first; none that is further off than a third of its length.
std::vector<std::string> nearest(std::string_view wanted, std::span<const std::string_view> known,
                                 std::size_t limit);

}  // namespace btcw

template <>
struct std::hash<btcw::Symbol> {
  std::size_t operator()(const btcw::Symbol& symbol) const noexcept {
    return std::hash<std::string_view>{}(symbol.text());
  }
};
template <>
struct std::hash<btcw::ExchangeName> {
  std::size_t operator()(const btcw::ExchangeName& name) const noexcept {
    return std::hash<std::string_view>{}(name.text());
  }
};
