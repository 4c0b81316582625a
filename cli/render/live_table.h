#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/cache/price_cache.h"
#include "terminal_mode.h"

namespace btcw::cli {

/// What the table is of, besides tickers.
struct TableFrame {
  TerminalSize size;
  UtcTime now;               ///< what ages are counted from
  milliseconds stale_after;  ///< an older row is marked
  std::string_view title;
  std::string_view message = {};  ///< the last line: the latest warning
  bool color = false;
};

/// The rows of the live table, and how they look. Knows no terminal.
class LiveTable {
 public:
  /// The rows that are wanted, in this order, whether anything is known of them or not.
  void expect(std::span<const SymbolRequest> requests);

  /// Puts a tick into the row it answers; one that nobody expected gets a row of its own.
  void update(const CacheEntry& tick);

  /// Moves the visible part down (or up) by so many rows.
  void scroll(int rows);

  /// The whole screen, from the top left corner: every line is cleared to its end.
  [[nodiscard]] std::string render(const TableFrame& frame);

 private:
  enum class Move { none, up, down };
  struct Row {
    SymbolRequest request;
    std::optional<Ticker> ticker = std::nullopt;
    Move move = Move::none;  ///< of the last price, against the one before
  };

  Row& row_of(const CacheEntry& tick);

  std::vector<Row> rows_;
  std::size_t first_ = 0;  ///< the topmost row that is visible
};

}  // namespace btcw::cli
