#pragma once

namespace btcw::history {

/// The square root of `value`, within one unit in the last place, the same on every machine and
/// without libm. 0 for what is not positive.
double square_root(double value);

}  // namespace btcw::history
