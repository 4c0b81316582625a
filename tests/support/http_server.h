#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/time.h"
#include "btcw/net/http.h"

namespace btcw::test {

/// What the server saw of one request.
struct ServedRequest {
  std::string method;
  std::string target;   ///< as it stood in the request line: "/0/public/Ticker?pair=XBTUSD"
  HttpHeaders headers;  ///< in order of arrival, names in lower case
  std::string body;
  std::size_t connection = 0;  ///< 1 for the first connection that the server accepted
  SteadyTime at;               ///< when the request was complete

  /// The first header of that name (lower case).
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  /// The target without its query.
  [[nodiscard]] std::string_view path() const;
};

/// What goes wrong with an answer, and where.
enum class Fault {
  none,
  hang,                ///< nothing is ever sent
  hang_after_headers,  ///< the headers, then nothing
  hang_in_body,        ///< the headers and half of the body, then nothing
  cut_in_headers,      ///< half of the headers, then the connection is closed
  cut_in_body,         ///< the headers and half of the body, then the connection is closed
  close,               ///< closed without an answer
  reset,               ///< RST without an answer
  reset_in_body,       ///< the headers and half of the body, then RST
  garbage,             ///< bytes that are not HTTP
  endless_headers,     ///< header lines without end
  endless_body,        ///< the body over and over, without end
};

enum class Framing { length, chunked, until_close };
enum class Coding { identity, gzip, deflate };

struct ServedResponse {
  int status = 200;
  HttpHeaders headers = {};  ///< Content-Length, Content-Encoding and the like are added
  std::string body = {};
  Fault fault = Fault::none;
  Framing framing = Framing::length;
  Coding coding = Coding::identity;
  /// In place of the true Content-Length.
  std::optional<std::uint64_t> declared_length = std::nullopt;
  milliseconds delay{0};        ///< before the first byte
  std::size_t piece_bytes = 0;  ///< not 0: the answer goes out in pieces of that size, …
  milliseconds piece_pause{0};  ///< … with this pause between them
  bool close_afterwards = false;
};

enum class ServerTls {
  none,
  valid,        ///< for localhost and 127.0.0.1, signed by the CA in ca_file()
  wrong_host,   ///< signed by that CA, for another host
  self_signed,  ///< signed by itself, not by that CA
  expired,      ///< signed by that CA, no longer valid
};

enum class RequestBody {
  read,
  ignored,  ///< the handler is called after the headers; the body is left in the socket
};

struct HttpServerOptions {
  ServerTls tls = ServerTls::none;
  RequestBody request_body = RequestBody::read;
};

/// A real HTTP/1.1 server on a free port of 127.0.0.1 that can misbehave. Keeps connections.
///
/// The handler is called on the server's threads, one request at a time. Thread-safe.
class HttpServer {
 public:
  using Handler = std::function<ServedResponse(const ServedRequest&)>;

  explicit HttpServer(Handler handler, HttpServerOptions options = {});
  /// Ends at once, also with hung connections.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Nothing listens on the port afterwards; the records stay.
  void stop();

  /// "http://127.0.0.1:PORT", without a slash at the end; https with TLS.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::uint16_t port() const;
  /// All requests so far, in the order in which they were complete.
  [[nodiscard]] std::vector<ServedRequest> requests() const;
  /// How many connections were accepted so far.
  [[nodiscard]] std::size_t connections() const;
  /// Waits until `count` requests were seen; false when `limit` passes before.
  [[nodiscard]] bool wait_for_requests(std::size_t count, milliseconds limit = seconds{5}) const;
  /// The PEM file of the CA that signs this server's certificate; it goes with the server.
  /// Precondition: TLS.
  [[nodiscard]] const std::filesystem::path& ca_file() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// `text` as gzip or deflate (zlib format); identity: as it is.
std::string encode(std::string_view text, Coding coding);

}  // namespace btcw::test
