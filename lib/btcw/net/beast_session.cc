#include "btcw/net/beast_session.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <limits>
#include <type_traits>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/net/http_status.h"

namespace btcw {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using Tcp = beast::tcp_stream;
using Endpoints = asio::ip::tcp::resolver::results_type;
using Tls = beast::ssl_stream<beast::tcp_stream>;

constexpr milliseconds kCloseTimeout = seconds{5};
constexpr milliseconds kGoodbyeTime{200};
constexpr milliseconds kDefaultBan = std::chrono::minutes{5};
constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

/// What a refused handshake means.
Error refusal_of(const websocket::response_type& answer, UtcTime now) {
  HttpResponse response{.status = static_cast<int>(answer.result_int()), .received = now};
  if (const auto after = answer.find(beast::http::field::retry_after); after != answer.end()) {
    response.headers.emplace_back("retry-after", std::string{after->value()});
  }
  auto result = require_success(std::move(response), kDefaultBan);
  if (!result) return std::move(result).error();
  return {Errc::bad_data, "does not speak WebSocket"};
}

// SSL_set_tlsext_host_name() without its cast, which drops const.
bool name_server(SSL* ssl, const std::string& host) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

bool breaks_protocol(error_code error) {
  namespace http = beast::http;
  // A connection that was cut, however far its answer had come, is no fault of the protocol.
  if (error == http::error::end_of_stream || error == http::error::partial_message) return false;
  return error == websocket::condition::protocol_violation ||
         error == websocket::error::message_too_big || error == websocket::error::buffer_overflow ||
         error.category() == http::make_error_code(http::error::bad_version).category();
}

template <typename Layer>
class Session final : public BeastSession, public std::enable_shared_from_this<Session<Layer>> {
  static constexpr bool kEncrypted = std::is_same_v<Layer, Tls>;

 public:
  template <typename... LayerArgs>
  Session(SessionPlan plan, SessionPorts ports, LayerArgs&... args)
      : plan_{std::move(plan)},
        ports_{ports},
        label_{plan_.url.origin.label()},
        resolver_{ports.io},
        timer_{ports.io},
        socket_{ports.io, args...} {}

  void start() override {
    timer_.expires_after(plan_.connect_timeout);
    timer_.async_wait([self = this->shared_from_this()](error_code error) {
      if (!error && !self->open_) self->end({Errc::unavailable, "no connection in time"});
    });
    const HttpOrigin& first = plan_.proxy ? plan_.proxy->origin : plan_.url.origin;
    resolver_.async_resolve(
        first.host, first.port,
        [self = this->shared_from_this()](error_code error, const Endpoints& endpoints) {
          if (self->done_) return;
          if (error) return self->fail(error);
          self->connect(endpoints);
        });
  }

  void send(std::string text) override {
    if (!open_ || done_ || closing_) return;
    waiting_.push_back(std::move(text));
    if (!writing_) write();
  }

  void ping() override {
    if (!open_ || done_ || closing_ || pinging_) return;
    pinging_ = true;
    socket_.async_ping({},
                       [self = this->shared_from_this()](error_code) { self->pinging_ = false; });
  }

  void close() override {
    if (done_ || closing_) return;
    if (!open_) return end({Errc::unavailable, "closed"});
    closing_ = true;
    timer_.expires_after(kCloseTimeout);
    timer_.async_wait([self = this->shared_from_this()](error_code error) {
      if (!error) self->end({Errc::unavailable, "closed"});
    });
    socket_.async_close(websocket::close_code::normal,
                        [self = this->shared_from_this()](error_code) {
                          self->end({Errc::unavailable, "closed"});
                        });
    resume();  // the close frame of the other side has to be read
  }

  void resume() override {
    if (!std::exchange(paused_, false) || done_) return;
    read();
  }

  [[nodiscard]] bool done() const override { return done_; }

 private:
  /// A handler that ends the session on an error, and else goes on.
  template <typename Next>
  auto guarded(Next next) {
    return [self = this->shared_from_this(), next](error_code error, const auto&...) {
      if (self->done_) return;
      if (error) return self->fail(error);
      next(*self);
    };
  }

  Tcp& tcp() { return beast::get_lowest_layer(socket_); }

  void connect(const Endpoints& endpoints) {
    tcp().async_connect(endpoints, guarded([](Session& self) {
                          error_code ignored;
                          self.tcp().socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
                          if (self.plan_.proxy) return self.ask_proxy();
                          self.encrypt();
                        }));
  }

  void ask_proxy() {
    const HttpOrigin& to = plan_.url.origin;
    const std::string host = to.host.find(':') == std::string::npos ? to.host : '[' + to.host + ']';
    tunnel_ = {beast::http::verb::connect, host + ':' + to.port, 11};
    tunnel_.set(beast::http::field::host, host + ':' + to.port);
    tunnel_.set(beast::http::field::user_agent, "btcw/" BTCW_VERSION);
    if (!plan_.proxy->authorization.empty()) {
      tunnel_.set(beast::http::field::proxy_authorization, plan_.proxy->authorization);
    }
    beast::http::async_write(tcp(), tunnel_, guarded([](Session& self) { self.hear_proxy(); }));
  }

  void hear_proxy() {
    tunnel_answer_.skip(true);  // what follows the header is the tunnel already
    beast::http::async_read_header(
        tcp(), buffer_, tunnel_answer_, guarded([](Session& self) {
          const auto status = self.tunnel_answer_.get().result_int();
          if (status / 100 != 2) {
            return self.end(
                {Errc::unavailable, "the proxy refuses: HTTP " + std::to_string(status)});
          }
          self.buffer_.clear();
          self.encrypt();
        }));
  }

