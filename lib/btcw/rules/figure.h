#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "btcw/base/decimal.h"
#include "btcw/base/indicator.h"

namespace btcw::rules {

/// Why a figure is not known.
enum class Gap : std::uint8_t {
  none,
  no_ticker,       ///< nothing has been received yet
  no_field,        ///< the exchange does not say it
  no_history,      ///< the indicator needs more candles, or a longer past
  no_other_price,  ///< no price of the exchange that price("…") names
  division_by_zero,
  out_of_range,
};

/// "the exchange does not say it": for an explanation.
std::string_view described(Gap gap);

/// A number on its way through an expression: an exact decimal as long as nothing but fields and
/// literals went into it, else a double, or not known.
///
/// Sums, differences and products of decimals are exact up to 18 significant digits and rounded
/// half to even beyond; quotients are rounded to 18. Indicators are doubles, but for highest and
/// lowest, which are prices.
class Figure {
 public:
  Figure(Decimal exact) : exact_{exact} {}
  Figure(Gap gap) : gap_{gap} {}
  /// What is not finite is out of range.
  static Figure approximate(double value);
  static Figure of(const IndicatorValue& value);

  [[nodiscard]] bool known() const { return gap_ == Gap::none; }
  [[nodiscard]] Gap gap() const { return gap_; }
  [[nodiscard]] bool is_exact() const { return is_exact_; }
  /// Precondition: known() and is_exact().
  [[nodiscard]] Decimal exact() const { return exact_; }
  /// Precondition: known().
  [[nodiscard]] double value() const { return is_exact_ ? exact_.to_double() : approximate_; }

 private:
  Decimal exact_;
  double approximate_ = 0;
  bool is_exact_ = true;
  Gap gap_ = Gap::none;
};

// What is not known makes what it is in unknown, the left one's reason first.
Figure operator+(const Figure& a, const Figure& b);
Figure operator-(const Figure& a, const Figure& b);
Figure operator*(const Figure& a, const Figure& b);
Figure operator/(const Figure& a, const Figure& b);
Figure operator-(const Figure& a);

/// -1, 0 or 1; nullopt where one is not known. Exact where both are; else both are compared as
/// doubles.
std::optional<int> compare(const Figure& a, const Figure& b);

}  // namespace btcw::rules
