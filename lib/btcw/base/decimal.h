#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// An exact decimal number: `coefficient` × 10^-`places`.
///
/// Holds every value of up to 18 significant digits with up to kMaxPlaces digits after the point
/// (SHIB at 0.00002431, PEPE at 0.0000000123456789) and whole numbers below 10^36. It is kept in
/// lowest form (no spare zeros at the end), so equal values have equal members, and 67000.50 and
/// 67000.5 are the same number. Never built from a double and never turned into one on the way from
/// an exchange to a user. Trivially copyable; no member allocates but to_string().
class Decimal {
 public:
  static constexpr int kMaxDigits = 18;  ///< significant digits
  static constexpr int kMaxPlaces = 36;  ///< digits after the point
  static constexpr int kMinPlaces =
      -18;  ///< -n: n zeros before the point that the coefficient omits
  static constexpr std::size_t kMaxText = 64;  ///< no number's text is longer

  /// Zero.
  constexpr Decimal() = default;

  /// Reads plain or exponent notation ("-1.0e-5", "+3", ".5", "5."), independent of the locale,
  /// exactly. Errors: bad_data for an empty string, other characters, white space, two points, nan,
  /// inf; for more than kMaxDigits significant digits (leading and trailing zeros do not count);
  /// for a value outside the range.
  static Result<Decimal> parse(std::string_view text);

  /// As parse(), but digits beyond the eighteenth (or beyond kMaxPlaces) are rounded half to even:
  /// for traded volumes, which some exchanges send with 20 and more digits.
  static Result<Decimal> parse_rounded(std::string_view text);

  /// As parse(), for the tick path: nullopt for what is no number, and for what takes longer than
  /// plain notation with a few digits. No error, no second way.
  static std::optional<Decimal> parse_plain(std::string_view text);

  /// `coefficient` × 10^-`places`. Precondition: |coefficient| < 10^18, kMinPlaces <= places <=
  /// kMaxPlaces.
  static Decimal from_parts(std::int64_t coefficient, int places);

  [[nodiscard]] constexpr std::int64_t coefficient() const { return coefficient_; }
  [[nodiscard]] constexpr int places() const { return places_; }
  [[nodiscard]] constexpr bool is_zero() const { return coefficient_ == 0; }
  [[nodiscard]] constexpr bool is_negative() const { return coefficient_ < 0; }

  /// Plain text, never an exponent: "97123.4", "-0.00002431", "120000". parse() reads it back
  /// unchanged.
  [[nodiscard]] std::string to_string() const;
  /// Writes that text to `out`, which has room for kMaxText characters; returns the end of it.
  char* write(char* out) const;

  /// Plain text with exactly `places` digits after the point, rounded half to even ("67000.50"). 0
  /// <= places <= kMaxPlaces.
  [[nodiscard]] std::string to_fixed(int places) const;

  /// The value times 10^n: a ratio into percent is times_power_of_ten(2). Exact.
  /// Errors: bad_data out of range.
  [[nodiscard]] Result<Decimal> times_power_of_ten(int n) const;

  /// Rounded half to even to at most `places` digits after the point.
  [[nodiscard]] Decimal rounded(int places) const;

  [[nodiscard]] Decimal operator-() const;

  /// The nearest double, for indicators, charts and sorting only; never for a price that is shown.
  [[nodiscard]] double to_double() const;

  friend constexpr bool operator==(Decimal, Decimal) = default;
  /// Exact for all pairs, whatever their places.
  friend std::strong_ordering operator<=>(Decimal a, Decimal b);

 private:
  constexpr Decimal(std::int64_t coefficient, int places)
      : coefficient_{coefficient}, places_{static_cast<std::int8_t>(places)} {}

  std::int64_t coefficient_ = 0;
  std::int8_t places_ = 0;
};

/// Exact where the result has at most 18 significant digits, else rounded half to even to 18;
/// nullopt out of range.
std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);

/// a / b rounded half to even to `places` digits after the point (and to 18 significant digits);
/// nullopt for b = 0 or out of range.
std::optional<Decimal> divide(Decimal a, Decimal b, int places);

/// (after - before) / before in percent, rounded half to even to 4 places; nullopt when `before` is
/// not positive.
std::optional<Decimal> percent_change(Decimal before, Decimal after);

}  // namespace btcw
