#include "support/http_server.h"

#include <openssl/err.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "support/peer_stream.h"
#include "support/tcp_service.h"
#include "support/tls_identity.h"

namespace btcw::test {
namespace {

namespace http = boost::beast::http;

// Reads requests off a stream; keeps what came in beyond the current one.
class RequestReader {
 public:
  RequestReader(const PeerStream& stream, RequestBody body) : stream_{stream}, body_{body} {}

  // nullopt: the other side has left, or sent what is not HTTP.
  std::optional<ServedRequest> next() {
    http::request_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    parser.header_limit(256 * 1024);
    parser.eager(true);
    bool continued = false;
    while (!parser.is_done() && !(body_ == RequestBody::ignored && parser.is_header_done())) {
      if (buffer_.empty() && !fill()) return std::nullopt;
      boost::beast::error_code error;
      buffer_.erase(0, parser.put(boost::asio::buffer(buffer_), error));
      if (error == http::error::need_more) {
        if (!fill()) return std::nullopt;
      } else if (error) {
        return std::nullopt;
      }
      if (parser.is_header_done() && !parser.is_done() && !std::exchange(continued, true) &&
          parser.get()[http::field::expect] == "100-continue" &&
          !stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n")) {
        return std::nullopt;
      }
    }
    return to_request(parser.get());
  }

 private:
  bool fill() {
    std::array<char, 16 * 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written
    const std::size_t count = stream_.read_some(piece);
    buffer_.append(piece.data(), count);
    return count > 0;
  }

  [[nodiscard]] ServedRequest to_request(const http::request<http::string_body>& message) const {
    ServedRequest request{.method = message.method_string(),
                          .target = message.target(),
                          .headers = {},
                          .body = message.body(),
                          .connection = stream_.peer().number(),
                          .at = std::chrono::steady_clock::now()};
    for (const auto& field : message) {
      std::string name = field.name_string();
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char character) {
        return static_cast<char>(std::tolower(character));
      });
      request.headers.emplace_back(std::move(name), std::string{field.value()});
    }
    return request;
  }

  const PeerStream& stream_;
  RequestBody body_;
  std::string buffer_;
};

bool has_body(const ServedRequest& request, int status) {
  return request.method != "HEAD" && status >= 200 && status != 204 && status != 304;
}

std::string head_of(const ServedResponse& response, std::size_t body_bytes) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ' +
                     std::string{http::obsolete_reason(
                         http::int_to_status(static_cast<unsigned>(response.status)))} +
                     "\r\n";
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  if (response.coding == Coding::gzip) head += "Content-Encoding: gzip\r\n";
  if (response.coding == Coding::deflate) head += "Content-Encoding: deflate\r\n";
  if (response.framing == Framing::chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (response.framing == Framing::length || response.declared_length) {
    head +=
        "Content-Length: " + std::to_string(response.declared_length.value_or(body_bytes)) + "\r\n";
  }
  if (response.framing == Framing::until_close) head += "Connection: close\r\n";
  return head + "\r\n";
}

std::string chunk_of(std::string_view bytes) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return std::string{size.data()}.append(bytes).append("\r\n");
}

std::string framed(std::string_view body, Framing framing) {
  if (framing != Framing::chunked) return std::string{body};
  const std::size_t half = body.size() / 2;
  std::string out;
  if (half > 0) out += chunk_of(body.substr(0, half));
  if (body.size() > half) out += chunk_of(body.substr(half));
  return out + "0\r\n\r\n";
}

// In pieces and with pauses where the response asks for them.
bool write_paced(const PeerStream& stream, const ServedResponse& response, std::string_view bytes) {
  if (response.piece_bytes == 0) return stream.write_all(bytes);
  while (!bytes.empty()) {
    if (!stream.write_all(bytes.substr(0, response.piece_bytes))) return false;
    bytes.remove_prefix(std::min(bytes.size(), response.piece_bytes));
    if (!stream.peer().pause(response.piece_pause)) return false;
  }
  return true;
}

void write_endless_headers(const PeerStream& stream) {
  (void)stream.write_all("HTTP/1.1 200 OK\r\n");
  const std::string line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
  while (stream.write_all(line)) {
  }
}

void write_endless_body(const PeerStream& stream, const ServedResponse& response) {
  const std::string body = response.body.empty() ? std::string(16 * 1024, 'x') : response.body;
  ServedResponse endless = response;
  if (endless.framing == Framing::length && !endless.declared_length) {
    endless.declared_length = std::uint64_t{1} << 60U;
  }
  if (!stream.write_all(head_of(endless, 0))) return;
  while (stream.write_all(endless.framing == Framing::chunked ? chunk_of(body) : body)) {
  }
}

