#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "btcw/base/decimal.h"
#include "btcw/base/indicator.h"
#include "btcw/base/symbol.h"

namespace btcw::rules {

/// What an expression reads of a ticker. mid is (bid + ask) / 2, spread is ask - bid, age is in
/// seconds since the ticker was received.
enum class Field : std::uint8_t {
  last,
  bid,
  ask,
  mid,
  spread,
  open,
  high,
  low,
  percentage,
  base_volume,
  quote_volume,
  age,
};
inline constexpr std::size_t kFieldCount = 12;

/// What was written behind a number.
enum class Unit : std::uint8_t {
  none,
  percent,   ///< 5% is 0.05, and 5 beside a percentage
  thousand,  ///< 1.5k
  million,   ///< 2M, and 2m where no duration is meant
  billion,   ///< 1b
  duration,  ///< 30s, 1h30m, and 2m beside age
};

/// A number of the expression, negative where a minus stood before it.
struct Literal {
  Decimal written;  ///< in its unit; of a duration, in seconds
  Unit unit = Unit::none;
  Decimal value;  ///< what it counts as: 5% is 0.05, 1.5k is 1500, 2h is 7200

  friend bool operator==(const Literal&, const Literal&) = default;
};

enum class Op : std::uint8_t {
  // Numbers.
  literal,
  field,
  indicator,       ///< `slot` of Expression::indicators
  exchange_price,  ///< `slot` of Expression::exchanges
  negate,
  add,
  subtract,
  multiply,
  divide,
  abs,
  min,
  max,
  in_percent,  ///< its child times 100: a ratio beside a percentage; not written
  // Conditions.
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  between,        ///< children: value, lower bound, upper bound; both bounds belong to it
  crosses_above,  ///< `slot` counts the crossings of the expression
  crosses_below,
  stale,  ///< older than `literal`
  logical_not,
  logical_and,
  logical_or,
};

/// One node of the syntax tree with what is below it. Which members count depends on `op`.
struct Node {
  Op op = Op::literal;
  Field field = Field::last;
  std::uint16_t slot = 0;
  Literal literal{};
  std::vector<Node> children{};

  friend bool operator==(const Node&, const Node&) = default;
};

/// A condition that has been read and checked; every node has the children its `op` needs.
struct Expression {
  Node root;
  std::vector<IndicatorRequest> indicators;  ///< each once
  std::vector<ExchangeName> exchanges;       ///< whose prices it reads, each once
  std::size_t crossings = 0;                 ///< at most kMostCrossings
  bool reads_age = false;                    ///< time alone can change it

  static constexpr std::size_t kMostCrossings = 8;

  friend bool operator==(const Expression&, const Expression&) = default;
};

/// Its text in one spelling, with no more parentheses than it needs: parsed again it is the same
/// expression.
[[nodiscard]] std::string to_string(const Expression& expression);
/// The same of a part of it.
[[nodiscard]] std::string to_string(const Node& node, const Expression& of);

}  // namespace btcw::rules
