#include "btcw/net/curl_error.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <system_error>
#include <utility>

namespace btcw {
namespace {

long long_info(CURL* handle, CURLINFO info) {
  long value = 0;
  ::curl_easy_getinfo(handle, info, &value);
  return value;
}

curl_off_t offset_info(CURL* handle, CURLINFO info) {
  curl_off_t value = 0;
  ::curl_easy_getinfo(handle, info, &value);
  return value;
}

// Ready to send the request: through the proxy, TLS included.
bool was_ready(CURL* handle) { return offset_info(handle, CURLINFO_PRETRANSFER_TIME_T) > 0; }

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

// curl's words without the prefix that ours stand in for.
std::string certificate_reason(std::string_view reason) {
  for (const std::string_view prefix : {"SSL certificate problem: ", "SSL: "}) {
    if (reason.starts_with(prefix)) reason.remove_prefix(prefix.size());
  }
  return lower_first(std::string{reason});
}

// The system's reason for a failed connection: "connection refused".
std::string connect_reason(CURL* handle) {
  const long number = long_info(handle, CURLINFO_OS_ERRNO);
  if (number == 0) return "cannot be connected to";
  return lower_first(std::generic_category().message(static_cast<int>(number)));
}

Error timed_out(const CurlFailure& failure) {
  if (was_ready(failure.handle)) {
    return {Errc::unavailable,
            failure.origin.label() + ": no complete answer within " + to_string(failure.timeout)};
  }
  const std::string limit = to_string(std::min(failure.connect_timeout, failure.timeout));
  if (failure.proxy == nullptr) {
    return {Errc::unavailable, failure.origin.label() + ": no connection within " + limit};
  }
  const std::string proxy = "proxy " + failure.proxy->label();
  if (!is_connected(failure.handle)) {
    return {Errc::unavailable, proxy + ": no connection within " + limit};
  }
  return {Errc::unavailable,
          proxy + ": no connection to " + failure.origin.label() + " within " + limit};
}

Error refused_by_proxy(const CurlFailure& failure, long status) {
  std::string message = "proxy " + failure.proxy->label() + ": refuses a connection to " +
                        failure.origin.label() + ": HTTP " + std::to_string(status);
  if (status == 407) message += ", wrong or missing credentials";
  return {Errc::unavailable, std::move(message)};
}

// Whether curl could not look up the name of the proxy. With SOCKS it sometimes says "host"; with a
// proxy in use it never looks up the host itself under that code.
bool is_proxy_unknown(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_RESOLVE_HOST;
}

// What the proxy is to blame for. Precondition: there is one.
std::optional<Error> proxy_failure(const CurlFailure& failure) {
  const std::string proxy = "proxy " + failure.proxy->label();
  if (const long status = long_info(failure.handle, CURLINFO_HTTP_CONNECTCODE); status >= 300) {
    return refused_by_proxy(failure, status);
  }
  if (is_proxy_unknown(failure.code)) {
    return Error{Errc::unavailable, proxy + ": host name cannot be resolved"};
  }
  if (failure.code == CURLE_PROXY) {
    return Error{Errc::unavailable, proxy + ": refuses a connection to " + failure.origin.label()};
  }
  if (failure.code == CURLE_COULDNT_CONNECT) {
    return Error{Errc::unavailable, proxy + ": " + connect_reason(failure.handle)};
  }
  if (failure.code == CURLE_RECV_ERROR || failure.code == CURLE_SEND_ERROR) {
    return Error{Errc::unavailable, proxy + ": closes the connection"};
  }
  return std::nullopt;
}

// A reason that speaks of the host alone.
struct Reason {
  Errc code;
  std::string_view text;
};

Reason reason_for(CURLcode code) {
  // Not a switch over all of CURLcode: most cannot come from HTTP, and a newer curl has more.
  if (code == CURLE_COULDNT_RESOLVE_HOST)
    return {Errc::unavailable, "host name cannot be resolved"};
  if (code == CURLE_SSL_CONNECT_ERROR) return {Errc::unavailable, "TLS handshake failed"};
  if (code == CURLE_GOT_NOTHING) return {Errc::unavailable, "closed without an answer"};
  if (code == CURLE_PARTIAL_FILE) return {Errc::unavailable, "answer cut off"};
  if (code == CURLE_RECV_ERROR) return {Errc::unavailable, "connection broke while receiving"};
  if (code == CURLE_SEND_ERROR) return {Errc::unavailable, "connection broke while sending"};
  if (code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM) {
    return {Errc::unavailable, "HTTP/2 connection broke"};
  }
  if (code == CURLE_BAD_CONTENT_ENCODING || code == CURLE_WRITE_ERROR) {
    return {Errc::bad_data, "answer cannot be decompressed"};
  }
  if (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return {Errc::bad_data, "answer is not HTTP"};
  }
  if (code == CURLE_OUT_OF_MEMORY) return {Errc::unavailable, "out of memory"};
  return {Errc::unavailable, {}};
}

bool is_tls_error(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
         code == CURLE_SSL_CIPHER || code == CURLE_SSL_INVALIDCERTSTATUS;
}

}  // namespace

Error describe(const CurlFailure& failure) {
  const std::string host = failure.origin.label();
  if (failure.code == CURLE_OPERATION_TIMEDOUT) return timed_out(failure);
  if (failure.proxy != nullptr && !was_ready(failure.handle)) {
    if (auto error = proxy_failure(failure)) return *std::move(error);
  }
  if (failure.code == CURLE_COULDNT_CONNECT) {
    return {Errc::unavailable, host + ": " + connect_reason(failure.handle)};
  }
  if (failure.code == CURLE_SSL_CACERT_BADFILE) {
    return {Errc::invalid_input, "the file of TLS certificates (ca_file) cannot be read"};
  }
  if (is_tls_error(failure.code)) {
    return {Errc::unavailable,
            host + ": TLS certificate refused: " + certificate_reason(failure.reason)};
  }
  const Reason reason = reason_for(failure.code);
  if (!reason.text.empty()) return {reason.code, host + ": " + std::string{reason.text}};
  return {reason.code, host + ": " + lower_first(::curl_easy_strerror(failure.code))};
}

// CURLINFO_CONNECT_TIME_T stays 0 until the proxy has agreed.
bool is_connected(CURL* handle) { return long_info(handle, CURLINFO_PRIMARY_PORT) != 0; }

bool is_proxy_unreachable(const CurlFailure& failure) {
  if (failure.proxy == nullptr) return false;
  if (is_proxy_unknown(failure.code)) return true;
  if (failure.code != CURLE_COULDNT_CONNECT && failure.code != CURLE_OPERATION_TIMEDOUT) {
    return false;
  }
  return !is_connected(failure.handle);
}

}  // namespace btcw
