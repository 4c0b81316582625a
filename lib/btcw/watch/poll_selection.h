#pragma once

#include <span>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/market/market.h"

namespace btcw {

/// Who decides what a PollingSource asks for in a cycle, and hears what was answered.
class PollSelection {
 public:
  virtual ~PollSelection() = default;
  /// Removes what need not be asked for now.
  virtual void select(std::vector<SymbolRequest>& requests) = 0;
  /// The answers to what was left.
  virtual void answered(std::span<const Fetched> answers) = 0;
  /// Whether an answer is told on. False: something newer has been told already.
  [[nodiscard]] virtual bool is_news(const Fetched& answer) const = 0;
};

}  // namespace btcw