  void encrypt() {
    if constexpr (kEncrypted) {
      const std::string& host = plan_.url.origin.host;
      error_code not_an_address;
      asio::ip::make_address(host, not_an_address);
      Tls& tls = socket_.next_layer();
      if (not_an_address && !name_server(tls.native_handle(), host)) {
        return end({Errc::unavailable, "no server name for TLS"});
      }
      error_code failed;
      tls.set_verify_mode(asio::ssl::verify_peer, failed);
      if (!failed) tls.set_verify_callback(asio::ssl::host_name_verification{host}, failed);
      if (failed) return fail(failed);
      tls.async_handshake(asio::ssl::stream_base::client,
                          guarded([](Session& self) { self.greet(); }));
    } else {
      greet();
    }
  }

  void greet() {
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = plan_.connect_timeout;
    limits.idle_timeout = websocket::stream_base::none();
    limits.keep_alive_pings = false;
    socket_.set_option(limits);
    websocket::permessage_deflate deflate;
    deflate.client_enable = true;
    deflate.memLevel = 4;
    // What we send is short, and some take a message in one frame only.
    deflate.msg_size_threshold = std::numeric_limits<std::size_t>::max();
    socket_.set_option(deflate);
    socket_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(beast::http::field::user_agent, "btcw/" BTCW_VERSION);
    }));
    socket_.read_message_max(plan_.max_message_bytes);
    socket_.auto_fragment(false);
    socket_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind != websocket::frame_type::close) {
        report(SocketEventKind::sign, {});
        return;
      }
      wait_for_end();
    });
    socket_.async_handshake(
        answer_, plan_.url.origin.label(), plan_.url.target,
        [self = this->shared_from_this()](error_code error) { self->greeted(error); });
  }

  void greeted(error_code error) {
    if (done_) return;
    if (error == websocket::error::upgrade_declined) {
      return end(refusal_of(answer_, ports_.clock.now()));
    }
    if (error) return fail(error);
    open_ = true;
    timer_.cancel();
    socket_.text(true);
    report(SocketEventKind::opened, {});
    read();
  }

  void read() {
    socket_.async_read(buffer_, [self = this->shared_from_this()](error_code error, std::size_t) {
      if (self->done_) return;
      if (error) return self->fail(error);
      const auto bytes = self->buffer_.cdata();
      const bool room = self->report(SocketEventKind::message,
                                     {static_cast<const char*>(bytes.data()), bytes.size()});
      self->buffer_.consume(bytes.size());
      if (room || self->closing_) return self->read();
      self->paused_ = true;
    });
  }

  void write() {
    writing_ = true;
    socket_.async_write(asio::buffer(waiting_.front()), guarded([](Session& self) {
                          self.waiting_.pop_front();
                          self.writing_ = false;
                          if (!self.waiting_.empty() && !self.closing_) self.write();
                        }));
  }

  /// The other side has said goodbye. Beast answers, and would then wait for it to hang up.
  void wait_for_end() {
    closing_ = true;
    timer_.expires_after(kGoodbyeTime);
    timer_.async_wait([self = this->shared_from_this()](error_code error) {
      if (!error && !self->done_) self->fail(websocket::error::closed);
    });
  }

  bool report(SocketEventKind kind, std::string_view bytes) {
    return ports_.inbox.put(
        {.socket = plan_.id, .kind = kind, .bytes = bytes, .received = ports_.clock.now()});
  }

  void fail(error_code error) {
    if (error == websocket::error::closed) {
      const auto& reason = socket_.reason();
      std::string why = "closed by the other side (" + std::to_string(reason.code) + ")";
      if (!reason.reason.empty()) {
        why += ": " + quoted({reason.reason.data(), reason.reason.size()});
      }
      return end({Errc::unavailable, std::move(why)});
    }
    if (breaks_protocol(error)) return end({Errc::bad_data, error.message()});
    end({Errc::unavailable, error.message()});
  }

  void end(Error why) {
    if (std::exchange(done_, true)) return;
    timer_.cancel();
    resolver_.cancel();
    tcp().close();
    why = std::move(why).within(label_);
    ports_.inbox.put({.socket = plan_.id,
                      .kind = SocketEventKind::closed,
                      .bytes = why.message,
                      .received = ports_.clock.now(),
                      .code = why.code,
                      .retry_at = why.retry_at});
  }

  SessionPlan plan_;
  SessionPorts ports_;
  std::string label_;
  asio::ip::tcp::resolver resolver_;
  asio::steady_timer timer_;
  websocket::stream<Layer> socket_;
  beast::flat_buffer buffer_{kReadBytes + plan_.max_message_bytes};
  beast::http::request<beast::http::empty_body> tunnel_;
  beast::http::response_parser<beast::http::empty_body> tunnel_answer_;
  websocket::response_type answer_;
  std::deque<std::string> waiting_;
  bool open_ = false;
  bool writing_ = false;
  bool pinging_ = false;
  bool paused_ = false;
  bool closing_ = false;
  bool done_ = false;
};

}  // namespace

std::shared_ptr<BeastSession> make_beast_session(SessionPlan plan, SessionPorts ports,
                                                 asio::ssl::context* tls) {
  if (tls != nullptr) return std::make_shared<Session<Tls>>(std::move(plan), ports, *tls);
  return std::make_shared<Session<Tcp>>(std::move(plan), ports);
}

}  // namespace btcw
