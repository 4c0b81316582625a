#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/clock.h"
#include "btcw/base/function_ref.h"
#include "btcw/base/result.h"
#include "btcw/net/http_options.h"

namespace btcw {

/// One connection to be opened.
struct SocketRequest {
  std::string url;  ///< ws:// or wss://, percent-encoded; may hold a token
  milliseconds connect_timeout = seconds{10};  ///< from the host's name to the end of the handshake
  std::size_t max_message_bytes = std::size_t{4} * 1024 * 1024;  ///< after decompression
};

enum class SocketEventKind {
  opened,   ///< the handshake is done
  message,  ///< a whole message, text or binary
  sign,     ///< a ping or a pong: the other side is alive, no more
  closed,   ///< the last event of a socket, whoever ended it but close()
};

/// What happened on a socket. Its texts live until the sink returns.
struct SocketEvent {
  std::uint64_t socket = 0;
  SocketEventKind kind = SocketEventKind::message;
  std::string_view bytes = {};  ///< the message; of `closed` the reason
  UtcTime received = {};
  Errc code = Errc::unavailable;                   ///< of `closed`
  std::optional<UtcTime> retry_at = std::nullopt;  ///< of `closed` by a limit

  /// Of `closed`: unavailable (DNS, connect, TLS, proxy, time-out, the other side left), bad_data
  /// (what came breaks the protocol, or is too big), rate_limited (429 and 418 at the handshake),
  /// rejected (403, 451), invalid_input (the URL). Names the host, never more of the URL.
  [[nodiscard]] Error error() const { return {code, std::string{bytes}, retry_at}; }
};

using SocketSink = FunctionRef<void(const SocketEvent&)>;

/// The seam to WebSockets. One thread uses an object; its own moves the bytes.
///
/// Pings of the other side are answered. TLS 1.2 or newer, verified, with SNI; permessage-deflate
/// is offered. Nothing here throws.
class WebSockets {
 public:
  virtual ~WebSockets() = default;

  /// Begins to open a connection, and returns the number by which its events name it; no two
  /// sockets have the same.
  virtual std::uint64_t open(SocketRequest request) = 0;

  /// Sends a text message, after those before it. Without effect on a socket that is not open.
  virtual void send(std::uint64_t socket, std::string_view text) = 0;

  /// Sends a ping frame; the pong is a `sign`.
  virtual void ping(std::uint64_t socket) = 0;

  /// Ends it; no event names it from now on.
  virtual void close(std::uint64_t socket) = 0;

  /// Can be read when take() has something.
  [[nodiscard]] virtual int fd() const = 0;

  /// Hands over what has come of all sockets, in the order it came; those of one take() at most
  /// some megabytes. Allocates nothing in the steady state. While nobody takes, little is read: the
  /// other side has to wait.
  virtual void take(SocketSink sink) = 0;
};

}  // namespace btcw
