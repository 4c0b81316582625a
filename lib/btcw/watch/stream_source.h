#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "btcw/watch/day_figures.h"
#include "btcw/watch/poll_selection.h"
#include "btcw/watch/stream_fleet.h"
#include "btcw/watch/ticker_source.h"

namespace btcw {

/// How an exchange of the market is streamed from.
struct StreamedExchange {
  const ExchangeStream* stream;
  ExchangeName name;
  StreamHosts hosts = {};
};

struct StreamOptions {
  std::vector<SymbolRequest> requests;
  /// Not empty: only these exchanges, as in PollingOptions.
  std::vector<ExchangeName> order = {};
  /// The order of preference in force.
  std::vector<ExchangeName> preference = {};
  /// What may be streamed from.
  std::vector<StreamedExchange> exchanges = {};
  /// A symbol whose stream has said nothing for so long is asked for.
  milliseconds quiet_after = seconds{10};
};

/// Prices as the exchanges push them. Beside a PollingSource, for which it says what still has to
/// be asked for: at first everything (which tells who has what), then what no stream brings: a
/// stream that is down or stalled, a pair that nobody trades, an exchange without streams; and
/// every minute the figures of the last 24 hours of a stream that does not tell them (StreamDay),
/// which are then put into its tickers. They are at most DayFigures::kKeep old, or two
/// `quiet_after` where that is longer; older ones are not known.
class StreamSource final : public TickerSource, public PollSelection {
 public:
  /// All is borrowed.
  StreamSource(StreamOptions options, StreamFleet::Ports ports);
  ~StreamSource() override;
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;

  /// From now on these. Connections to exchanges that are reached as before are kept.
  void reconfigure(StreamOptions options);

  /// Closes all connections; they come back with the next answers.
  void let_go();

  [[nodiscard]] int fd() const override { return ports_.sockets.fd(); }
  [[nodiscard]] SteadyTime due() const override;
  Result<SourceState> take(TickSink sink) override;
  /// The first answers are a PollingSource's.
  [[nodiscard]] bool settled() const override { return false; }

  void select(std::vector<SymbolRequest>& requests) override;
  void answered(std::span<const Fetched> answers) override;
  /// An answer is none where the stream of that exchange runs.
  [[nodiscard]] bool is_news(const Fetched& answer) const override;

  [[nodiscard]] std::vector<StreamStatus> status() const;
  /// How many tickers came so far.
  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }
  /// How many requests have had a price from their stream within quiet_after.
  [[nodiscard]] std::size_t streamed() const;

 private:
  /// A symbol that an exchange streams.
  struct Followed {
    CacheScope scope = CacheScope::exchange;
    SteadyTime ticked = SteadyTime::min();
    std::optional<DayFigures> day = std::nullopt;  ///< where the stream does not tell them
  };
  /// One exchange.
  struct Lane {
    StreamedExchange exchange;
    std::unique_ptr<StreamFleet> fleet;
    std::unordered_map<Symbol, Followed> followed = {};
  };

  void assign(const SymbolRequest& request, ExchangeName exchange);
  [[nodiscard]] std::optional<ExchangeName> guess(const Fetched& answer) const;
  void follow_assigned();
  void take_event(const SocketEvent& event);
  void take_tickers(Lane& lane, std::span<const Ticker> tickers);
  void learn_day(const Ticker& answer);
  [[nodiscard]] bool is_fresh(const SymbolRequest& request) const;
  [[nodiscard]] bool is_second_choice(const SymbolRequest& request) const;

  StreamOptions options_;
  StreamFleet::Ports ports_;
  std::map<ExchangeName, Lane> lanes_;
  std::map<SymbolRequest, ExchangeName> assigned_;
  std::map<SymbolRequest, SteadyTime> refused_;  ///< not streamed before that moment
  SteadyTime second_choices_at_;  ///< when the first choice is asked whether it has come back
  std::vector<CacheEntry> batch_;
  std::uint64_t ticks_ = 0;
};

}  // namespace btcw
