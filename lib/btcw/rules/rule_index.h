#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "btcw/base/function_ref.h"
#include "btcw/base/ticker.h"
#include "btcw/rules/rule.h"

namespace btcw::rules {

/// Where the judgement of a rule can change that compares one field with numbers and nothing else:
/// as long as the field passes none of `at`, it stays what it is.
struct Thresholds {
  Field field = Field::last;
  std::vector<Decimal> at{};  ///< with what the hysteresis adds and takes away
};

/// nullopt: the rule is to be looked at with every ticker. So is one that fires with each of them
/// (repeat = every without a cooldown).
std::optional<Thresholds> thresholds_of(const Rule& rule);

/// Which rules a ticker may change, so that its cost grows with those and not with all there are.
///
/// Whoever uses it calls evaluate() for what it names, and when next_look() asks for it. Rules are
/// numbers of the caller's, counted from 0 without gaps, and so are symbols. Not thread-safe.
class RuleIndex {
 public:
  /// Enters a rule. Precondition: not after on_ticker() of that symbol.
  void add(std::uint32_t symbol, std::uint32_t rule, const Rule& judged);

  /// Calls `visit` for each rule that `ticker`, the next of its symbol, may change: those without
  /// thresholds, those with one between the field's last known value and the new one, both
  /// included, and all with the first. Each once, in no order that means anything.
  void on_ticker(std::uint32_t symbol, const Ticker& ticker,
                 FunctionRef<void(std::uint32_t)> visit);

 private:
  struct Entry {
    Decimal threshold;
    std::uint32_t rule;
  };
  // The thresholds of one field, and where its value stands among them.
  struct Scale {
    Field field;
    std::vector<Entry> entries;  // sorted at the first value
    std::optional<Decimal> value = std::nullopt;
    std::size_t above = 0;  // the first entry above the value
  };
  struct Book {
    std::vector<std::uint32_t> always;
    std::vector<Scale> scales;
  };
  using Visit = FunctionRef<void(std::uint32_t)>;

  void begin(Scale& scale, Decimal value, Visit visit);
  void move(Scale& scale, Decimal value, Visit visit);
  void visit_once(std::uint32_t rule, Visit visit);

  std::vector<Book> books_;
  std::vector<std::uint64_t> seen_;  // the tick in which a rule was visited last
  std::uint64_t tick_ = 0;
};

}  // namespace btcw::rules
