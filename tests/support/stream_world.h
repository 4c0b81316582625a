#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "btcw/market/stream.h"
#include "btcw/watch/stream_source.h"
#include "support/fake_clock.h"
#include "support/fake_stream.h"
#include "support/recording_log.h"
#include "support/scripted_http.h"
#include "support/scripted_sockets.h"
#include "support/seeded_random.h"

namespace btcw::test {

/// What is wrong with an exchange, or with the way to it.
enum class StreamTrouble {
  none,
  refused,  ///< no connection can be opened
  limited,  ///< connections are refused with 429, to be tried again after two minutes
  mute,     ///< connections open, and nothing comes
  stalled,  ///< heartbeats and acks come, prices do not
  garbage,  ///< before every price comes something that is no frame
};

/// An exchange of the table, played to a StreamSource by the clock of a test.
class StreamWorld {
 public:
  StreamWorld(std::string exchange, std::vector<std::string> symbols);
  ~StreamWorld();
  StreamWorld(const StreamWorld&) = delete;
  StreamWorld& operator=(const StreamWorld&) = delete;

  /// Lets time pass in steps of `step`; with each, every pair moves.
  void pass(milliseconds time, milliseconds step = seconds{5});
  /// Ends every connection.
  void cut();

  [[nodiscard]] std::vector<SymbolRequest> requests() const;
  /// What the source is made with.
  [[nodiscard]] StreamOptions options() const;
  /// What a PollingSource would ask for now.
  [[nodiscard]] std::vector<SymbolRequest> asked_for();
  /// As if the exchange had answered a PollingSource.
  void answer_all();
  /// What it answers for that pair.
  [[nodiscard]] Fetched answer(const SymbolRequest& request) const;

  FakeClock clock;
  ScriptedSockets sockets{clock};
  ScriptedHttp http{clock};
  SeededRandom random;
  RecordingLog log;
  StreamTrouble trouble = StreamTrouble::none;
  /// What is answered for every pair that is asked for beside the stream; nullopt: nothing.
  std::optional<FakeQuote> rest = FakeQuote{};
  StreamSource source;

  std::vector<std::string> breaches;                     ///< of its rules, by us
  std::map<std::string, std::vector<std::string>> got;   ///< prices that came, by symbol
  std::map<std::string, std::vector<std::string>> told;  ///< prices that were told to somebody
  std::map<std::string, Ticker> latest;                  ///< the ticker that came last, by symbol
  std::size_t most_connections = 0;
  std::size_t asked = 0;  ///< how many pairs were asked for while time passed

 private:
  void open(std::uint64_t socket);
  void speak(std::uint64_t socket, const StreamSpeech& speech);
  void move_all();
  void poll();
  void settle();

  std::string exchange_;
  std::vector<std::string> symbols_;
  std::map<std::uint64_t, FakeStream> streams_;
  std::int64_t price_ = 1000;
};

}  // namespace btcw::test
