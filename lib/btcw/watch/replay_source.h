#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/watch/line_reader.h"
#include "btcw/watch/replay_speed.h"
#include "btcw/watch/ticker_source.h"

namespace btcw {

struct ReplayOptions {
  ReplaySpeed speed = {};
  /// Not empty: only tickers that answer one of these.
  std::vector<SymbolRequest> only = {};
  /// Not empty: only tickers of these.
  std::vector<ExchangeName> exchanges = {};
  /// The first so many tickers come without a pause: they were played in an earlier life.
  std::uint64_t resume_at = 0;
};

struct ReplayStatus {
  std::uint64_t tickers = 0;    ///< handed over
  std::uint64_t bad_lines = 0;  ///< passed over because they hold no ticker
};

/// Plays a recording: tickers in the one JSON shape, one a line, as `price` and `watch` print them.
///
/// A line that is no ticker is told with its number, the first kToldLines of them, and passed over;
/// so is one of more than LineReader::kMaxLine bytes. Empty lines are nothing. A recording whose
/// times step back goes on without a pause. Errors of take(): unavailable when the descriptor
/// cannot be read.
class ReplaySource final : public TickerSource {
 public:
  static constexpr std::uint64_t kToldLines = 10;

  struct Ports {
    TickerReader& reader;
    const Clock& clock;
    Log& log;
  };
  /// Reads from `input`, which is borrowed.
  ReplaySource(int input, ReplayOptions options, Ports ports);

  [[nodiscard]] int fd() const override;
  [[nodiscard]] SteadyTime due() const override;
  Result<SourceState> take(TickSink sink) override;
  [[nodiscard]] bool settled() const override { return settled_; }

  [[nodiscard]] const ReplayStatus& status() const { return status_; }

 private:
  void play_buffered(TickSink sink);
  void play(const Ticker& ticker, TickSink sink);
  void flush(TickSink sink);
  [[nodiscard]] SteadyTime due_of(const Ticker& ticker);
  [[nodiscard]] bool wanted(const Ticker& ticker) const;
  void tell_bad_line(std::uint64_t number, std::string_view reason);

  int input_;
  ReplayOptions options_;
  Ports ports_;
  LineReader lines_;
  ReplayStatus status_;
  std::vector<CacheEntry> batch_;
  std::optional<Ticker> pending_;  ///< read, but not due yet
  SteadyTime pending_due_{};
  struct Start {
    UtcTime recorded;
    SteadyTime played;
  };
  std::optional<Start> start_;
  bool waiting_for_input_ = false;
  bool settled_ = false;
};

}  // namespace btcw
