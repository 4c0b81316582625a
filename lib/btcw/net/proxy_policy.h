#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/environment.h"
#include "btcw/net/http_options.h"
#include "btcw/net/http_url.h"

namespace btcw {

/// Which proxy a request goes through.
///
/// The options decide where they name a proxy. Else the environment does: http_proxy for http (only
/// in lower case: a CGI program's HTTP_PROXY comes from its client), https_proxy or HTTPS_PROXY for
/// https, smtp_proxy or SMTP_PROXY for mail, all_proxy or ALL_PROXY for all, and no_proxy or
/// NO_PROXY for the exceptions.
class ProxyPolicy {
 public:
  ProxyPolicy(const HttpOptions& options, const Environment& environment);

  /// The proxy's URL; nullopt: go direct.
  [[nodiscard]] std::optional<std::string> proxy_for(const HttpOrigin& origin) const;

 private:
  [[nodiscard]] const std::string& way_of(std::string_view scheme) const;

  std::string for_http_;
  std::string for_https_;
  std::string for_mail_;
  std::vector<std::string> exceptions_;
};

/// Whether an entry of a no_proxy list speaks of `host` (lower case): "*", an address, a network
/// ("10.0.0.0/8", "fd00::/8"), or a domain with all that is below it ("example.com",
/// ".example.com").
bool is_proxy_exception(std::string_view entry, std::string_view host);

}  // namespace btcw
