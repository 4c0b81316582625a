#include "btcw/net/socket_wire.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <optional>

namespace btcw {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Executor = SocketWire::executor_type;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, Executor>;
using Endpoints = Resolver::results_type;
using Tls = asio::ssl::stream<Socket&>;

constexpr std::size_t kRecordBytes = std::size_t{16} * 1024;  // the most that a TLS record takes

// SSL_set_tlsext_host_name() without its cast, which drops const.
bool name_server(SSL* ssl, const std::string& host) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

/// A few buffers as Asio wants them: a sequence that can be copied.
struct Pieces {
  using value_type = asio::const_buffer;
  std::array<asio::const_buffer, SocketWire::kMostPieces> all{};
  std::size_t count = 0;
  [[nodiscard]] const asio::const_buffer* begin() const { return all.data(); }
  [[nodiscard]] const asio::const_buffer* end() const { return all.data() + count; }
};

}  // namespace

struct SocketWire::Impl {
  Impl(asio::io_context& io, asio::ssl::context* context)
      : executor{io.get_executor()}, resolver{io}, socket{io}, tls_context{context} {}

  /// The beginning of `pieces` in one record's worth of memory.
  asio::const_buffer flatten(std::span<const asio::const_buffer> pieces) {
    if (pieces.empty()) return {};
    if (pieces.size() == 1) return pieces.front();
    flat.resize(kRecordBytes);
    const Pieces all = gather(pieces);
    return {flat.data(), asio::buffer_copy(asio::buffer(flat), all)};
  }
  static Pieces gather(std::span<const asio::const_buffer> pieces) {
    Pieces all;
    for (const auto& piece : pieces) all.all[all.count++] = piece;
    return all;
  }

  Executor executor;
  Resolver resolver;
  Socket socket;
  asio::ssl::context* tls_context;
  std::optional<Tls> tls;
  bool encrypted = false;
  std::string flat;  ///< what is being written through TLS
};

SocketWire::SocketWire(asio::io_context& io, asio::ssl::context* tls)
    : impl_{std::make_unique<Impl>(io, tls)} {}

SocketWire::~SocketWire() = default;

SocketWire::executor_type SocketWire::get_executor() const noexcept { return impl_->executor; }

void SocketWire::connect(const HttpOrigin& to, Done done) {
  // Whoever waits keeps the wire alive by `done`.
  impl_->resolver.async_resolve(
      to.host, to.port,
      [impl = impl_.get(), done = std::move(done)](ErrorCode error,
                                                   const Endpoints& found) mutable {
        if (error) return done(error);
        asio::async_connect(impl->socket, found,
                            [impl, done = std::move(done)](ErrorCode failed, const Tcp::endpoint&) {
                              ErrorCode ignored;
                              if (!failed) impl->socket.set_option(Tcp::no_delay{true}, ignored);
                              done(failed);
                            });
      });
}

void SocketWire::encrypt(const std::string& host, Done done) {
  Tls& tls = impl_->tls.emplace(impl_->socket, *impl_->tls_context);
  ErrorCode failed;
  asio::ip::make_address(host, failed);
  const bool is_name = static_cast<bool>(failed);
  failed.clear();
  if (is_name && !name_server(tls.native_handle(), host)) failed = asio::error::invalid_argument;
  if (!failed) tls.set_verify_mode(asio::ssl::verify_peer, failed);
  if (!failed) tls.set_verify_callback(asio::ssl::host_name_verification{host}, failed);
  if (failed) return done(failed);
  tls.async_handshake(asio::ssl::stream_base::client,
                      [impl = impl_.get(), done = std::move(done)](ErrorCode error) {
                        impl->encrypted = !error;
                        done(error);
                      });
}

void SocketWire::close() {
  impl_->resolver.cancel();
  ErrorCode ignored;
  impl_->socket.close(ignored);
}

void SocketWire::read_some(asio::mutable_buffer into, WireHandler handler) {
  if (impl_->encrypted) return impl_->tls->async_read_some(into, std::move(handler));
  impl_->socket.async_read_some(into, std::move(handler));
}

void SocketWire::write_some(std::span<const asio::const_buffer> pieces, WireHandler handler) {
  if (!impl_->encrypted) {
    return impl_->socket.async_write_some(Impl::gather(pieces), std::move(handler));
  }
  // A header and what belongs to it go in one record.
  impl_->tls->async_write_some(impl_->flatten(pieces), std::move(handler));
}

void SocketWire::tear_down(boost::beast::role_type role, WireHandler handler) {
  using boost::beast::websocket::async_teardown;
  if (impl_->encrypted) return async_teardown(role, *impl_->tls, std::move(handler));
  async_teardown(role, impl_->socket, std::move(handler));
}

}  // namespace btcw
