#include "btcw/rules/rule_index.h"

#include <algorithm>

namespace btcw::rules {
namespace {

bool is_constant(const Node& node) {
  if (node.op == Op::field || node.op == Op::indicator || node.op == Op::exchange_price) {
    return false;
  }
  return std::all_of(node.children.begin(), node.children.end(), is_constant);
}

// A comparison whose left or right side is a field, and the others constant; its field's node.
const Node* lone_field_of(const Node& comparison) {
  const Node* field = nullptr;
  for (const Node& child : comparison.children) {
    if (is_constant(child)) continue;
    if (child.op != Op::field || child.field == Field::age || field != nullptr) return nullptr;
    field = &child;
  }
  return field;
}

bool is_comparison(Op op) {
  return op == Op::less || op == Op::less_equal || op == Op::greater || op == Op::greater_equal ||
         op == Op::equal || op == Op::not_equal || op == Op::between || op == Op::crosses_above ||
         op == Op::crosses_below;
}

// The threshold and, on both sides of it, how far a comparison may give; false: not in numbers.
bool add_thresholds(const Node& threshold, const Node& field, const Hysteresis& hysteresis,
                    std::vector<Decimal>& at) {
  const Figure value = figure_of(threshold, Reading{});
  const Figure give = give_of(threshold, field, Reading{}, hysteresis);
  for (const Figure& figure : {value, value + give, value - give}) {
    if (!figure.known() || !figure.is_exact()) return false;
    at.push_back(figure.exact());
  }
  return true;
}

}  // namespace

std::optional<Thresholds> thresholds_of(const Rule& rule) {
  if (rule.repeat == Repeat::every && rule.cooldown == milliseconds{0}) return std::nullopt;
  const Node* node = &rule.condition.root;
  while (node->op == Op::logical_not) node = &node->children.front();
  if (!is_comparison(node->op)) return std::nullopt;
  const Node* const field = lone_field_of(*node);
  if (field == nullptr) return std::nullopt;
  Thresholds thresholds{.field = field->field};
  for (const Node& child : node->children) {
    if (&child == field) continue;
    if (!add_thresholds(child, *field, rule.hysteresis, thresholds.at)) return std::nullopt;
  }
  std::sort(thresholds.at.begin(), thresholds.at.end());
  thresholds.at.erase(std::unique(thresholds.at.begin(), thresholds.at.end()), thresholds.at.end());
  return thresholds;
}

void RuleIndex::add(std::uint32_t symbol, std::uint32_t rule, const Rule& judged) {
  if (books_.size() <= symbol) books_.resize(symbol + std::size_t{1});
  if (seen_.size() <= rule) seen_.resize(rule + std::size_t{1});
  Book& book = books_[symbol];
  const auto thresholds = thresholds_of(judged);
  if (!thresholds) {
    book.always.push_back(rule);
    return;
  }
  auto scale = std::find_if(book.scales.begin(), book.scales.end(),
                            [&](const Scale& known) { return known.field == thresholds->field; });
  if (scale == book.scales.end()) {
    scale = book.scales.insert(scale, Scale{thresholds->field, {}});
  }
  for (const Decimal threshold : thresholds->at) scale->entries.push_back({threshold, rule});
}

void RuleIndex::on_ticker(std::uint32_t symbol, const Ticker& ticker, Visit visit) {
  if (symbol >= books_.size()) return;
  Book& book = books_[symbol];
  ++tick_;
  for (const std::uint32_t rule : book.always) visit_once(rule, visit);
  const Reading reading{.ticker = &ticker, .now = ticker.received};
  for (Scale& scale : book.scales) {
    const Figure value = figure_of(scale.field, reading);
    if (!value.known()) continue;
    if (!scale.value) {
      begin(scale, value.exact(), visit);
    } else if (*scale.value != value.exact()) {
      move(scale, value.exact(), visit);
    }
  }
}

void RuleIndex::begin(Scale& scale, Decimal value, Visit visit) {
  std::sort(scale.entries.begin(), scale.entries.end(), [](const Entry& a, const Entry& b) {
    return a.threshold != b.threshold ? a.threshold < b.threshold : a.rule < b.rule;
  });
  for (const Entry& entry : scale.entries) visit_once(entry.rule, visit);
  const auto above =
      std::upper_bound(scale.entries.begin(), scale.entries.end(), value,
                       [](Decimal wanted, const Entry& entry) { return wanted < entry.threshold; });
  scale.above = static_cast<std::size_t>(above - scale.entries.begin());
  scale.value = value;
}

// Walks from where the value stood: where nothing is passed, that is one look to either side,
// however many rules there are.
void RuleIndex::move(Scale& scale, Decimal value, Visit visit) {
  const auto& entries = scale.entries;
  const Decimal before = *scale.value;
  scale.value = value;
  std::size_t& at = scale.above;
  if (value > before) {
    for (std::size_t on = at; on > 0 && entries[on - 1].threshold == before; --on) {
      visit_once(entries[on - 1].rule, visit);
    }
    for (; at < entries.size() && entries[at].threshold <= value; ++at) {
      visit_once(entries[at].rule, visit);
    }
    return;
  }
  for (; at > 0 && entries[at - 1].threshold > value; --at) {
    visit_once(entries[at - 1].rule, visit);
  }
  for (std::size_t on = at; on > 0 && entries[on - 1].threshold == value; --on) {
    visit_once(entries[on - 1].rule, visit);
  }
}

void RuleIndex::visit_once(std::uint32_t rule, Visit visit) {
  if (seen_[rule] == tick_) return;
  seen_[rule] = tick_;
  visit(rule);
}

}  // namespace btcw::rules
