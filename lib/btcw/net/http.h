#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"

namespace btcw {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// One HTTP request. The body is sent as it is; nothing is added but Host, User-Agent,
/// Accept (*/*), Accept-Encoding and the length, where `headers` does not name them.
///
/// Up to 3 redirects of a GET or HEAD are followed, never from https to http; to another host,
/// scheme or port only Accept and User-Agent of `headers` go along. Other methods hand the redirect
/// over.
struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< http:// or https://, percent-encoded; may hold secrets
  HttpHeaders headers = {};
  std::string body = {};
  milliseconds connect_timeout = seconds{5};
  milliseconds timeout = seconds{10};  ///< for the whole exchange, redirects included
  std::size_t max_body_bytes =
      std::size_t{8} * 1024 * 1024;  ///< of the answer, after decompression
};

/// A complete answer, whatever its status. Bodies are decompressed.
struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};  ///< in order of arrival, names in lower case
  std::string body = {};
  UtcTime received = {};  ///< when the last byte was in

  /// The first header of that name (lower case).
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

/// Called once for each started request.
///
/// Errors: unavailable (DNS, connect, TLS, proxy, time-out, cut off, cancelled), bad_data (body or
/// headers over the limit, not decodable, not HTTP, a redirect that is not followed), invalid_input
/// (the URL, the method, a header, the CA file).
/// The message names the host ("api.kraken.com: connection refused"), never more of the URL.
using HttpDone = std::function<void(Result<HttpResponse>)>;

/// How far a request that failed had come. Decides between "try again" and "it may have been acted
/// on".
enum class HttpProgress {
  not_sent,  ///< The peer cannot have had all of it.
  sent,      ///< All of it went out, or may have.
};

/// The seam to HTTP. One thread uses an object; requests run side by side and connections are kept.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  /// Begins a request. `done` is called from drive() or cancel_all(), never from start(); it may
  /// call start(). A request that is neither GET, HEAD, PUT, DELETE nor OPTIONS is sent once only,
  /// whatever happens to the connection.
  virtual void start(HttpRequest request, HttpDone done) = 0;

  /// Moves all transfers on until at least one is done (its `done` was called), `until` has come,
  /// or one of `wake_fds` can be read. Returns how many are still under way. With nothing under way
  /// it waits all the same when `wake_fds` is not empty, and returns at once when it is.
  virtual std::size_t drive(SteadyTime until, std::span<const int> wake_fds = {}) = 0;

  /// Gives up everything under way: each `done` gets unavailable, "cancelled". What a `done` starts
  /// meanwhile goes on.
  virtual void cancel_all() = 0;

  /// How far the request had come whose `done` is being called right now with an error.
  [[nodiscard]] virtual HttpProgress progress() const = 0;

  /// One request, waited for.
  Result<HttpResponse> send(HttpRequest request);
};

}  // namespace btcw
