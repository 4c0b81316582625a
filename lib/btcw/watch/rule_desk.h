#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "btcw/base/function_ref.h"
#include "btcw/base/ticker.h"
#include "btcw/rules/explain.h"
#include "btcw/rules/rule.h"
#include "btcw/rules/rule_index.h"
#include "btcw/store/journal.h"
#include "btcw/watch/alert.h"
#include "btcw/watch/instrument_indicators.h"

namespace btcw {

/// Something that happened to an alert, with all that its message may speak of. Borrows.
struct AlertEvent {
  const Alert& alert;
  const SymbolRequest& about;  ///< as the alert has it: with an exchange where it names one
  const rules::Reading& reading;
  const rules::Event& event;
};

/// The name of an event, of a message and of a file in the queue: see rules::event_id().
std::string event_id(const AlertEvent& event);

/// Candles of the time before a ticker, which the exchange that it came from may know.
struct PastQuestion {
  SymbolRequest about;  ///< whose indicators want them
  ExchangeName exchange;
  PastNeed need;
  std::uint32_t instrument;  ///< these two are the desk's
  std::size_t feed;
};

/// All alerts with what they remember, of all the symbols that come: which ones a ticker or time
/// alone may change, and what they then say.
///
/// The same tickers in the same order bring the same events. Allocates nothing in the steady state.
/// Not thread-safe.
class RuleDesk {
 public:
  /// What is known of the time before the first ticker that these indicators of a symbol will see.
  using Seeder = std::function<KnownPast(const SymbolRequest& about,
                                         std::span<const IndicatorRequest> requests)>;
  using Sink = FunctionRef<void(const AlertEvent&)>;

  /// What watch knows of a ticker, but the ticker does not say.
  enum class Answers {
    any,       ///< requests that name no exchange too
    exchange,  ///< only those that name its exchange
  };

  /// `states` are what a process before this one has remembered; those of other rules are void.
  explicit RuleDesk(std::vector<Alert> alerts, std::span<const KeptState> states = {},
                    Seeder seeder = {});

  /// Other alerts from now on. What those remember that have not changed stays.
  void replace(std::vector<Alert> alerts);

  /// Judges what the ticker may change. Time has come to ticker.received before.
  void on_ticker(const Ticker& ticker, Answers answers, Sink sink);
  /// Takes note of a ticker that was judged in an earlier life.
  void skip_ticker(const Ticker& ticker, Answers answers);
  /// The last skip_ticker() was at `now`: time goes on from there.
  void resume(UtcTime now);

  /// When time alone may change something; nullopt: never.
  [[nodiscard]] std::optional<UtcTime> due() const;
  /// Judges what time alone has changed by `now`. As it was at each moment, where it is a
  /// recording's time; as it is now, where the machine may have slept.
  enum class Time { recorded, real };
  void on_time(UtcTime now, Time time, Sink sink);

  /// Calls `ask` for what tickers have shown to be missing since the last call: each is answered by
  /// one complete_past(), whenever that may be.
  void take_questions(FunctionRef<void(const PastQuestion&)> ask);
  /// The answer; without candles: nobody knows. What it may change is judged by the next on_time().
  void complete_past(const PastQuestion& question, std::span<const Candle> candles, UtcTime now);

  /// Calls `take` for what has changed since the last call: alert, symbol, rule and state.
  void take_changes(FunctionRef<void(KeptState)> take);
  [[nodiscard]] bool has_changes() const { return !changed_.empty(); }

  /// One alert of one symbol, as it stands.
  struct View {
    const Alert& alert;
    const SymbolRequest& about;
    const rules::RuleState& state;
    rules::Reading reading;
    std::optional<UtcTime> due;
  };
  /// Calls `see` for all symbols of the alert of that name, as of `now`; false: no such alert.
  bool view(std::string_view alert, UtcTime now, FunctionRef<void(const View&)> see) const;

  [[nodiscard]] std::span<const Alert> alerts() const { return alerts_; }

 private:
  using Number = std::uint32_t;

  /// What tickers come to: a symbol of one exchange, or of whichever answers.
  struct Instrument {
    SymbolRequest about;
    std::optional<Ticker> last = std::nullopt;
    InstrumentIndicators indicators{};
    std::vector<Number> bindings{};
  };
  /// One exchange's last price of a symbol, for price("…").
  struct OtherPrice {
    ExchangeName exchange;
    std::optional<Decimal> price = std::nullopt;
    std::vector<Number> readers{};  ///< bindings
  };
  /// All of a symbol.
  struct Book {
    std::optional<Number> any = std::nullopt;  ///< instruments
    std::vector<Number> pinned{};
    std::vector<OtherPrice> prices{};
  };
  /// One alert of one instrument.
  struct Binding {
    Number alert;
    Number instrument;
    Book* book;
    rules::RuleState state{};
    std::vector<std::size_t> indicators{};  ///< places in the instrument's
    std::vector<std::size_t> prices{};      ///< places in Book::prices
    std::optional<UtcTime> due = std::nullopt;
    UtcTime queued = UtcTime::max();  ///< the earliest of its timers
    bool changed = false;
  };
  struct Timer {
    UtcTime at;
    Number binding;
  };
  static bool later(const Timer& a, const Timer& b) {
    return a.at != b.at ? a.at > b.at : a.binding > b.binding;
  }
  enum class Mode { judge, skip };

  Book& book_of(const Symbol& symbol);
  void bind(Number alert, const AlertTarget& target, const Symbol& symbol, Book& book);
  void bind_all(const Symbol& symbol, Book& book);
  Number instrument_of(const SymbolRequest& about, Book& book);
  void connect(Binding& binding, Number number);
  void seed(const Book& book);
  void restore(Binding& binding, const Alert& alert, const SymbolRequest& about);

  void take(const Ticker& ticker, Answers answers, Mode mode, Sink sink);
  void take_instrument(Number number, const Ticker& ticker, Mode mode, Sink sink);
  /// What reads the ticker's price beside that of another.
  void judge_readers(const Book& book, const Ticker& ticker, Sink sink);
  void judge(Number number, UtcTime now, Sink sink);
  void wait_for(Number number, const rules::Reading& reading);
  void wake_at(Number number, UtcTime due);
  [[nodiscard]] rules::Reading reading_of(const Binding& binding, UtcTime now) const;
  static std::string key_of(std::string_view alert, const SymbolRequest& about);

  std::vector<Alert> alerts_;
  Seeder seeder_;
  std::map<std::string, KeptState> kept_;  ///< not taken over by a binding yet
  std::unordered_map<Symbol, std::unique_ptr<Book>> books_;
  std::vector<std::unique_ptr<Instrument>> instruments_;
  std::vector<Binding> bindings_;
  rules::RuleIndex index_;
  std::vector<Timer> timers_;  ///< a heap, the earliest in front
  std::vector<Number> changed_;
  std::vector<PastQuestion> questions_;
  // Of the look that is being taken.
  mutable std::vector<IndicatorValue> values_;
  mutable std::vector<std::optional<Decimal>> prices_;
};

}  // namespace btcw
