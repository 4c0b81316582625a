#pragma once

#include <string>

#include "btcw/base/result.h"
#include "btcw/net/http_url.h"

namespace btcw {

/// A ws:// or wss:// URL taken apart.
struct SocketUrl {
  HttpOrigin origin;   ///< its scheme is http or https: what decides about proxies
  std::string target;  ///< path and query
  [[nodiscard]] bool encrypted() const { return origin.scheme == "https"; }
};

/// Errors: invalid_input for anything else; the message does not quote it.
Result<SocketUrl> parse_socket_url(const std::string& url);

}  // namespace btcw
