#pragma once

#include <functional>
#include <string>

#include "btcw/net/http_url.h"
#include "btcw/net/socket_wire.h"

namespace btcw {

/// The proxy that a connection goes through.
struct SocketProxy {
  HttpOrigin origin;
  std::string authorization;  ///< of the header Proxy-Authorization; empty: none
};

/// Hears how a proxy has answered: the error that came in between, else the status of its answer.
using TunnelDone = std::function<void(SocketWire::ErrorCode error, unsigned status)>;

/// Asks the proxy that `wire` is connected to for a connection to `to` (CONNECT). After a status of
/// 2xx the wire leads there. `wire` is borrowed, and kept alive by `done`.
void open_tunnel(SocketWire& wire, const SocketProxy& proxy, const HttpOrigin& to, TunnelDone done);

}  // namespace btcw
