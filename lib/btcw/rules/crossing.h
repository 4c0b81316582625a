#pragma once

#include <array>
#include <cstdint>

#include "btcw/rules/expression.h"
#include "btcw/rules/reading.h"

namespace btcw::rules {

/// How far a condition that held may fall back and still be taken to hold.
struct Hysteresis {
  Decimal amount{};          ///< 0: none; 0.005 is 0.5 % where it is relative
  bool is_relative = false;  ///< to the threshold; else in the unit of the threshold

  friend bool operator==(const Hysteresis&, const Hysteresis&) = default;
};

/// What is remembered of one `crosses`.
///
/// A crossing happens when the value is above the threshold and was not before, or below it and was
/// not before. A value that comes to the threshold exactly stays on the side where it was, so
/// touching it is no crossing; only a value that begins exactly there has no side and crosses with
/// the first step away. What was not known in between changes no side: a price that is found on the
/// other side after a gap has crossed.
struct Crossing {
  enum class Side : std::uint8_t { not_known, on, below, above };
  Side side = Side::not_known;
  bool stands = false;  ///< it happened, and the value has not come back
  bool held = false;    ///< it happened, and the value has not come back by the hysteresis
  Truth happened = Truth::unknown;  ///< in this very moment

  friend bool operator==(const Crossing&, const Crossing&) = default;
};

using Crossings = std::array<Crossing, Expression::kMostCrossings>;

/// What is remembered after one more look; for every crossing below `node`.
void look_at_crossings(const Node& node, const Reading& reading, const Hysteresis& hysteresis,
                       Crossings& crossings);

/// By how much a comparison with `threshold` may give; `beside` is what is compared with it. A
/// share is of the side that is a literal, else of the threshold.
Figure give_of(const Node& threshold, const Node& beside, const Reading& reading,
               const Hysteresis& hysteresis);

}  // namespace btcw::rules
