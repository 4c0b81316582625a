#pragma once

#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/base/log.h"
#include "btcw/net/http_options.h"
#include "btcw/net/net_transport.h"
#include "btcw/net/system_trust.h"

namespace btcw {

/// HTTP/1.1, HTTP/2 and SMTP with libcurl. TLS 1.2 or newer, always verified; http, https, smtp and
/// smtps only. Each mail has a connection of its own.
///
/// The proxy comes from `options`, else from `environment` (read here, not kept). Idle connections
/// are kept and used again. `trust` counts where `options` name no CA file. At most 8 connections
/// for HTTP a host and 128 in all: what goes beyond waits, and its time-out runs meanwhile.
/// Destroying it drops what is under way without calling `done`.
std::unique_ptr<NetTransport> make_curl_transport(HttpOptions options,
                                                  const Environment& environment,
                                                  const Clock& clock, Log& log,
                                                  SystemTrust trust = find_system_trust());

}  // namespace btcw
