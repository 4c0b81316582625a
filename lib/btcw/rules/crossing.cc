#include "btcw/rules/crossing.h"

namespace btcw::rules {
namespace {

Crossing::Side side_of(int order, Crossing::Side before) {
  if (order > 0) return Crossing::Side::above;
  if (order < 0) return Crossing::Side::below;
  return before == Crossing::Side::not_known ? Crossing::Side::on : before;
}

void look_at(const Node& node, const Reading& reading, const Hysteresis& hysteresis,
             Crossing& crossing) {
  const Figure value = figure_of(node.children[0], reading);
  const Figure threshold = figure_of(node.children[1], reading);
  const auto order = compare(value, threshold);
  crossing.happened = Truth::unknown;
  if (!order) return;
  const bool upwards = node.op == Op::crosses_above;
  const auto target = upwards ? Crossing::Side::above : Crossing::Side::below;
  const auto before = crossing.side;
  crossing.side = side_of(*order, before);
  if (before == Crossing::Side::not_known) return;
  const bool crossed = crossing.side == target && before != target;
  crossing.happened = crossed ? Truth::yes : Truth::no;
  crossing.stands = crossed || (crossing.stands && crossing.side == target);
  const Figure give = give_of(node.children[1], node.children[0], reading, hysteresis);
  const auto back = compare(value, upwards ? threshold - give : threshold + give);
  const bool came_back = back && (upwards ? *back < 0 : *back > 0);
  crossing.held = crossed || (crossing.held && !came_back);
}

}  // namespace

Figure give_of(const Node& threshold, const Node& beside, const Reading& reading,
               const Hysteresis& hysteresis) {
  if (!hysteresis.is_relative || hysteresis.amount.is_zero()) return hysteresis.amount;
  const bool reversed = beside.op == Op::literal && threshold.op != Op::literal;
  const Figure size = figure_of(reversed ? beside : threshold, reading);
  const auto order = compare(size, Figure{Decimal{}});
  const Figure share = size * Figure{hysteresis.amount};
  return order && *order < 0 ? -share : share;
}

void look_at_crossings(const Node& node, const Reading& reading, const Hysteresis& hysteresis,
                       Crossings& crossings) {
  if (node.op == Op::crosses_above || node.op == Op::crosses_below) {
    return look_at(node, reading, hysteresis, crossings[node.slot]);
  }
  for (const Node& child : node.children) {
    look_at_crossings(child, reading, hysteresis, crossings);
  }
}

}  // namespace btcw::rules
