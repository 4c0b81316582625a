#include "btcw/net/curl_options.h"

namespace btcw {

TrustSource first_trust_source(const CurlSettings& settings) {
  if (!settings.options.ca_file.empty()) return TrustSource::ca_file;
  return settings.trust.folder.empty() ? TrustSource::system_bundle : TrustSource::system_folder;
}

CURLcode set_proxy_options(CURL* handle, const CurlSettings& settings,
                           const std::optional<std::string>& proxy_url) {
  CurlOptionSetter options{handle};
  // Both are always set, or curl looks into the environment.
  options.set(CURLOPT_PROXY, proxy_url ? proxy_url->c_str() : "");
  options.set(CURLOPT_NOPROXY, "");
  if (!proxy_url || settings.options.proxy_user.empty()) return options.code();
  options.set(CURLOPT_PROXYUSERNAME, settings.options.proxy_user.c_str());
  const std::string password{settings.options.proxy_password.reveal()};
  options.set(CURLOPT_PROXYPASSWORD, password.c_str());
  return options.code();
}

CURLcode set_tls_options(CURL* handle, const CurlSettings& settings, TrustSource source) {
  CurlOptionSetter options{handle};
  options.set(CURLOPT_SSL_VERIFYPEER, 1L);
  options.set(CURLOPT_SSL_VERIFYHOST, 2L);
  options.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  const char* file = nullptr;
  const char* folder = nullptr;
  switch (source) {
    case TrustSource::ca_file:
      file = settings.options.ca_file.c_str();
      break;
    case TrustSource::system_folder:
      folder = settings.trust.folder.c_str();
      break;
    case TrustSource::system_bundle:
      if (settings.trust.bundle.empty()) return options.code();
      file = settings.trust.bundle.c_str();
      break;
  }
  // Never both: with a folder, curl reads the file anew for each connection and keeps a copy in
  // each.
  options.set(CURLOPT_CAINFO, file);
  options.set(CURLOPT_CAPATH, folder);
  options.set(CURLOPT_PROXY_CAINFO, file);
  options.set(CURLOPT_PROXY_CAPATH, folder);
  return options.code();
}

}  // namespace btcw
