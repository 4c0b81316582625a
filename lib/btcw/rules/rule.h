#pragma once

#include <cstdint>
#include <optional>

#include "btcw/base/time.h"
#include "btcw/rules/crossing.h"
#include "btcw/rules/expression.h"
#include "btcw/rules/reading.h"

namespace btcw::rules {

/// When a rule that has fired may fire again.
enum class Repeat : std::uint8_t {
  once,   ///< never
  rearm,  ///< when its condition has become false, by the hysteresis, and the cooldown is over
  every,  ///< as long as its condition is true, once each cooldown
};

/// A condition and the life that its alerts lead.
struct Rule {
  Expression condition;
  milliseconds hold_for{0};  ///< `for`: it must be true this long
  milliseconds cooldown{0};  ///< between one firing and the next
  Hysteresis hysteresis{};
  Repeat repeat = Repeat::rearm;
  std::optional<UtcTime> expires = std::nullopt;  ///< from then on it is silent
};

/// What a rule remembers of one symbol between two looks. A value: whoever keeps it can put it back
/// after a restart, and the rule goes on as if there had been none.
struct RuleState {
  std::optional<UtcTime> since = std::nullopt;     ///< its condition has been true since
  std::optional<UtcTime> fired_at = std::nullopt;  ///< the last time
  std::uint32_t fired = 0;                         ///< how often
  bool active = false;                             ///< fired, and not resolved
  Crossings crossings{};

  friend bool operator==(const RuleState&, const RuleState&) = default;
};

enum class EventKind : std::uint8_t { fired, resolved };

struct Event {
  EventKind kind = EventKind::fired;
  UtcTime at{};
  UtcTime since{};           ///< when the condition became true; of resolved: when it fired
  std::uint32_t number = 1;  ///< of this firing, from 1: with the rule and the symbol, an identity

  friend bool operator==(const Event&, const Event&) = default;
};

struct Judgement {
  RuleState state;
  std::optional<Event> event = std::nullopt;
  Truth truth = Truth::unknown;  ///< of the condition in this moment
};

/// One look at a rule. Pure: the same arguments give the same judgement.
///
/// A condition whose truth is not known changes nothing: what it waits for goes on, but it does not
/// fire on it. A crossing that comes during the cooldown, and still stands when that ends, fires
/// then. One firing and its end are never in one judgement.
/// Precondition: the spans of `reading` are as long as the lists of the condition.
Judgement evaluate(const Rule& rule, const RuleState& state, const Reading& reading);

/// When time alone may change the judgement, so that evaluate() is to be called again with the same
/// ticker: the end of `for`, of the cooldown, of `stale`. nullopt: only a new ticker can. A
/// condition that computes with `age`, or that is due and whose truth is not known, is looked at
/// again every second.
std::optional<UtcTime> next_look(const Rule& rule, const RuleState& state, const Reading& reading);

}  // namespace btcw::rules
