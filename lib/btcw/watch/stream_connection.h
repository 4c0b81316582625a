#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/market/stream.h"
#include "btcw/net/web_sockets.h"

namespace btcw {

/// How far a connection has come.
enum class StreamPhase {
  opening,      ///< until the handshake is done
  greeting,     ///< until the exchange may be asked
  subscribing,  ///< the requests go out, as fast as they may
  streaming,    ///< all has been asked for
  ended,        ///< see end()
};
/// "opening", …
std::string_view to_string(StreamPhase phase);

/// Where a connection leads, and what is wanted of it.
struct StreamRoute {
  std::string url;                                        ///< may hold a token
  std::optional<milliseconds> ping_every = std::nullopt;  ///< instead of the table's
  /// With no price for so long from the connect on, it is given up.
  milliseconds data_window = std::chrono::minutes{2};
};

/// The life of one connection to an exchange, from its opening to its end: a state machine over the
/// clock and what the socket reports. It never waits, and opens nothing twice: the next one is
/// another object (StreamFleet).
class StreamConnection {
 public:
  struct Ports {
    WebSockets& sockets;
    const Clock& clock;
  };
  /// Opens at once. `stream` is borrowed.
  StreamConnection(const ExchangeStream& stream, ExchangeName name, StreamRoute route,
                   std::vector<Symbol> symbols, Ports ports);
  ~StreamConnection();
  StreamConnection(const StreamConnection&) = delete;
  StreamConnection& operator=(const StreamConnection&) = delete;

  /// Subscribes to these as well.
  void add(std::span<const Symbol> symbols);

  /// By what events name it.
  [[nodiscard]] std::uint64_t socket() const { return socket_; }

  /// When tend() wants to be called.
  [[nodiscard]] SteadyTime due() const;
  /// Sends what may be sent now, and ends what has been silent for too long.
  void tend();
  /// Takes an event of its socket. What it says lives until the next call.
  StreamNews hear(const SocketEvent& event);

  [[nodiscard]] StreamPhase phase() const { return phase_; }
  /// Why it has ended; nullptr: it has not.
  [[nodiscard]] const Error* end() const { return end_ ? &*end_ : nullptr; }
  /// Whether another is wanted in its place soon: the exchange says so, or will end it for its age.
  [[nodiscard]] bool wants_successor() const;
  /// Whether it has brought prices, with all its subscriptions sent.
  [[nodiscard]] bool brings_prices() const {
    return phase_ == StreamPhase::streaming && ticks_ > 0;
  }

  [[nodiscard]] SteadyTime opened_at() const { return opened_; }
  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }
  /// When the last price came; before the first the moment of the opening.
  [[nodiscard]] SteadyTime last_tick() const { return ticked_; }

 private:
  void enter(StreamPhase phase);
  void queue_requests(std::span<const Symbol> symbols);
  void ping();
  void post(const std::string& text);
  StreamNews read(const SocketEvent& event);
  void note_unreadable(Error why);
  void give_up(Error why);
  [[nodiscard]] SteadyTime silent_at() const { return heard_ + stream_.limits.longest_silence; }
  [[nodiscard]] bool may_send() const;
  [[nodiscard]] RequestStamp stamp() const { return {numbers_ + 1, ports_.clock.now()}; }

  const ExchangeStream& stream_;
  StreamRoute route_;
  Ports ports_;
  std::unique_ptr<StreamReader> reader_;
  std::vector<Symbol> symbols_;  ///< until they are asked for
  milliseconds ping_every_;
  std::uint64_t socket_ = 0;
  StreamPhase phase_ = StreamPhase::opening;
  std::deque<std::string> requests_;
  std::uint64_t numbers_ = 0;  ///< of our messages so far
  SteadyTime opened_;
  SteadyTime heard_;
  SteadyTime ticked_;
  SteadyTime free_at_;  ///< when the next message may be sent
  SteadyTime ping_at_ = SteadyTime::max();
  SteadyTime answer_by_ = SteadyTime::max();  ///< until the first answer to a request
  std::optional<SteadyTime> rotate_at_;
  std::uint64_t ticks_ = 0;
  std::uint64_t unreadable_ = 0;
  int unreadable_in_a_row_ = 0;
  std::optional<Error> end_;
};

}  // namespace btcw
