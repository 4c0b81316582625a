#include "btcw/history/square_root.h"

#include <bit>
#include <cstdint>
#include <limits>

namespace btcw::history {

double square_root(double value) {
  static_assert(std::numeric_limits<double>::is_iec559);
  // Below the smallest normal double the guess would be none; no price comes near.
  if (!(value >= std::numeric_limits<double>::min())) return 0;
  // Half the exponent, to within 6 %; Newton's method doubles the digits that are right.
  constexpr std::uint64_t kHalfOfOne = std::bit_cast<std::uint64_t>(1.0) / 2;
  double root = std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) / 2 + kHalfOfOne);
  for (int i = 0; i < 5; ++i) root = (root + value / root) / 2;
  return root;
}

}  // namespace btcw::history
