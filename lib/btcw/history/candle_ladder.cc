#include "btcw/history/candle_ladder.h"

namespace btcw::history {

CandleLadder::CandleLadder()
    : rungs_{Rung{CandleBuilder{kResolutions[0]}}, Rung{CandleBuilder{kResolutions[1]}},
             Rung{CandleBuilder{kResolutions[2]}}, Rung{CandleBuilder{kResolutions[3]}},
             Rung{CandleBuilder{kResolutions[4]}}, Rung{CandleBuilder{kResolutions[5]}}} {}

void CandleLadder::resume(milliseconds interval, const Candle& candle) {
  for (Rung& rung : rungs_) {
    if (rung.builder.interval() == interval) (void)rung.builder.seed(candle);
  }
}

void CandleLadder::add(UtcTime time, Decimal price,
                       FunctionRef<void(milliseconds, const Candle&)> closed) {
  for (Rung& rung : rungs_) {
    const auto& running = rung.builder.running();
    if (running && time < running->start) continue;
    const auto done = rung.builder.add(time, price);
    if (done && rung.is_changed) closed(rung.builder.interval(), *done);
    rung.is_changed = true;
  }
}

void CandleLadder::flush(FunctionRef<void(milliseconds, const Candle&)> write) {
  for (Rung& rung : rungs_) {
    if (!rung.is_changed) continue;
    write(rung.builder.interval(), *rung.builder.running());
    rung.is_changed = false;
  }
}

}  // namespace btcw::history
