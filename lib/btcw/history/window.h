#pragma once

#include <optional>

#include "btcw/base/decimal.h"
#include "btcw/base/time.h"
#include "btcw/history/ring.h"

namespace btcw::history {

/// Both windows remember the past in 600 pieces, of a second at least, so that their memory does
/// not grow with the ticks: their edge is as sharp as one piece is long. Prices come in the order
/// of time; one that is older than the last is left out.

/// The price as it was one window ago.
class PastPrice {
 public:
  explicit PastPrice(milliseconds window);

  void add(UtcTime time, Decimal price);
  /// The last price that is at least a window old; nullopt: there is none, or it is older than two
  /// windows, because nothing came in between.
  [[nodiscard]] std::optional<Decimal> value(UtcTime now) const;
  /// In percent from value(now) to the last price.
  [[nodiscard]] std::optional<double> change(UtcTime now) const;

 private:
  struct Piece {
    UtcTime time{};  // of its last price
    Decimal price{};
  };
  milliseconds window_;
  milliseconds piece_;
  Ring<Piece> pieces_;
};

enum class Extreme { highest, lowest };

/// The highest or lowest price of a window.
class WindowExtreme {
 public:
  WindowExtreme(Extreme extreme, milliseconds window);

  void add(UtcTime time, Decimal price);
  /// Of the window before `now`, exact; nullopt: it is not covered yet. After more than a window
  /// without a price it begins anew. O(1), add() amortised.
  [[nodiscard]] std::optional<Decimal> value(UtcTime now) const;

 private:
  struct Piece {
    UtcTime end{};
    Decimal price{};
  };
  [[nodiscard]] bool beats(Decimal a, Decimal b) const;
  [[nodiscard]] UtcTime end_of_piece(UtcTime time) const;

  Extreme extreme_;
  milliseconds window_;
  milliseconds piece_;
  std::optional<UtcTime> since_;
  UtcTime last_{};
  Ring<Piece> pieces_;  // each beaten by those before it
};

}  // namespace btcw::history
