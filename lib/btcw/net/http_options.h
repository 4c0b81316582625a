#pragma once

#include <string>

#include "btcw/base/secret.h"
#include "btcw/base/time.h"

namespace btcw {

/// The `[proxy]` and `[http]` sections of the configuration.
struct HttpOptions {
  /// http://, https://, socks5:// or socks5h:// with host and port; empty: what http_proxy,
  /// https_proxy, all_proxy and no_proxy in the environment say.
  std::string proxy_url = {};
  std::string proxy_user = {};
  Secret proxy_password = {};
  /// Hosts that are reached without the proxy, separated by commas, as in no_proxy.
  std::string no_proxy = {};
  /// Try once more without the proxy when the proxy cannot be reached; said once.
  bool fallback_direct = false;
  milliseconds connect_timeout = seconds{5};
  milliseconds timeout = seconds{10};
  /// A PEM bundle in place of the system's. Verification cannot be switched off.
  std::string ca_file = {};
};

}  // namespace btcw