// Whether the connection can be used for another request.
bool answer(const PeerStream& stream, const ServedRequest& request,
            const ServedResponse& response) {
  if (response.delay.count() > 0 && !stream.peer().pause(response.delay)) return false;
  const bool with_body = has_body(request, response.status);
  const std::string body = with_body ? encode(response.body, response.coding) : std::string{};
  const std::string head = head_of(response, body.size());
  const std::string framed_body = with_body ? framed(body, response.framing) : std::string{};
  const auto send_half = [&] {
    (void)stream.write_all(head + framed_body.substr(0, framed_body.size() / 2));
  };
  switch (response.fault) {
    case Fault::none:
      return write_paced(stream, response, head + framed_body) && !response.close_afterwards &&
             response.framing != Framing::until_close;
    case Fault::hang:
      stream.peer().hang();
      return false;
    case Fault::hang_after_headers:
      (void)stream.write_all(head);
      stream.peer().hang();
      return false;
    case Fault::hang_in_body:
      send_half();
      stream.peer().hang();
      return false;
    case Fault::cut_in_headers:
      (void)stream.write_all(head.substr(0, head.size() / 2));
      return false;
    case Fault::cut_in_body:
      send_half();
      return false;
    case Fault::close:
      return false;
    case Fault::reset:
      stream.peer().reset_at_end();
      return false;
    case Fault::reset_in_body:
      send_half();
      stream.peer().reset_at_end();
      return false;
    case Fault::garbage:
      (void)stream.write_all("\x16\x03\x01 not HTTP at all\r\n\r\n");
      return false;
    case Fault::endless_headers:
      write_endless_headers(stream);
      return false;
    case Fault::endless_body:
      write_endless_body(stream, response);
      return false;
  }
  return false;
}

}  // namespace

struct HttpServer::Impl {
  Handler handler;
  HttpServerOptions options;
  std::unique_ptr<TlsIdentity> identity;
  std::mutex handler_mutex;
  mutable std::mutex mutex;  // guards requests
  mutable std::condition_variable changed;
  std::vector<ServedRequest> requests;
  std::unique_ptr<TcpService> service;  // last: its threads use the rest

  void serve(const Peer& peer);
};

void HttpServer::Impl::serve(const Peer& peer) {
  PeerStream stream{peer};
  if (identity && !stream.start_tls(identity->context())) return;
  RequestReader reader{stream, options.request_body};
  while (auto request = reader.next()) {
    {
      const std::lock_guard lock{mutex};
      requests.push_back(*request);
      changed.notify_all();
    }
    ServedResponse response;
    {
      const std::lock_guard lock{handler_mutex};
      response = handler(*request);
    }
    if (!answer(stream, *request, response)) return;
  }
}

HttpServer::HttpServer(Handler handler, HttpServerOptions options)
    : impl_{std::make_unique<Impl>()} {
  impl_->handler = std::move(handler);
  impl_->options = options;
  if (options.tls != ServerTls::none) impl_->identity = std::make_unique<TlsIdentity>(options.tls);
  impl_->service = std::make_unique<TcpService>([this](const Peer& peer) { impl_->serve(peer); });
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() { impl_->service->stop(); }

std::string HttpServer::url() const {
  return (impl_->identity ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::uint16_t HttpServer::port() const { return impl_->service->port(); }

std::vector<ServedRequest> HttpServer::requests() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->requests;
}

std::size_t HttpServer::connections() const { return impl_->service->connections(); }

bool HttpServer::wait_for_requests(std::size_t count, milliseconds limit) const {
  std::unique_lock lock{impl_->mutex};
  return impl_->changed.wait_for(lock, limit, [&] { return impl_->requests.size() >= count; });
}

const std::filesystem::path& HttpServer::ca_file() const { return impl_->identity->ca_file(); }

std::optional<std::string_view> ServedRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view ServedRequest::path() const {
  return std::string_view{target}.substr(0, target.find('?'));
}

std::string encode(std::string_view text, Coding coding) {
  if (coding == Coding::identity) return std::string{text};
  z_stream stream{};
  // 15 is the window; 16 more asks for the gzip format.
  ::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, coding == Coding::gzip ? 15 + 16 : 15, 8,
                 Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  std::string input{text};
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace btcw::test
