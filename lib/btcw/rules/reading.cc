#include "btcw/rules/reading.h"

#include <cassert>

namespace btcw::rules {
namespace {

Figure of_optional(const std::optional<Decimal>& value) {
  return value ? Figure{*value} : Figure{Gap::no_field};
}

Figure mid_of(const Ticker& ticker) {
  static const Decimal kHalf = Decimal::from_parts(5, 1);
  return (of_optional(ticker.bid) + of_optional(ticker.ask)) * Figure{kHalf};
}

Figure smaller(const Figure& a, const Figure& b) {
  const auto order = compare(a, b);
  if (!order) return a.known() ? b : a;
  return *order <= 0 ? a : b;
}

Figure larger(const Figure& a, const Figure& b) {
  const auto order = compare(a, b);
  if (!order) return a.known() ? b : a;
  return *order >= 0 ? a : b;
}

Figure absolute(const Figure& a) {
  const auto order = compare(a, Figure{Decimal{}});
  return order && *order < 0 ? -a : a;
}

}  // namespace

Truth operator!(Truth a) {
  if (a == Truth::unknown) return a;
  return a == Truth::yes ? Truth::no : Truth::yes;
}

Truth operator&(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::unknown;
}

Truth operator|(Truth a, Truth b) {
  if (a == Truth::yes || b == Truth::yes) return Truth::yes;
  return a == Truth::no && b == Truth::no ? Truth::no : Truth::unknown;
}

Figure figure_of(Field field, const Reading& reading) {
  if (reading.ticker == nullptr) return Gap::no_ticker;
  const Ticker& ticker = *reading.ticker;
  switch (field) {
    case Field::last:
      return ticker.last;
    case Field::bid:
      return of_optional(ticker.bid);
    case Field::ask:
      return of_optional(ticker.ask);
    case Field::mid:
      return mid_of(ticker);
    case Field::spread:
      return of_optional(ticker.ask) - of_optional(ticker.bid);
    case Field::open:
      return of_optional(ticker.open);
    case Field::high:
      return of_optional(ticker.high);
    case Field::low:
      return of_optional(ticker.low);
    case Field::percentage:
      return of_optional(ticker.percentage);
    case Field::base_volume:
      return of_optional(ticker.base_volume);
    case Field::quote_volume:
      return of_optional(ticker.quote_volume);
    case Field::age:
      return Decimal::from_parts((reading.now - ticker.received).count(), 3);
  }
  return Gap::no_field;
}

Figure figure_of(const Node& node, const Reading& reading) {
  const auto child = [&](std::size_t at) { return figure_of(node.children[at], reading); };
  switch (node.op) {
    case Op::literal:
      return node.literal.value;
    case Op::field:
      return figure_of(node.field, reading);
    case Op::indicator:
      return Figure::of(reading.indicators[node.slot]);
    case Op::exchange_price: {
      const auto& price = reading.prices[node.slot];
      return price ? Figure{*price} : Figure{Gap::no_other_price};
    }
    case Op::negate:
      return -child(0);
    case Op::add:
      return child(0) + child(1);
    case Op::subtract:
      return child(0) - child(1);
    case Op::multiply:
      return child(0) * child(1);
    case Op::divide:
      return child(0) / child(1);
    case Op::abs:
      return absolute(child(0));
    case Op::min:
      return smaller(child(0), child(1));
    case Op::max:
      return larger(child(0), child(1));
    case Op::in_percent:
      return child(0) * Figure{Decimal::from_parts(100, 0)};
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::between:
    case Op::crosses_above:
    case Op::crosses_below:
    case Op::stale:
    case Op::logical_not:
    case Op::logical_and:
    case Op::logical_or:
      break;
  }
  assert(false && "a condition has no figure");
  return Gap::out_of_range;
}

}  // namespace btcw::rules
