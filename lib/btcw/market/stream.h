#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/base/time.h"
#include "btcw/net/http.h"

// What an exchange's WebSocket is asked and how its frames are read: tables of pure functions.
// Nothing here knows a socket or a clock; the life of a connection is watch/stream_connection.h.

namespace btcw {

/// What an exchange allows, and what it does when all is well. Zero: there is no such rule.
struct StreamLimits {
  std::size_t symbols_per_connection;
  std::size_t symbols_per_request;
  milliseconds between_requests;     ///< from one message of ours to the next, pings included
  milliseconds between_connections;  ///< from one attempt to the next
  milliseconds ping_every{0};        ///< how often it wants a ping of ours, or we want to know
  milliseconds longest_silence = seconds{60};  ///< nothing heard for so long: it is gone
  milliseconds longest_life{0};                ///< it ends a connection that old
  milliseconds before_requests{0};             ///< it wants to be left alone at first
};

/// When requests may be sent.
enum class StreamStart { at_once, after_ready };

/// Where the figures of the last 24 hours come from.
enum class StreamDay {
  told,       ///< the stream tells those that the exchange has
  asked_for,  ///< it tells none: they are asked for while it runs
};

/// What a frame was about.
enum class StreamNewsKind {
  ticks,        ///< prices
  accepted,     ///< a subscription is in force
  idle,         ///< a heartbeat, a pong, or what is of no use here
  ready,        ///< the exchange may be asked now (StreamStart::after_ready)
  refused,      ///< a subscription was refused: `error`, and which where that is told
  reconnect,    ///< the connection will be ended soon: another is wanted
  maintenance,  ///< nothing will come for a while
};

/// What one frame said. Lives until the next read().
struct StreamNews {
  StreamNewsKind kind = StreamNewsKind::idle;
  std::span<const Ticker> tickers = {};
  std::string_view reply = {};  ///< to be sent at once, where not empty
  std::optional<Error> error = std::nullopt;
  std::optional<Symbol> symbol = std::nullopt;
};

/// Reads the frames of one connection, in their order: it knows the pairs' names there, and what
/// was said of each so far where an exchange tells a ticker in parts. One thread uses an object.
class StreamReader {
 public:
  virtual ~StreamReader() = default;

  /// From now on also these. What is said of others is passed over.
  virtual void add(std::span<const Symbol> symbols) = 0;

  /// Allocates nothing for prices in the steady state.
  /// Errors: bad_data: no frame of that exchange; what was said before it stays.
  virtual Result<StreamNews> read(std::string_view frame, UtcTime received) = 0;
};

/// A message's own: its number on this connection, from 1, and the time.
struct RequestStamp {
  std::uint64_t number;
  UtcTime now;
};

/// The way to a connection that has to be asked for first (kucoin).
struct StreamPass {
  std::string url;  ///< with the token; a secret of some hours
  milliseconds ping_every;
};

/// Where that is asked for: a POST without a body.
struct StreamDoor {
  std::string_view target;  ///< appended to the exchange's rest_url
  /// `ws_url`: the configured one, or empty. Errors: as Exchange::read has them.
  Result<StreamPass> (*read)(const HttpResponse& response, std::string_view ws_url,
                             RequestStamp stamp);
};

/// One exchange's stream.
struct ExchangeStream {
  std::string_view name;
  std::string_view url;   ///< the default host
  std::string_view path;  ///< appended to it, or to the configured one
  StreamLimits limits;
  StreamStart start = StreamStart::at_once;
  StreamDay day = StreamDay::told;
  /// The messages that subscribe to these symbols, at most symbols_per_request of them. The first
  /// has the stamp's number, each further one the next.
  std::vector<std::string> (*subscribe)(std::span<const Symbol> symbols, RequestStamp stamp);
  /// nullptr: a ping frame of the protocol.
  std::string (*ping)(RequestStamp stamp) = nullptr;
  std::unique_ptr<StreamReader> (*make_reader)(ExchangeName name);
  /// nullptr: `url` and `path` lead straight to it.
  const StreamDoor* door = nullptr;
};

/// All there are, in the order of streams.def.
std::span<const ExchangeStream> exchange_streams();
/// nullptr when that exchange has none.
const ExchangeStream* find_stream(std::string_view name);

}  // namespace btcw
