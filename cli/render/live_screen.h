#pragma once

#include <optional>
#include <span>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/watch/tick_observer.h"
#include "render/live_table.h"
#include "render/screen_log.h"
#include "terminal_mode.h"

namespace btcw::cli {

/// What the ages in the table are counted from.
enum class Ages {
  clock,      ///< the machine's clock
  recording,  ///< the latest ticker's time: a recording has a clock of its own
};

/// The live table on a terminal: redraws in place when something has changed, and every second.
///
/// Keys: q ends, j/k and the arrows scroll, Ctrl-Z suspends, Ctrl-L redraws. The terminal is put
/// back as it was by finish() and by the destructor.
class LiveScreen final : public TickObserver {
 public:
  struct Options {
    int out;   ///< the terminal
    int keys;  ///< a terminal too, or -1
    bool color = false;
    Ages ages = Ages::clock;
    std::string title = {};
    milliseconds stale_after = seconds{30};
  };
  LiveScreen(Options options, const Clock& clock, ScreenLog& log);
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;
  ~LiveScreen() override;

  /// The rows, the title and when a row counts as stale, from now on.
  void show(std::span<const SymbolRequest> requests, std::string title, milliseconds stale_after);

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;
  [[nodiscard]] int fd() const override { return options_.keys; }
  [[nodiscard]] SteadyTime due() const override { return due_; }
  Result<Flow> on_time() override;
  void on_resize() override;
  Result<void> finish() override;

 private:
  void enter();
  void leave();
  void suspend();
  void draw();
  Flow take_keys();
  Flow handle(std::string_view typed);
  void put(std::string_view text);

  Options options_;
  const Clock& clock_;
  ScreenLog& log_;
  LiveTable table_;
  std::optional<KeyMode> key_mode_;
  UtcTime latest_{};  ///< of all tickers' times
  SteadyTime drawn_{};
  SteadyTime due_{};
  bool entered_ = false;
  bool terminal_gone_ = false;
};

}  // namespace btcw::cli
