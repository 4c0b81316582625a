#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/function_ref.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/net/http.h"
#include "btcw/watch/stream_slot.h"
#include "btcw/watch/stream_status.h"

namespace btcw {

/// Where an exchange is reached.
struct StreamHosts {
  std::string ws_url = {};    ///< empty: the exchange's own
  std::string rest_url = {};  ///< for what has to be asked for first
};

/// All connections to one exchange: as few as its limits allow for the symbols, opened no faster
/// than it likes.
class StreamFleet {
 public:
  struct Ports {
    WebSockets& sockets;
    HttpTransport& http;  ///< for a StreamDoor; driven here
    const Clock& clock;
    Random& random;
    Log& log;
  };
  /// `stream` is borrowed.
  StreamFleet(const ExchangeStream& stream, ExchangeName name, StreamHosts hosts, Ports ports);
  ~StreamFleet();
  StreamFleet(const StreamFleet&) = delete;
  StreamFleet& operator=(const StreamFleet&) = delete;

  /// From now on these symbols. Connections that have none left are closed.
  void follow(std::span<const Symbol> symbols);

  /// Called with the prices of a frame, and where it was refused with the symbol.
  struct Sinks {
    FunctionRef<void(std::span<const Ticker>)> tickers;
    FunctionRef<void(const Symbol&)> refused;
  };
  /// False: no socket of this fleet.
  bool hear(const SocketEvent& event, const Sinks& sinks);

  /// When tend() wants to be called.
  [[nodiscard]] SteadyTime due() const;
  void tend();

  [[nodiscard]] ExchangeName name() const { return name_; }
  void append_status(std::vector<StreamStatus>& out) const;

 private:
  struct Pass;

  void place(std::span<const Symbol> symbols);
  void tend_slot(StreamSlot& slot);
  void open(StreamSlot& slot);
  void ask_for_pass();
  void tell_lost(const Error& why, const StreamSlot& slot);
  void tell_found(const StreamSlot& slot);
  [[nodiscard]] std::optional<SteadyTime> next_open() const;

  const ExchangeStream& stream_;
  ExchangeName name_;
  StreamHosts hosts_;
  Ports ports_;
  std::vector<std::unique_ptr<StreamSlot>> slots_;
  SteadyTime connect_at_;  ///< the earliest moment of the next attempt
  std::uint64_t attempts_ = 0;
  std::shared_ptr<Pass> pass_;  ///< shared with the request that asks for it
  std::string error_;           ///< why the last connection ended
  bool told_lost_ = false;
  bool told_refused_ = false;
};

}  // namespace btcw
