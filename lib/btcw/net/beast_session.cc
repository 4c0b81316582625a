#include "btcw/net/beast_session.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <deque>
#include <limits>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/net/http_status.h"
#include "btcw/net/socket_wire.h"

namespace btcw {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using beast::error_code;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>,
                                         SocketWire::executor_type>;

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

bool breaks_protocol(error_code error) {
  namespace http = beast::http;
  // A connection that was cut, however far its answer had come, is no fault of the protocol.
  if (error == http::error::end_of_stream || error == http::error::partial_message) return false;
  return error == websocket::condition::protocol_violation ||
         error == websocket::error::message_too_big || error == websocket::error::buffer_overflow ||
         error.category() == http::make_error_code(http::error::bad_version).category();
}

class Session final : public BeastSession, public std::enable_shared_from_this<Session> {
 public:
  Session(SessionPlan plan, SessionPorts ports, asio::ssl::context* tls)
      : plan_{std::move(plan)},
        ports_{ports},
        label_{plan_.url.origin.label()},
        timer_{ports.io},
        socket_{ports.io, tls},
        encrypted_{tls != nullptr} {}

  void start() override {
    run_timer(plan_.connect_timeout, &Session::connect_late);
    const HttpOrigin& first = plan_.proxy ? plan_.proxy->origin : plan_.url.origin;
    wire().connect(first, guarded(&Session::connected));
  }

  void send(std::string text) override {
    if (!open_ || done_ || closing_) return;
    waiting_.push_back(std::move(text));
    if (!writing_) write();
  }

  void ping() override {
    if (!open_ || done_ || closing_ || pinging_) return;
    pinging_ = true;
    socket_.async_ping({}, step(&Session::pinged));
  }

  void close() override {
    if (done_ || closing_) return;
    if (!open_) return end({Errc::unavailable, "closed"});
    closing_ = true;
    run_timer(kCloseTimeout, &Session::close_late);
    socket_.async_close(websocket::close_code::normal, step(&Session::left));
    resume();  // the close frame of the other side has to be read
  }

  void resume() override {
    if (!std::exchange(paused_, false) || done_) return;
    read();
  }

  [[nodiscard]] bool done() const override { return done_; }

 private:
  /// A handler of every operation: Beast's are compiled once for each type of handler.
  struct Step {
    std::shared_ptr<Session> self;  // shared with the operation under way
    void (Session::*next)(error_code);

    void operator()(error_code error, std::size_t = 0) const { (*self.*next)(error); }
  };
  Step step(void (Session::*next)(error_code)) { return {shared_from_this(), next}; }

  /// Ends the session on an error, and else goes on.
  SocketWire::Done guarded(void (Session::*next)()) {
    return [self = shared_from_this(), next](error_code error) {
      if (self->done_) return;
      if (error) return self->fail(error);
      (*self.*next)();
    };
  }

  SocketWire& wire() { return socket_.next_layer(); }

  void run_timer(milliseconds time, void (Session::*next)(error_code)) {
    timer_.expires_after(time);
    timer_.async_wait(step(next));
  }
  void connect_late(error_code error) {
    if (!error && !open_) end({Errc::unavailable, "no connection in time"});
  }
  void close_late(error_code error) {
    if (!error) left(error);
  }
  void left(error_code) { end({Errc::unavailable, "closed"}); }
  void pinged(error_code) { pinging_ = false; }

  void connected() {
    if (!plan_.proxy) return encrypt();
    open_tunnel(
        wire(), *plan_.proxy, plan_.url.origin,
        [self = shared_from_this()](error_code error, unsigned status) {
          if (self->done_) return;
          if (error) return self->fail(error);
          if (status / 100 == 2) return self->encrypt();
          self->end({Errc::unavailable, "the proxy refuses: HTTP " + std::to_string(status)});
        });
  }

  void encrypt() {
    if (!encrypted_) return greet();
    wire().encrypt(plan_.url.origin.host, guarded(&Session::greet));
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
    socket_.async_handshake(answer_, plan_.url.origin.label(), plan_.url.target,
                            step(&Session::greeted));
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

  void read() { socket_.async_read(buffer_, step(&Session::have_read)); }

  void have_read(error_code error) {
    if (done_) return;
    if (error) return fail(error);
    const auto bytes = buffer_.cdata();
    const bool room =
        report(SocketEventKind::message, {static_cast<const char*>(bytes.data()), bytes.size()});
    buffer_.consume(bytes.size());
    if (room || closing_) return read();
    paused_ = true;
  }

  void write() {
    writing_ = true;
    socket_.async_write(asio::buffer(waiting_.front()), step(&Session::written));
  }

  void written(error_code error) {
    if (done_) return;
    if (error) return fail(error);
    waiting_.pop_front();
    writing_ = false;
    if (!waiting_.empty() && !closing_) write();
  }

  /// The other side has said goodbye. Beast answers, and would then wait for it to hang up.
  void wait_for_end() {
    closing_ = true;
    run_timer(kGoodbyeTime, &Session::goodbye_late);
  }
  void goodbye_late(error_code error) {
    if (!error && !done_) fail(websocket::error::closed);
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
    wire().close();
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
  Timer timer_;
  websocket::stream<SocketWire> socket_;
  bool encrypted_;
  beast::flat_buffer buffer_{kReadBytes + plan_.max_message_bytes};
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
  return std::make_shared<Session>(std::move(plan), ports, tls);
}

}  // namespace btcw
