#include "btcw/rules/rule.h"

#include <algorithm>

#include "btcw/rules/truth.h"

namespace btcw::rules {
namespace {

class Look {
 public:
  Look(const Rule& rule, const RuleState& state, const Reading& reading)
      : rule_{rule}, reading_{reading}, judgement_{.state = state} {}

  Judgement run() && {
    const bool expired = rule_.expires && reading_.now >= *rule_.expires;
    if (expired) return std::move(judgement_);
    RuleState& state = judgement_.state;
    look_at_crossings(rule_.condition.root, reading_, rule_.hysteresis, state.crossings);
    judgement_.truth = ask(Question::happens);
    if (state.active && ask(Question::holds) == Truth::no) resolve();
    if (may_fire_at_all()) wait_and_fire();
    return std::move(judgement_);
  }

 private:
  [[nodiscard]] Truth ask(Question question) const {
    return truth_of(rule_.condition.root, reading_, judgement_.state.crossings, question,
                    rule_.hysteresis);
  }

  void resolve() {
    RuleState& state = judgement_.state;
    state.active = false;
    judgement_.event = Event{.kind = EventKind::resolved,
                             .at = reading_.now,
                             .since = state.fired_at.value_or(reading_.now),
                             .number = state.fired};
  }

  [[nodiscard]] bool may_fire_at_all() const {
    return rule_.repeat != Repeat::once || judgement_.state.fired == 0;
  }

  void wait_and_fire() {
    RuleState& state = judgement_.state;
    // Once it waits, a crossing need not happen again, it has to stand.
    const Truth truth = state.since ? ask(Question::stands) : judgement_.truth;
    if (truth == Truth::no) state.since.reset();
    if (truth != Truth::yes) return;
    if (!state.since) state.since = reading_.now;
    if (reading_.now - *state.since < rule_.hold_for) return;
    if (state.active && rule_.repeat == Repeat::rearm) return;
    if (state.fired_at && reading_.now - *state.fired_at < rule_.cooldown) return;
    fire();
  }

  void fire() {
    RuleState& state = judgement_.state;
    ++state.fired;
    judgement_.event = Event{
        .kind = EventKind::fired, .at = reading_.now, .since = *state.since, .number = state.fired};
    state.fired_at = reading_.now;
    state.active = true;
    // What must hold for some time goes on to hold; a crossing is used up.
    if (rule_.hold_for == milliseconds{0}) state.since.reset();
  }

  const Rule& rule_;
  const Reading& reading_;
  Judgement judgement_;
};

void add(std::optional<UtcTime>& earliest, UtcTime time) {
  earliest = earliest ? std::min(*earliest, time) : time;
}

// The first moment at which a `stale` below `node` becomes true, or `age` is worth another look.
void add_ages(const Node& node, const Reading& reading, std::optional<UtcTime>& earliest) {
  if (node.op == Op::stale) {
    const auto limit = node.literal.value.times_power_of_ten(3);  // ms
    if (!limit) return;
    const UtcTime due =
        reading.ticker->received + milliseconds{static_cast<std::int64_t>(limit->to_double()) + 1};
    if (due > reading.now) add(earliest, due);
  }
  if (node.op == Op::field && node.field == Field::age) add(earliest, reading.now + seconds{1});
  for (const Node& child : node.children) add_ages(child, reading, earliest);
}

bool fires_with_every_look(const Rule& rule) {
  return rule.repeat == Repeat::every && rule.cooldown == milliseconds{0};
}

}  // namespace

Judgement evaluate(const Rule& rule, const RuleState& state, const Reading& reading) {
  return Look{rule, state, reading}.run();
}

std::optional<UtcTime> next_look(const Rule& rule, const RuleState& state, const Reading& reading) {
  const bool over = (rule.expires && reading.now >= *rule.expires) ||
                    (rule.repeat == Repeat::once && state.fired > 0 && !state.active);
  if (over) return std::nullopt;
  std::optional<UtcTime> earliest;
  if (rule.condition.reads_age && reading.ticker != nullptr) {
    add_ages(rule.condition.root, reading, earliest);
  }
  const bool blocked = state.active && rule.repeat != Repeat::every;
  if (blocked) return earliest;
  const bool every = rule.repeat == Repeat::every && state.active;
  if (!state.since && !every) return earliest;
  UtcTime due = state.since ? *state.since + rule.hold_for : reading.now;
  if (state.fired_at) due = std::max(due, *state.fired_at + rule.cooldown);
  if (due <= reading.now && state.since && !fires_with_every_look(rule)) {
    // It is due, and has not fired: its truth is not known.
    due = reading.now + seconds{1};
  }
  if (due > reading.now) add(earliest, due);
  return earliest;
}

}  // namespace btcw::rules
