#include "btcw/net/beast_sockets.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <new>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "btcw/base/base64.h"
#include "btcw/base/thread_start.h"
#include "btcw/net/beast_session.h"
#include "btcw/net/proxy_policy.h"
#include "btcw/net/socket_inbox.h"
#include "btcw/net/system_trust.h"

namespace btcw {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class BeastSockets final : public WebSockets {
 public:
  BeastSockets(HttpOptions options, const Environment& environment, const Clock& clock,
               WakeEvent arrived)
      : options_{std::move(options)},
        proxies_{options_, environment},
        clock_{clock},
        inbox_{std::move(arrived)} {}
  BeastSockets(const BeastSockets&) = delete;
  BeastSockets& operator=(const BeastSockets&) = delete;
  ~BeastSockets() override {
    work_.reset();
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> launch() {
    return start_thread(thread_, [this] { run(); });
  }

  std::uint64_t open(SocketRequest request) override {
    const std::uint64_t id = ++last_;
    asio::post(io_, [this, id, wanted = std::move(request)] { begin(id, wanted); });
    return id;
  }

  void send(std::uint64_t socket, std::string_view text) override {
    asio::post(io_, [this, socket, owned = std::string{text}] {
      if (auto* const session = find(socket)) session->send(owned);
    });
  }

  void ping(std::uint64_t socket) override {
    asio::post(io_, [this, socket] {
      if (auto* const session = find(socket)) session->ping();
    });
  }

  void close(std::uint64_t socket) override {
    forgotten_.insert(socket);
    asio::post(io_, [this, socket] {
      if (auto* const session = find(socket)) session->close();
    });
  }

  [[nodiscard]] int fd() const override { return inbox_.fd(); }

  void take(SocketSink sink) override {
    const bool was_full = inbox_.take([&](const SocketEvent& event) {
      const bool closed = event.kind == SocketEventKind::closed;
      if (closed) drop(event.socket);
      if (!forgotten_.contains(event.socket)) return sink(event);
      if (closed) forgotten_.erase(event.socket);
    });
    if (!was_full) return;
    asio::post(io_, [this] {
      for (const auto& [id, session] : sessions_) session->resume();
    });
  }

 private:
  void run() {
    for (;;) {
      try {
        io_.run();
        return;
      } catch (const std::exception&) {
        // Out of memory, in a handler of one session: its watchdog ends it, the others go on.
        continue;
      }
    }
  }

  void drop(std::uint64_t socket) {
    asio::post(io_, [this, socket] { sessions_.erase(socket); });
  }

  BeastSession* find(std::uint64_t id) {
    const auto found = sessions_.find(id);
    return found == sessions_.end() || found->second->done() ? nullptr : found->second.get();
  }

  void begin(std::uint64_t id, const SocketRequest& request) {
    auto session = make_session(id, request);
    if (!session) {
      const Error& why = session.error();
      inbox_.put({.socket = id,
                  .kind = SocketEventKind::closed,
                  .bytes = why.message,
                  .received = clock_.now(),
                  .code = why.code});
      return;
    }
    sessions_.emplace(id, *session);
    (*session)->start();
  }

  Result<std::shared_ptr<BeastSession>> make_session(std::uint64_t id,
                                                     const SocketRequest& request) {
    auto url = parse_socket_url(request.url);
    if (!url) return std::move(url).error();
    auto proxy = proxy_for(url->origin);
    if (!proxy) return std::move(proxy).error().within(url->origin.label());
    asio::ssl::context* tls = nullptr;
    if (url->encrypted()) {
      if (auto ready = prepare_tls(); !ready) return std::move(ready).error();
      tls = &*tls_;
    }
    SessionPlan plan{.id = id,
                     .url = *std::move(url),
                     .proxy = *std::move(proxy),
                     .connect_timeout = request.connect_timeout,
                     .max_message_bytes = request.max_message_bytes};
    return make_beast_session(std::move(plan), {io_, inbox_, clock_}, tls);
  }

  Result<std::optional<SocketProxy>> proxy_for(const HttpOrigin& origin) const {
    const auto url = proxies_.proxy_for(origin);
    if (!url) return std::optional<SocketProxy>{};
    auto proxy = parse_proxy_url(*url);
    if (!proxy) return std::move(proxy).error();
    if (proxy->scheme != "http") {
      return Error{Errc::invalid_input, "streams go through http:// proxies only"};
    }
    std::string authorization;
    if (!options_.proxy_user.empty()) {
      const std::string password{options_.proxy_password.reveal()};
      authorization = "Basic " + to_base64(options_.proxy_user + ':' + password);
    }
    return std::optional{SocketProxy{*std::move(proxy), std::move(authorization)}};
  }

  /// Made with the first encrypted connection: reading the certificates takes a while.
  Result<void> prepare_tls() {
    if (tls_) return {};
    asio::ssl::context context{asio::ssl::context::tls_client};
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    error_code failed;
    if (!options_.ca_file.empty()) {
      context.load_verify_file(options_.ca_file, failed);
      if (failed) {
        return Error{Errc::invalid_input, "http.ca_file cannot be used: " + failed.message()};
      }
    } else {
      const SystemTrust trust = find_system_trust();
      if (!trust.folder.empty()) context.add_verify_path(trust.folder, failed);
      if (!trust.bundle.empty()) context.load_verify_file(trust.bundle, failed);
    }
    tls_.emplace(std::move(context));
    return {};
  }

  HttpOptions options_;
  ProxyPolicy proxies_;
  const Clock& clock_;
  SocketInbox inbox_;
  std::optional<asio::ssl::context> tls_;  // of the thread, as io_ and sessions_ are
  asio::io_context io_{1};
  std::unordered_map<std::uint64_t, std::shared_ptr<BeastSession>> sessions_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::uint64_t last_ = 0;
  std::unordered_set<std::uint64_t> forgotten_;  ///< closed by close(), not yet done
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<WebSockets>> make_beast_sockets(HttpOptions options,
                                                       const Environment& environment,
                                                       const Clock& clock) {
  auto arrived = WakeEvent::make();
  if (!arrived) return std::move(arrived).error();
  auto sockets =
      std::make_unique<BeastSockets>(std::move(options), environment, clock, *std::move(arrived));
  auto launched = sockets->launch();
  if (!launched) return std::move(launched).error();
  return std::unique_ptr<WebSockets>{std::move(sockets)};
}

}  // namespace btcw
