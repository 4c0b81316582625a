#include "btcw/rules/figure.h"

#include <limits>

namespace btcw::rules {
namespace {

Figure of_result(const std::optional<Decimal>& result) {
  return result ? Figure{*result} : Figure{Gap::out_of_range};
}

std::optional<Gap> gap_of(const Figure& a, const Figure& b) {
  if (!a.known()) return a.gap();
  if (!b.known()) return b.gap();
  return std::nullopt;
}

}  // namespace

std::string_view described(Gap gap) {
  switch (gap) {
    case Gap::none:
      return "known";
    case Gap::no_ticker:
      return "nothing has been received yet";
    case Gap::no_field:
      return "the exchange does not say it";
    case Gap::no_history:
      return "too little history yet";
    case Gap::no_other_price:
      return "no price of that exchange";
    case Gap::division_by_zero:
      return "division by zero";
    case Gap::out_of_range:
      return "out of range";
  }
  return "";
}

Figure Figure::approximate(double value) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  const bool finite = value >= -kLargest && value <= kLargest;
  if (!finite) return Gap::out_of_range;
  Figure figure{Decimal{}};
  figure.is_exact_ = false;
  figure.approximate_ = value;
  return figure;
}

Figure Figure::of(const IndicatorValue& value) {
  if (const auto* const exact = std::get_if<Decimal>(&value)) return *exact;
  if (const auto* const approximate = std::get_if<double>(&value))
    return Figure::approximate(*approximate);
  return Gap::no_history;
}

Figure operator+(const Figure& a, const Figure& b) {
  if (const auto gap = gap_of(a, b)) return *gap;
  if (a.is_exact() && b.is_exact()) return of_result(add(a.exact(), b.exact()));
  return Figure::approximate(a.value() + b.value());
}

Figure operator-(const Figure& a, const Figure& b) { return a + -b; }

Figure operator*(const Figure& a, const Figure& b) {
  if (const auto gap = gap_of(a, b)) return *gap;
  if (a.is_exact() && b.is_exact()) return of_result(multiply(a.exact(), b.exact()));
  return Figure::approximate(a.value() * b.value());
}

Figure operator/(const Figure& a, const Figure& b) {
  if (const auto gap = gap_of(a, b)) return *gap;
  if (b.value() == 0) return Gap::division_by_zero;
  if (a.is_exact() && b.is_exact()) {
    return of_result(divide(a.exact(), b.exact(), Decimal::kMaxPlaces));
  }
  return Figure::approximate(a.value() / b.value());
}

Figure operator-(const Figure& a) {
  if (!a.known()) return a;
  return a.is_exact() ? Figure{-a.exact()} : Figure::approximate(-a.value());
}

std::optional<int> compare(const Figure& a, const Figure& b) {
  if (!a.known() || !b.known()) return std::nullopt;
  if (a.is_exact() && b.is_exact()) {
    const auto order = a.exact() <=> b.exact();
    return (order > 0) - (order < 0);
  }
  const double left = a.value();
  const double right = b.value();
  return (left > right) - (left < right);
}

}  // namespace btcw::rules
