#pragma once

#include <optional>

#include "btcw/base/clock.h"
#include "btcw/base/ticker.h"

namespace btcw {

/// What an exchange said of the last 24 hours when it was asked, for the tickers of a stream that
/// tells none of it. Each figure has the age of the answer that told it. One symbol's; one thread.
class DayFigures {
 public:
  /// How often they are asked for while the stream runs.
  static constexpr milliseconds kAskEvery = seconds{60};
  /// How old a figure may be where prices are not polled less often than that.
  static constexpr milliseconds kKeep = std::chrono::minutes{5};

  /// Takes over what `answer` tells. What it leaves out stays, at its own age.
  void learn(const Ticker& answer, SteadyTime now);

  /// Whether it is time to ask again. True once: the next time comes after kAskEvery.
  bool ask(SteadyTime now);

  /// Puts into a streamed ticker what it does not say itself, of answers that came after `oldest`.
  /// Its own last price belongs to the 24 hours: high and low make room for it, and the percentage
  /// is that from the open to this price. Without an open it is the answer's percentage, carried
  /// from the price it was told with to this one.
  void complete(Ticker& ticker, SteadyTime oldest);

 private:
  struct Figure {
    Decimal value;
    SteadyTime at;
  };
  using Place = std::optional<Figure>;

  static void note(Place& place, const std::optional<Decimal>& told, SteadyTime now);
  static std::optional<Decimal> recall(const Place& place, SteadyTime oldest);
  [[nodiscard]] std::optional<Decimal> percentage_at(const Ticker& ticker, SteadyTime oldest) const;

  Place open_;
  Place high_;
  Place low_;
  Place base_volume_;
  Place quote_volume_;
  Place percentage_;
  Decimal told_with_;  ///< the last price that percentage_ belongs to
  std::optional<SteadyTime> asked_;
};

}  // namespace btcw
