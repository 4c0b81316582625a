#include "btcw/rules/dimensions.h"

namespace btcw::rules {
namespace {

bool is_plain(Dimension d) { return d == Dimension::number || d == Dimension::ratio; }

}  // namespace

std::optional<Dimension> together(Dimension a, Dimension b) {
  if (a == b || b == Dimension::number) return a;
  if (a == Dimension::number) return b;
  const bool percent_and_ratio = (a == Dimension::percent && b == Dimension::ratio) ||
                                 (a == Dimension::ratio && b == Dimension::percent);
  if (percent_and_ratio) return Dimension::percent;
  return std::nullopt;
}

Dimension product(Dimension a, Dimension b) {
  if (a == b) return a == Dimension::ratio ? a : Dimension::number;
  if (a == Dimension::number) return b == Dimension::ratio ? Dimension::number : b;
  if (b == Dimension::number) return a == Dimension::ratio ? Dimension::number : a;
  if (a == Dimension::ratio) return b;
  if (b == Dimension::ratio) return a;
  return Dimension::number;
}

Dimension quotient(Dimension a, Dimension b) {
  // Two volumes may be of two currencies: quoteVolume / baseVolume is a price.
  if (a == b && a == Dimension::volume) return Dimension::number;
  if (a == b) return a == Dimension::number ? a : Dimension::ratio;
  return is_plain(b) ? a : Dimension::number;
}

}  // namespace btcw::rules
