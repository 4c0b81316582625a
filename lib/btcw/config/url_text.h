#pragma once

#include <string>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

// Each reads a URL of the configuration: a scheme, a host name, IPv4 address or [IPv6 address],
// maybe a port, maybe a path. An empty text is an empty URL. Slashes at the end go, for paths are
// appended to it.
// Errors: invalid_input for another scheme, no host, a port out of range, characters that do not
// belong in a URL, a query, a fragment, and for a user or password in it, which would be seen in
// logs; such a URL is not quoted in the message.

/// http or https.
Result<std::string> read_http_url(std::string_view text);
/// ws or wss.
Result<std::string> read_websocket_url(std::string_view text);
/// http, https, socks5 or socks5h; no path.
Result<std::string> read_proxy_url(std::string_view text);

}  // namespace btcw
