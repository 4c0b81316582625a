#pragma once

#include <curl/curl.h>

#include <optional>
#include <string>

#include "btcw/net/http_options.h"
#include "btcw/net/proxy_policy.h"
#include "btcw/net/system_trust.h"

namespace btcw {

struct CurlEasyDeleter {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
};
struct CurlListDeleter {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};

/// Whether a request takes the way that the policy names.
enum class ProxyUse { as_configured, none };

/// What all requests of a transport share.
struct CurlSettings {
  HttpOptions options;
  ProxyPolicy proxies;
  SystemTrust trust;  ///< an empty folder: the bundle is tried at once
};

/// Who vouches for certificates.
enum class TrustSource { ca_file, system_folder, system_bundle };
/// The one to begin with.
TrustSource first_trust_source(const CurlSettings& settings);

/// Sets options until one fails.
class CurlOptionSetter {
 public:
  explicit CurlOptionSetter(CURL* handle) : handle_{handle} {}

  template <typename T>
  void set(CURLoption option, T value) {
    if (code_ == CURLE_OK) code_ = ::curl_easy_setopt(handle_, option, value);
  }
  [[nodiscard]] CURLcode code() const { return code_; }

 private:
  CURL* handle_;
  CURLcode code_ = CURLE_OK;
};

/// Sends the handle's connection through that proxy (nullopt: none), whatever the environment says.
CURLcode set_proxy_options(CURL* handle, const CurlSettings& settings,
                           const std::optional<std::string>& proxy_url);

/// TLS 1.2 or newer, verified by `source`.
CURLcode set_tls_options(CURL* handle, const CurlSettings& settings, TrustSource source);

}  // namespace btcw
