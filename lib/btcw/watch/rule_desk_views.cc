// What others want to know of the desk, and what it wants to know of others.
#include <algorithm>

#include "btcw/rules/rule_text.h"
#include "btcw/watch/rule_desk.h"

namespace btcw {

void RuleDesk::seed(const Book& book) {
  const auto seed_one = [this](Number number) {
    Instrument& instrument = *instruments_[number];
    const auto fresh = instrument.indicators.fresh();
    if (fresh.empty()) return;
    instrument.indicators.begin(seeder_ ? seeder_(instrument.about, fresh) : KnownPast{});
  };
  if (book.any) seed_one(*book.any);
  for (const Number number : book.pinned) seed_one(number);
}

void RuleDesk::take_questions(FunctionRef<void(const PastQuestion&)> ask) {
  for (const PastQuestion& question : questions_) ask(question);
  questions_.clear();
}

void RuleDesk::complete_past(const PastQuestion& question, std::span<const Candle> candles,
                             UtcTime now) {
  Instrument& instrument = *instruments_[question.instrument];
  instrument.indicators.complete(question.feed, question.need.interval, candles);
  if (candles.empty()) return;
  for (const Number number : instrument.bindings) wake_at(number, now);
}

void RuleDesk::take_changes(FunctionRef<void(KeptState)> take) {
  for (const Number number : changed_) {
    Binding& binding = bindings_[number];
    binding.changed = false;
    const Alert& alert = alerts_[binding.alert];
    take({.alert = alert.name,
          .symbol = instruments_[binding.instrument]->about.to_string(),
          .rule = alert.fingerprint,
          .state = to_text(binding.state)});
  }
  changed_.clear();
}

bool RuleDesk::view(std::string_view alert, UtcTime now, FunctionRef<void(const View&)> see) const {
  const auto found = std::find_if(alerts_.begin(), alerts_.end(),
                                  [&](const Alert& one) { return one.name == alert; });
  if (found == alerts_.end()) return false;
  for (const Binding& binding : bindings_) {
    if (&alerts_[binding.alert] != &*found) continue;
    see({*found, instruments_[binding.instrument]->about, binding.state, reading_of(binding, now),
         binding.due});
  }
  return true;
}

}  // namespace btcw
