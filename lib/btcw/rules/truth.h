#pragma once

#include <cstdint>

#include "btcw/rules/crossing.h"
#include "btcw/rules/expression.h"
#include "btcw/rules/reading.h"

namespace btcw::rules {

/// What is asked about a condition.
enum class Question : std::uint8_t {
  happens,  ///< now: a crossing is true in the moment in which it happens
  stands,   ///< a crossing is true from that moment until the value comes back
  holds,    ///< as stands, with what the hysteresis gives to every comparison
};

/// Whether `node`, a condition, is true. Pure: `crossings` are as look_at_crossings() left them.
///
/// With a hysteresis, `holds` is true up to and including the threshold moved by it: `last > 100`
/// with 0.5 % holds at 99.5 and no longer at 99.49. Without one it asks what `stands` asks. Where
/// `stands` is true or unknown, `holds` is not false. == holds within the hysteresis, != and stale
/// give nothing.
Truth truth_of(const Node& node, const Reading& reading, const Crossings& crossings,
               Question question, const Hysteresis& hysteresis);

}  // namespace btcw::rules
