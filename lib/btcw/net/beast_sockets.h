#pragma once

#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/base/result.h"
#include "btcw/net/http_options.h"
#include "btcw/net/web_sockets.h"

namespace btcw {

/// WebSockets by Boost.Beast, all on one thread of their own. The way through a proxy is that of
/// ProxyPolicy, by CONNECT; a proxy of another kind than http:// cannot be used (invalid_input).
/// Errors: unavailable when the system refuses a thread or a descriptor.
Result<std::unique_ptr<WebSockets>> make_beast_sockets(HttpOptions options,
                                                       const Environment& environment,
                                                       const Clock& clock);

}  // namespace btcw
