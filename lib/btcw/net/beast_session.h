#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/net/socket_inbox.h"
#include "btcw/net/socket_tunnel.h"
#include "btcw/net/socket_url.h"

namespace btcw {

/// What the sessions of one thread share.
struct SessionPorts {
  boost::asio::io_context& io;
  SocketInbox& inbox;
  const Clock& clock;
};

/// One WebSocket connection. All calls come from the thread of its io_context. Its last event is
/// `closed`, always; then done() is true and it can be dropped.
class BeastSession {
 public:
  virtual ~BeastSession() = default;
  virtual void start() = 0;
  virtual void send(std::string text) = 0;
  virtual void ping() = 0;
  virtual void close() = 0;
  /// Reads on after the inbox was full.
  virtual void resume() = 0;
  [[nodiscard]] virtual bool done() const = 0;
};

struct SessionPlan {
  std::uint64_t id;
  SocketUrl url;
  std::optional<SocketProxy> proxy;
  milliseconds connect_timeout;
  std::size_t max_message_bytes;
};

/// `tls` is borrowed; nullptr: in the clear.
std::shared_ptr<BeastSession> make_beast_session(SessionPlan plan, SessionPorts ports,
                                                 boost::asio::ssl::context* tls);

}  // namespace btcw
