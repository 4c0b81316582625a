#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/net/http_url.h"

namespace btcw {

/// The circumstances in which a transfer failed.
struct CurlFailure {
  CURLcode code;
  CURL* handle;             ///< asked for how far it had come
  std::string_view reason;  ///< curl's own words; used for TLS only, for they may quote anything
  milliseconds connect_timeout;
  milliseconds timeout;
  const HttpOrigin& origin;
  const HttpOrigin* proxy;  ///< null: none
};

/// The error for it: "api.kraken.com: connection refused". Names hosts, never more of a URL.
Error describe(const CurlFailure& failure);

/// Whether the connection to the next hop stands: the proxy where there is one.
bool is_connected(CURL* handle);

/// Whether the proxy was not even connected to, so that nothing can have been sent.
bool is_proxy_unreachable(const CurlFailure& failure);

}  // namespace btcw
