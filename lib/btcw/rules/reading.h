#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "btcw/base/ticker.h"
#include "btcw/rules/expression.h"
#include "btcw/rules/figure.h"

namespace btcw::rules {

/// Everything that an expression may look at in one moment. Borrows all of it.
struct Reading {
  const Ticker* ticker = nullptr;  ///< nullptr: none has been received
  UtcTime now{};
  std::span<const IndicatorValue> indicators = {};      ///< as Expression::indicators
  std::span<const std::optional<Decimal>> prices = {};  ///< as Expression::exchanges
};

/// The third value is for what cannot be told: it is neither true nor false.
enum class Truth : std::uint8_t { no, yes, unknown };

Truth operator!(Truth a);
/// no where one is no, whatever the other.
Truth operator&(Truth a, Truth b);
/// yes where one is yes, whatever the other.
Truth operator|(Truth a, Truth b);

/// A field of the ticker of `reading`.
Figure figure_of(Field field, const Reading& reading);

/// The value of a node that is a number.
/// Precondition: the spans of `reading` are as long as the lists of the node's expression.
Figure figure_of(const Node& node, const Reading& reading);

}  // namespace btcw::rules
