#include "btcw/net/beast_sockets.h"

#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "support/proxy_server.h"
#include "support/socket_server.h"

using namespace btcw;
using namespace btcw::test;

namespace {

struct Kept {
  std::uint64_t socket;
  SocketEventKind kind;
  std::string bytes;
  Errc code;
  std::optional<UtcTime> retry_at;
};

/// A client, and all that it has heard.
struct Client {
  SystemClock clock;
  std::unique_ptr<WebSockets> sockets;
  std::vector<Kept> events;

  explicit Client(HttpOptions options = {}) {
    auto made = make_beast_sockets(std::move(options), Environment{}, clock);
    REQUIRE(made.has_value());
    sockets = *std::move(made);
  }
  /// Takes what comes until there are so many events of that kind.
  bool wait_for(SocketEventKind kind, std::size_t count = 1) {
    const auto enough = [&] {
      return static_cast<std::size_t>(
                 std::count_if(events.begin(), events.end(),
                               [kind](const Kept& each) { return each.kind == kind; })) >= count;
    };
    const auto until = clock.steady_now() + seconds{20};
    while (!enough() && clock.steady_now() < until) {
      pollfd watched{.fd = sockets->fd(), .events = POLLIN, .revents = 0};
      ::poll(&watched, 1, 100);
      take();
    }
    return enough();
  }
  void take() {
    sockets->take([this](const SocketEvent& event) {
      events.push_back(
          {event.socket, event.kind, std::string{event.bytes}, event.code, event.retry_at});
    });
  }
  [[nodiscard]] std::vector<std::string> messages() const {
    std::vector<std::string> texts;
    for (const Kept& each : events) {
      if (each.kind == SocketEventKind::message) texts.push_back(each.bytes);
    }
    return texts;
  }
  /// How a connection to that ends.
  Kept end_of(const std::string& url, milliseconds timeout = seconds{10}, std::size_t most = 4096) {
    sockets->open({.url = url, .connect_timeout = timeout, .max_message_bytes = most});
    REQUIRE(wait_for(SocketEventKind::closed));
    return events.back();
  }
};

/// As a server does that gets the close frame of a client which does not like what it reads.
void until_it_leaves(SocketPeer& peer) {
  std::string message;
  while (peer.read(message)) {
  }
}

/// Says every message back.
void echo(SocketPeer& peer) {
  std::string message;
  while (peer.read(message) && peer.text("re: " + message)) {
  }
}

}  // namespace

