#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "btcw/base/log.h"
#include "btcw/base/symbol.h"
#include "btcw/base/time.h"
#include "btcw/market/market.h"

namespace btcw {

/// Tells what goes wrong with which symbols: once when it begins, again only when it becomes
/// something else, and once when it is over. Symbols with the same fault share a line.
class FaultLog {
 public:
  explicit FaultLog(Log& log) : log_{log} {}

  /// Judges the answers of one cycle. What a symbol had before and is not among the answers is
  /// forgotten.
  void judge(std::span<const Fetched> answers);

  /// Says that nothing at all could be reached, why, and when it is tried again; once, until the
  /// reasons change or judge() has seen an answer.
  void unreachable(std::span<const Fetched> answers, milliseconds pause);

  /// How many symbols have a fault now.
  [[nodiscard]] std::size_t open() const { return faults_.size(); }

 private:
  Log& log_;
  /// By symbol, the fault without its digits: a fault that only counts seconds down is the same.
  std::map<SymbolRequest, std::string> faults_;
  std::string outage_;  ///< the reasons that were told; empty: something answers
};

}  // namespace btcw
