#include "btcw/rules/explain.h"

#include <fmt/format.h>

#include "btcw/rules/truth.h"

namespace btcw::rules {
namespace {

constexpr bool is_condition(Op op) { return op >= Op::less; }

std::string text_of(Truth truth) {
  switch (truth) {
    case Truth::no:
      return "false";
    case Truth::yes:
      return "true";
    case Truth::unknown:
      return "unknown";
  }
  return "";
}

std::string text_of(const Figure& figure) {
  if (!figure.known()) return "unknown";
  return figure.is_exact() ? figure.exact().to_string() : fmt::format("{:.8g}", figure.value());
}

std::string note_of(const Crossing& crossing) {
  if (crossing.side == Crossing::Side::not_known) return "not known on which side it is";
  if (crossing.happened == Truth::unknown) return "a first look: it cannot have crossed yet";
  if (crossing.happened == Truth::yes) return "crosses now";
  return crossing.stands ? "has crossed before, and stands" : "has not crossed";
}

class Explainer {
 public:
  Explainer(const Rule& rule, const RuleState& state, const Reading& reading)
      : rule_{rule}, reading_{reading}, crossings_{state.crossings} {
    look_at_crossings(rule.condition.root, reading, rule.hysteresis, crossings_);
  }

  [[nodiscard]] Explanation explain(const Node& node) const {
    Explanation result{.text = btcw::rules::to_string(node, rule_.condition)};
    if (is_condition(node.op)) {
      result.value =
          text_of(truth_of(node, reading_, crossings_, Question::happens, rule_.hysteresis));
      if (node.op == Op::crosses_above || node.op == Op::crosses_below) {
        result.note = note_of(crossings_[node.slot]);
      }
      if (node.op == Op::stale) result.note = "age " + text_of(figure_of(Field::age, reading_));
    } else {
      const Figure figure = figure_of(node, reading_);
      result.value = text_of(figure);
      if (!figure.known()) result.note = described(figure.gap());
    }
    for (const Node& child : node.children) {
      // A literal explains itself.
      if (child.op != Op::literal) result.parts.push_back(explain(child));
    }
    return result;
  }

 private:
  const Rule& rule_;
  const Reading& reading_;
  Crossings crossings_;
};

void print(const Explanation& explanation, std::size_t level, std::string& out) {
  out.append(level * 2, ' ').append(explanation.text).append("  ").append(explanation.value);
  if (!explanation.note.empty()) out.append(" (").append(explanation.note).append(")");
  out += '\n';
  for (const Explanation& part : explanation.parts) print(part, level + 1, out);
}

}  // namespace

Explanation explain(const Rule& rule, const RuleState& state, const Reading& reading) {
  return Explainer{rule, state, reading}.explain(rule.condition.root);
}

std::string to_string(const Explanation& explanation) {
  std::string text;
  print(explanation, 0, text);
  return text;
}

std::string why_unknown(const Explanation& explanation) {
  for (const Explanation& part : explanation.parts) {
    if (part.value != "unknown") continue;
    if (auto reason = why_unknown(part); !reason.empty()) return reason;
  }
  if (explanation.note.empty()) return {};
  return fmt::format("{}: {}", explanation.text, explanation.note);
}

}  // namespace btcw::rules
