#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/net/curl_options.h"
#include "btcw/net/http.h"
#include "btcw/net/http_url.h"

namespace btcw {

/// One request with all that curl needs to carry it out, hop by hop. Stays where it is: curl holds
/// its address.
class CurlTransfer {
 public:
  /// `settings` is borrowed.
  CurlTransfer(HttpRequest request, HttpDone done, const CurlSettings& settings, SteadyTime now);
  ~CurlTransfer() = default;
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// Makes a fresh handle for the request as it stands.
  /// Errors: invalid_input (URL, method, header, proxy), unavailable (time-out passed, no memory).
  Result<void> prepare(SteadyTime now);
  [[nodiscard]] CURL* handle() const { return handle_.get(); }
  [[nodiscard]] SteadyTime deadline() const { return deadline_; }

  /// What is to be done about a hop that ended with `code`.
  enum class Next { finish, follow, go_direct, use_bundle };
  [[nodiscard]] Next next(CURLcode code) const;
  /// Turns the request into the one that the redirect asks for.
  /// Errors: bad_data when it is not to be followed.
  Result<void> follow();
  void go_direct() { proxy_use_ = ProxyUse::none; }
  void use_bundle() { trust_source_ = TrustSource::system_bundle; }

  /// The outcome of the last hop. Call once, with the code that curl ended it with.
  Result<HttpResponse> take_result(CURLcode code, UtcTime now);
  /// Valid until the next prepare().
  [[nodiscard]] HttpProgress progress() const;

  /// Host, and port where unusual, of the hop.
  [[nodiscard]] const HttpOrigin& origin() const { return origin_; }
  /// The proxy that this hop goes through.
  [[nodiscard]] const std::optional<HttpOrigin>& proxy() const { return proxy_; }
  [[nodiscard]] TrustSource trust_source() const { return trust_source_; }
  [[nodiscard]] const HttpRequest& request() const { return request_; }
  [[nodiscard]] HttpDone& done() { return done_; }

 private:
  /// Why the answer was refused while it came in.
  enum class Refusal { none, body_too_long, headers_too_long, second_sending };

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_request(void* self, char*, char*, int, int);

  Result<void> set_options(milliseconds remaining);
  CURLcode set_request_options();
  Result<void> make_header_list();
  void add_header_line(std::string_view line);
  [[nodiscard]] Error to_error(CURLcode code) const;
  [[nodiscard]] bool proxy_is_unreachable(CURLcode code) const;
  [[nodiscard]] bool bundle_may_help(CURLcode code) const;

  HttpRequest request_;
  HttpDone done_;
  const CurlSettings& settings_;
  SteadyTime deadline_;
  HttpOrigin origin_;
  std::optional<HttpOrigin> proxy_;
  ProxyUse proxy_use_ = ProxyUse::as_configured;
  TrustSource trust_source_;
  int redirects_ = 0;

  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  bool headers_complete_ = false;
  Refusal refusal_ = Refusal::none;
  int sendings_ = 0;               // how often curl began to send the request
  long bytes_before_sending_ = 0;  // what a proxy's CONNECT took

  std::array<char, CURL_ERROR_SIZE> reason_{};
  std::unique_ptr<curl_slist, CurlListDeleter> headers_;
  std::unique_ptr<CURL, CurlEasyDeleter> handle_;  // last: it uses the rest
};

}  // namespace btcw