TEST_CASE("messages go both ways, in their order, in the clear and encrypted, plain and packed") {
  const bool tls = GENERATE(false, true);
  const bool deflate = GENERATE(false, true);
  CAPTURE(tls, deflate);
  SocketServer server{echo, {.tls = tls ? ServerTls::valid : ServerTls::none, .deflate = deflate}};
  Client client{{.ca_file = tls ? server.ca_file().string() : ""}};
  const auto socket = client.sockets->open({.url = server.url() + "/ws?a=b"});
  REQUIRE(client.wait_for(SocketEventKind::opened));

  const std::string big(50'000, 'x');
  std::vector<std::string> wanted;
  for (const std::string& text : {std::string{"one"}, std::string{"two"}, big, std::string{}}) {
    client.sockets->send(socket, text);
    wanted.push_back("re: " + text);
  }

  REQUIRE(client.wait_for(SocketEventKind::message, 4));
  CHECK(client.messages() == wanted);
  REQUIRE(server.heads().size() == 1);
  CHECK(server.heads()[0].starts_with("GET /ws?a=b HTTP/1.1\r\n"));
  CHECK(server.heads()[0].find("Host: 127.0.0.1:" + std::to_string(server.port())) !=
        std::string::npos);
  CHECK(server.heads()[0].find("User-Agent: btcw/") != std::string::npos);
}

TEST_CASE("pings of either side are answered by the other") {
  std::atomic<std::size_t> pongs = 0;
  SocketServer server{[&pongs](SocketPeer& peer) {
    if (!peer.frame(0x89, "hello")) return;
    std::string message;
    while (peer.read(message)) {
      pongs = peer.pongs();
      if (!peer.text("ok")) break;
    }
  }};
  Client client;
  const auto socket = client.sockets->open({.url = server.url()});
  REQUIRE(client.wait_for(SocketEventKind::sign));  // the server's ping
  client.sockets->send(socket, "have you heard me?");
  REQUIRE(client.wait_for(SocketEventKind::message));
  CHECK(pongs == 1);
  client.sockets->ping(socket);
  CHECK(client.wait_for(SocketEventKind::sign, 2));  // the server's pong
}

TEST_CASE("a message in several frames is one, with a ping between them") {
  SocketServer server{[](SocketPeer& peer) {
    (void)(peer.frame(0x01, "he") && peer.frame(0x89, "") && peer.frame(0x80, "llo"));
    peer.peer().hang();
  }};
  Client client;
  client.sockets->open({.url = server.url()});
  REQUIRE(client.wait_for(SocketEventKind::message));
  CHECK(client.messages().front() == "hello");
}

TEST_CASE("what goes wrong with a connection is told as what it is, and never more than the host") {
  const auto over = [](Client& client, const SocketServer& server) {
    return client.end_of(server.url() + "/?token=secret");
  };
  struct Row {
    const char* why;
    SocketServerOptions options;
    SocketServer::Serve serve;
    Errc code;
    const char* part;
  };
  const std::vector<Row> rows{
      {"closed with a reason",
       {},
       [](SocketPeer& p) {
         p.close(1001, "bye");
         p.peer().hang();
       },
       Errc::unavailable,
       "closed by the other side (1001): \"bye\""},
      {"closed without a word", {}, [](SocketPeer&) {}, Errc::unavailable, "127.0.0.1"},
      {"reset", {}, [](SocketPeer& p) { p.peer().reset_at_end(); }, Errc::unavailable, "127."},
      {"half a frame", {}, [](SocketPeer& p) { (void)p.raw("\x81\x7e"); }, Errc::unavailable, ""},
      {"a reserved kind of frame",
       {},
       [](SocketPeer& p) {
         (void)p.frame(0x83, "x");
         until_it_leaves(p);
       },
       Errc::bad_data,
       ""},
      {"a masked frame",
       {},
       [](SocketPeer& p) {
         (void)p.raw(std::string{"\x81\x81mask!", 7});
         until_it_leaves(p);
       },
       Errc::bad_data,
       ""},
      {"too big",
       {},
       [](SocketPeer& p) {
         (void)p.text(std::string(5000, 'x'));
         until_it_leaves(p);
       },
       Errc::bad_data,
       ""},
      {"too big when unpacked",
       {.deflate = true},
       [](SocketPeer& p) {
         (void)p.text(std::string(5000, 'x'));
         until_it_leaves(p);
       },
       Errc::bad_data,
       ""},
      {"too many",
       {.status = 429, .headers = "Retry-After: 77\r\n"},
       {},
       Errc::rate_limited,
       "429"},
      {"banned", {.status = 418}, {}, Errc::rate_limited, "418"},
      {"forbidden", {.status = 403}, {}, Errc::rejected, "403"},
      {"region", {.status = 451}, {}, Errc::rejected, "451"},
      {"down", {.status = 503}, {}, Errc::unavailable, "503"},
      {"no WebSocket", {.status = 200}, {}, Errc::bad_data, "does not speak WebSocket"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    SocketServer server{row.serve, row.options};
    Client client;

    const Kept end = over(client, server);

    CAPTURE(end.bytes);
    CHECK(end.code == row.code);
    CHECK(end.bytes.find(row.part) != std::string::npos);
    CHECK(end.bytes.starts_with("127.0.0.1:"));
    CHECK(end.bytes.find("secret") == std::string::npos);
    CHECK(end.retry_at.has_value() == (row.code == Errc::rate_limited));
  }
}

TEST_CASE("a URL that is none, and a host that is not there, end a socket at once") {
  Client client;
  CHECK(client.end_of("http://127.0.0.1:1/").code == Errc::invalid_input);
  client.events.clear();
  CHECK(client.end_of("ws://127.0.0.1:" + std::to_string(refusing_port())).code ==
        Errc::unavailable);
}

TEST_CASE("a handshake that takes too long is given up") {
  SocketServer server{echo, {.handshake_delay = seconds{30}}};
  Client client;
  const Kept end = client.end_of(server.url(), milliseconds{200});
  CHECK(end.code == Errc::unavailable);
  CHECK(end.bytes.find("no connection in time") != std::string::npos);
}

TEST_CASE("a certificate that does not vouch for the host ends the connection") {
  const auto kind = GENERATE(ServerTls::wrong_host, ServerTls::self_signed, ServerTls::expired);
  SocketServer server{echo, {.tls = kind}};
  Client client{{.ca_file = server.ca_file().string()}};
  const Kept end = client.end_of(server.url());
  CHECK(end.code == Errc::unavailable);
  CHECK(server.heads().empty());
}

TEST_CASE("a socket that was closed is heard of no more") {
  SocketServer server{echo};
  Client client;
  const auto socket = client.sockets->open({.url = server.url()});
  REQUIRE(client.wait_for(SocketEventKind::opened));
  client.sockets->send(socket, "x");
  client.sockets->close(socket);
  client.sockets->send(socket, "y");
  const auto other = client.sockets->open({.url = server.url()});
  REQUIRE(client.wait_for(SocketEventKind::opened, 2));
  client.sockets->send(other, "z");
  REQUIRE(client.wait_for(SocketEventKind::message));
  CHECK(client.messages() == std::vector<std::string>{"re: z"});
  for (const Kept& each : client.events) CHECK(each.kind != SocketEventKind::closed);
}

TEST_CASE("a proxy is asked with CONNECT, also for what is encrypted") {
  const bool tls = GENERATE(false, true);
  CAPTURE(tls);
  ProxyServer proxy{{.credentials = "user:pass"}};
  SocketServer server{echo, {.tls = tls ? ServerTls::valid : ServerTls::none}};
  HttpOptions options{.proxy_url = proxy.url(), .proxy_user = "user"};
  options.proxy_password = Secret{"pass"};
  if (tls) options.ca_file = server.ca_file().string();
  Client client{std::move(options)};
  const auto socket = client.sockets->open({.url = server.url()});
  REQUIRE(client.wait_for(SocketEventKind::opened));
  client.sockets->send(socket, "x");
  REQUIRE(client.wait_for(SocketEventKind::message));
  REQUIRE(proxy.requests().size() == 1);
  CHECK(proxy.requests()[0].method == "CONNECT");
  CHECK(proxy.requests()[0].target == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("a proxy that refuses, leaves or speaks SOCKS is told as such") {
  SocketServer server{echo};
  SECTION("refuses") {
    ProxyServer proxy{{.mood = ProxyMood::refusing}};
    Client client{{.proxy_url = proxy.url()}};
    const Kept end = client.end_of(server.url());
    CHECK(end.code == Errc::unavailable);
    CHECK(end.bytes.find("the proxy refuses: HTTP 403") != std::string::npos);
  }
  SECTION("leaves") {
    const ProxyMood mood =
        GENERATE(ProxyMood::closing, ProxyMood::deserting, ProxyMood::breaking_off);
    CAPTURE(mood);
    ProxyServer proxy{{.mood = mood}};
    Client client{{.proxy_url = proxy.url()}};
    CHECK(client.end_of(server.url()).code == Errc::unavailable);
  }
  SECTION("speaks SOCKS") {
    ProxyServer proxy{{.kind = ProxyKind::socks5}};
    Client client{{.proxy_url = proxy.url()}};
    const Kept end = client.end_of(server.url());
    CHECK(end.code == Errc::invalid_input);
    CHECK(end.bytes.find("http:// proxies only") != std::string::npos);
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("while nobody takes what has come, the other side has to wait, and nothing is lost") {
  constexpr int kMessages = 20'000;
  std::atomic<int> written = 0;
  SocketServer server{[&written](SocketPeer& peer) {
    const std::string filler(1000, 'x');
    for (int i = 0; i < kMessages && peer.text(std::to_string(i) + filler); ++i) written = i;
    peer.peer().hang();
  }};
  Client client;
  client.sockets->open({.url = server.url()});
  int before = -1;
  const auto until = client.clock.steady_now() + seconds{15};
  while (written != before && client.clock.steady_now() < until) {
    before = written;
    client.clock.wait_until(client.clock.steady_now() + milliseconds{300});
  }
  CHECK(written < kMessages - 1);
  REQUIRE(client.wait_for(SocketEventKind::message, kMessages));
  const auto messages = client.messages();
  for (int i = 0; i < kMessages; i += 997) {
    CHECK(messages[static_cast<std::size_t>(i)].starts_with(std::to_string(i) + "x"));
  }
}
