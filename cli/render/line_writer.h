#pragma once

#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/ticker.h"
#include "btcw/watch/tick_observer.h"
#include "output_backlog.h"

namespace btcw::cli {

/// Appends a ticker, without a line end.
using LineFormat = void (*)(const Ticker& ticker, std::string& out);

/// 2026-11-22T10:00:00.123Z BTC/USDT 97123.4 +2.2352% binance
void append_plain_line(const Ticker& ticker, std::string& out);

/// When LineWriter writes.
enum class Flush {
  at_once,    ///< as the tickers come
  when_full,  ///< in large pieces, and after a tenth of a second at the latest
};

/// Prints tickers as lines, in the order they come. A slow reader holds nothing up but, once a
/// mebibyte waits for it, the source. Flow::stop when the reader has gone.
class LineWriter final : public TickObserver {
 public:
  struct Options {
    LineFormat format;
    Flush flush = Flush::at_once;
  };
  LineWriter(int out, Options options, const Clock& clock);

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;
  [[nodiscard]] int fd() const override { return backlog_.fd(); }
  [[nodiscard]] SteadyTime due() const override { return due_; }
  Result<Flow> on_time() override;
  [[nodiscard]] Load load() const override;
  Result<void> finish() override;

  [[nodiscard]] bool reader_gone() const { return backlog_.reader_gone(); }

 private:
  Result<Flow> write_now();

  OutputBacklog backlog_;
  Options options_;
  const Clock& clock_;
  SteadyTime due_ = SteadyTime::max();  ///< when what is held for a large piece is written
};

}  // namespace btcw::cli
