#include "btcw/rules/truth.h"

#include <cassert>

namespace btcw::rules {
namespace {

// Which way a comparison gives: below a `not` it is to become true later, not earlier.
enum class Leaning { none, wider, narrower };

Leaning opposite(Leaning leaning) {
  if (leaning == Leaning::none) return leaning;
  return leaning == Leaning::wider ? Leaning::narrower : Leaning::wider;
}

Truth as_truth(bool value) { return value ? Truth::yes : Truth::no; }

class Asker {
 public:
  Asker(const Reading& reading, const Crossings& crossings, Question question,
        const Hysteresis& hysteresis)
      : reading_{reading}, crossings_{crossings}, question_{question}, hysteresis_{hysteresis} {}

  [[nodiscard]] Truth ask(const Node& node, Leaning leaning) const {
    switch (node.op) {
      case Op::logical_not:
        return !ask(node.children[0], opposite(leaning));
      case Op::logical_and:
        return ask(node.children[0], leaning) & ask(node.children[1], leaning);
      case Op::logical_or:
        return ask(node.children[0], leaning) | ask(node.children[1], leaning);
      case Op::crosses_above:
      case Op::crosses_below:
        return crossing(crossings_[node.slot]);
      case Op::stale:
        return stale(node);
      case Op::between:
        return at_least(node.children[0], node.children[1], leaning) &
               at_most(node.children[0], node.children[2], leaning);
      case Op::greater_equal:
        return at_least(node.children[0], node.children[1], leaning);
      case Op::less_equal:
        return at_most(node.children[0], node.children[1], leaning);
      case Op::greater:  // is the opposite of <=, and gives the other way
        return !at_most(node.children[0], node.children[1], opposite(leaning));
      case Op::less:
        return !at_least(node.children[0], node.children[1], opposite(leaning));
      case Op::equal:
        return same(node, leaning);
      case Op::not_equal:
        return !same(node, opposite(leaning));
      case Op::literal:
      case Op::field:
      case Op::indicator:
      case Op::exchange_price:
      case Op::negate:
      case Op::add:
      case Op::subtract:
      case Op::multiply:
      case Op::divide:
      case Op::abs:
      case Op::min:
      case Op::max:
      case Op::in_percent:
        break;
    }
    assert(false && "a number is neither true nor false");
    return Truth::unknown;
  }

 private:
  [[nodiscard]] Truth crossing(const Crossing& crossing) const {
    if (question_ == Question::happens) return crossing.happened;
    if (crossing.side == Crossing::Side::not_known) return Truth::unknown;
    return as_truth(question_ == Question::stands ? crossing.stands : crossing.held);
  }

  [[nodiscard]] Truth stale(const Node& node) const {
    const auto order = compare(figure_of(Field::age, reading_), node.literal.value);
    return order ? as_truth(*order > 0) : Truth::unknown;
  }

  [[nodiscard]] Figure give(const Node& node, const Node& threshold, Leaning leaning) const {
    if (leaning == Leaning::none || hysteresis_.amount.is_zero()) return Decimal{};
    return give_of(threshold, node, reading_, hysteresis_);
  }

  [[nodiscard]] bool narrows(Leaning leaning) const {
    return leaning == Leaning::narrower && !hysteresis_.amount.is_zero();
  }

  // value >= threshold; wider: >= threshold - give; narrower: > threshold + give.
  [[nodiscard]] Truth at_least(const Node& value, const Node& threshold, Leaning leaning) const {
    const Figure room = give(value, threshold, leaning);
    const Figure bound = figure_of(threshold, reading_);
    const auto order = compare(figure_of(value, reading_),
                               leaning == Leaning::narrower ? bound + room : bound - room);
    if (!order) return Truth::unknown;
    return as_truth(narrows(leaning) ? *order > 0 : *order >= 0);
  }

  [[nodiscard]] Truth at_most(const Node& value, const Node& threshold, Leaning leaning) const {
    const Figure room = give(value, threshold, leaning);
    const Figure bound = figure_of(threshold, reading_);
    const auto order = compare(figure_of(value, reading_),
                               leaning == Leaning::narrower ? bound - room : bound + room);
    if (!order) return Truth::unknown;
    return as_truth(narrows(leaning) ? *order < 0 : *order <= 0);
  }

  // Only the wider look gives: nothing is narrower than equal.
  [[nodiscard]] Truth same(const Node& node, Leaning leaning) const {
    const Leaning only = leaning == Leaning::wider ? leaning : Leaning::none;
    return at_least(node.children[0], node.children[1], only) &
           at_most(node.children[0], node.children[1], only);
  }

  const Reading& reading_;
  const Crossings& crossings_;
  Question question_;
  const Hysteresis& hysteresis_;
};

}  // namespace

Truth truth_of(const Node& node, const Reading& reading, const Crossings& crossings,
               Question question, const Hysteresis& hysteresis) {
  const Leaning leaning = question == Question::holds ? Leaning::wider : Leaning::none;
  return Asker{reading, crossings, question, hysteresis}.ask(node, leaning);
}

}  // namespace btcw::rules
