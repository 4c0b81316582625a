#pragma once

#include <string>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// What of a URL decides where a request goes.
struct HttpOrigin {
  std::string scheme;  ///< in lower case
  std::string host;    ///< in lower case; an IPv6 address without its brackets
  std::string port;    ///< always there: the scheme's own where the URL has none

  /// "api.kraken.com", or "127.0.0.1:8080" where the port is not the scheme's own.
  [[nodiscard]] std::string label() const;

  friend bool operator==(const HttpOrigin&, const HttpOrigin&) = default;
};

/// Reads an http:// or https:// URL.
/// Errors: invalid_input for anything else. The message does not quote it: it may hold a secret.
Result<HttpOrigin> parse_http_url(const std::string& url);

/// Reads smtp://host or smtps://host, with or without a port (587 and 465 where there is none), and
/// nothing behind it.
/// Errors: invalid_input for anything else; the message does not quote it.
Result<HttpOrigin> parse_mail_url(const std::string& url);

/// Reads a proxy's URL; http:// where it names no scheme.
/// Errors: invalid_input for anything but http, https, socks4, socks4a, socks5 and socks5h.
Result<HttpOrigin> parse_proxy_url(const std::string& url);

}  // namespace btcw
