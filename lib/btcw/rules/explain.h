#pragma once

#include <string>
#include <vector>

#include "btcw/rules/reading.h"
#include "btcw/rules/rule.h"

namespace btcw::rules {

/// One part of a condition, what it is worth in a moment, and why it is not known where it is not.
struct Explanation {
  std::string text;     ///< "last > 100000"
  std::string value{};  ///< "true", "false", "unknown", or a number as a user reads it
  std::string note{};   ///< "too little history yet", "crossed, and stands above"; empty: nothing
  std::vector<Explanation> parts{};  ///< empty for literals, fields and functions
};

/// Why the condition of a rule is what it is, as the tree of its parts. Looks as the next
/// evaluate() would, and changes nothing.
Explanation explain(const Rule& rule, const RuleState& state, const Reading& reading);

/// A line for each part, indented by two spaces a level: "  last > 100000  false".
std::string to_string(const Explanation& explanation);

/// The first part that says why it is not known, and what it says: "rsi(14, 1h): too little history
/// yet". Empty: none does.
std::string why_unknown(const Explanation& explanation);

}  // namespace btcw::rules
