#pragma once

#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/notify/channel_url.h"

namespace btcw {

/// Checks the address of a service and takes the slashes at its end off: "https://ntfy.sh".
/// Errors: invalid_input for anything but http(s)://host[:port][/path] without user, query,
/// fragment, spaces and control characters. The message does not quote it: it may hold a secret.
Result<std::string> parse_base_url(std::string_view text);

/// The same for the address of a webhook, which may have a query and keeps its end as it is.
/// Errors: as above.
Result<std::string> parse_webhook_url(std::string_view text);

/// "api.day.app" or "127.0.0.1:8080" of a URL that was checked: all that an error may name.
[[nodiscard]] std::string_view host_of(std::string_view url);

/// The server that an Apprise URL names: "https://host:8080/a" of its host, port and the first
/// `segments` of its path.
[[nodiscard]] std::string server_of(const ChannelUrl& url, std::string_view scheme,
                                    std::size_t segments = 0);

}  // namespace btcw
