#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "btcw/net/http_url.h"

namespace btcw {

/// What is to be called when bytes have moved: any handler of Beast's behind one type, so that
/// sockets and TLS are compiled once and not into each of Beast's operations. Called once, by the
/// thread of the io_context; until then it keeps alive what the handler keeps alive.
class WireHandler {
 public:
  template <typename Handler>
  static WireHandler of(Handler handler) {
    return WireHandler{std::make_unique<Held<Handler>>(std::move(handler))};
  }

  void operator()(boost::beast::error_code error, std::size_t bytes = 0) {
    Base& held = *held_;
    held.run(std::move(held_), error, bytes);
  }

 private:
  struct Base {
    virtual ~Base() = default;
    /// `self` owns this object.
    virtual void run(std::unique_ptr<Base> self, boost::beast::error_code error,
                     std::size_t bytes) = 0;
  };
  template <typename Handler>
  struct Held final : Base {
    explicit Held(Handler taken) : handler{std::move(taken)} {}
    void run(std::unique_ptr<Base> self, boost::beast::error_code error,
             std::size_t bytes) override {
      // Its memory is free before it runs: most handlers begin the next operation.
      Handler moved = std::move(handler);
      self.reset();
      moved(error, bytes);
    }
    Handler handler;
  };
  explicit WireHandler(std::unique_ptr<Base> held) : held_{std::move(held)} {}

  std::unique_ptr<Base> held_;
};

/// The bytes of a connection: in the clear, and through TLS once encrypt() is done. To Beast it is
/// an asynchronous stream. One thread, that of the io_context, makes all calls; one read and one
/// write may be under way at a time. It must not go before the handlers of what is under way.
class SocketWire {
 public:
  using executor_type = boost::asio::io_context::executor_type;
  using ErrorCode = boost::beast::error_code;
  using Done = std::function<void(ErrorCode)>;
  static constexpr std::size_t kMostPieces = 8;  ///< of memory that one write takes

  /// Both are borrowed; `tls` may be nullptr where encrypt() is not called.
  SocketWire(boost::asio::io_context& io, boost::asio::ssl::context* tls);
  ~SocketWire();
  SocketWire(const SocketWire&) = delete;
  SocketWire& operator=(const SocketWire&) = delete;

  // NOLINTBEGIN(readability-identifier-naming): Beast's names
  [[nodiscard]] executor_type get_executor() const noexcept;

  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    const auto first = boost::asio::buffer_sequence_begin(buffers);
    const bool none = first == boost::asio::buffer_sequence_end(buffers);
    read_some(none ? boost::asio::mutable_buffer{} : boost::asio::mutable_buffer{*first},
              WireHandler::of(std::forward<Handler>(handler)));
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::array<boost::asio::const_buffer, kMostPieces> pieces;
    std::size_t count = 0;
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
      const boost::asio::const_buffer piece{*at};
      if (piece.size() == 0) continue;
      if (count == kMostPieces) break;
      pieces[count++] = piece;
    }
    write_some({pieces.data(), count}, WireHandler::of(std::forward<Handler>(handler)));
  }
  /// Ends the connection in good order.
  template <typename Handler>
  friend void async_teardown(boost::beast::role_type role, SocketWire& wire, Handler&& handler) {
    wire.tear_down(role,
                   WireHandler::of([moved = std::forward<Handler>(handler)](
                                       ErrorCode error, std::size_t) mutable { moved(error); }));
  }
  friend void beast_close_socket(SocketWire& wire) { wire.close(); }
  // NOLINTEND(readability-identifier-naming)

  /// Finds the host and connects to the first of its addresses that answers.
  void connect(const HttpOrigin& to, Done done);
  /// The client's half of the handshake, with that host's name in the certificate.
  void encrypt(const std::string& host, Done done);
  /// Ends everything at once; what is under way fails.
  void close();

 private:
  struct Impl;
  void read_some(boost::asio::mutable_buffer into, WireHandler handler);
  void write_some(std::span<const boost::asio::const_buffer> pieces, WireHandler handler);
  void tear_down(boost::beast::role_type role, WireHandler handler);

  std::unique_ptr<Impl> impl_;
};

}  // namespace btcw
