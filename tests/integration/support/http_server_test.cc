#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "support/tcp_service.h"

using btcw::milliseconds;
using btcw::test::Coding;
using btcw::test::Fault;
using btcw::test::Framing;
using btcw::test::HttpServer;
using btcw::test::ServedRequest;
using btcw::test::ServedResponse;
using btcw::test::ServerTls;

namespace {

// A plain socket to the server, so that the server is not judged by the client that it judges.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void write(std::string_view text) const {
    REQUIRE(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }
  // Until `end` was seen or the server has closed.
  [[nodiscard]] std::string read_to(std::string_view end) const {
    std::string text;
    char byte = 0;
    while (!text.ends_with(end) && ::recv(fd_, &byte, 1, 0) == 1) text += byte;
    return text;
  }
  [[nodiscard]] std::string read_all() const {
    std::string text;
    char byte = 0;
    while (::recv(fd_, &byte, 1, 0) == 1) text += byte;
    return text;
  }

 private:
  int fd_;
  bool connected_ = false;
};

}  // namespace

TEST_CASE("the test server answers several requests on one connection and records them") {
  HttpServer server{[](const ServedRequest& request) {
    return ServedResponse{.headers = {{"X-Path", std::string{request.path()}}},
                          .body = request.body + "!"};
  }};
  const RawClient client{server.port()};

  client.write("POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
  CHECK(client.read_to("!") == "HTTP/1.1 200 OK\r\nX-Path: /a\r\nContent-Length: 3\r\n\r\nhi!");
  client.write("GET /d HTTP/1.1\r\nHost: y\r\n\r\n");
  CHECK(client.read_to("!").ends_with("\r\n\r\n!"));

  const auto seen = server.requests();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].target == "/a?b=c");
  CHECK(seen[0].header("host") == "x");
  CHECK(seen[0].body == "hi");
  CHECK(seen[1].header("host") == "y");
  CHECK(seen[0].connection == seen[1].connection);
  CHECK(server.connections() == 1);
}

TEST_CASE("the test server misbehaves as it is told") {
  struct Case {
    std::string_view why;
    ServedResponse response;
    std::string_view sent;
  };
  const auto row = GENERATE(values<Case>({
      {"close", {.fault = Fault::close}, ""},
      {"reset", {.fault = Fault::reset}, ""},
      {"cut in the body",
       {.body = "12345678", .fault = Fault::cut_in_body},
       "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n1234"},
      {"cut in the headers",
       {.body = "1", .fault = Fault::cut_in_headers},
       "HTTP/1.1 200 OK\r\nCo"},
      {"until the end",
       {.body = "12", .framing = Framing::until_close},
       "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n12"},
      {"chunked",
       {.body = "1234", .framing = Framing::chunked, .close_afterwards = true},
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n2\r\n34\r\n0\r\n\r\n"},
      {"wrong length",
       {.body = "12", .declared_length = 9, .close_afterwards = true},
       "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12"},
      {"slow",
       {.body = "12", .piece_bytes = 5, .piece_pause = milliseconds{1}, .close_afterwards = true},
       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n12"},
  }));
  CAPTURE(row.why);
  HttpServer server{[&row](const ServedRequest&) { return row.response; }};
  const RawClient client{server.port()};

  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  CHECK(client.read_all().substr(0, row.sent.size()) == row.sent);
}

TEST_CASE("the test server stops at once with hung connections") {
  HttpServer server{[](const ServedRequest&) { return ServedResponse{.fault = Fault::hang}; }};
  const RawClient hung{server.port()};
  hung.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const RawClient silent{server.port()};
  REQUIRE(server.wait_for_requests(1));

  const auto before = std::chrono::steady_clock::now();
  server.stop();

  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{5});
  CHECK(hung.read_all().empty());
  CHECK_FALSE(RawClient{server.port()}.connected());
}

TEST_CASE("the test server starts with TLS and leaves no file behind") {
  std::filesystem::path ca_file;
  {
    HttpServer server{[](const ServedRequest&) { return ServedResponse{}; },
                      {.tls = ServerTls::valid}};
    ca_file = server.ca_file();
    CHECK(std::filesystem::file_size(ca_file) > 100);
    CHECK(server.url().starts_with("https://"));
  }
  CHECK_FALSE(std::filesystem::exists(ca_file));
}

TEST_CASE("gzip of the test server is gzip") {
  const std::string zipped = btcw::test::encode("hello", Coding::gzip);
  REQUIRE(zipped.size() > 10);
  CHECK(zipped.substr(0, 2) == "\x1f\x8b");
}
