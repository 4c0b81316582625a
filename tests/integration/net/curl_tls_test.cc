// TLS is always verified.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "curl_fixture.h"

using btcw::Errc;
using btcw::HttpProgress;
using btcw::test::always;
using btcw::test::CurlFixture;
using btcw::test::HttpServer;
using btcw::test::ServerTls;

TEST_CASE("a certificate that the CA file vouches for is accepted, and its connection kept") {
  HttpServer server{always({.body = "ok"}), {.tls = ServerTls::valid}};
  CurlFixture curl{{.ca_file = server.ca_file()}};

  for (int i = 0; i < 3; ++i) CHECK(curl.http->send({.url = server.url()})->body == "ok");

  const std::string by_name = "https://localhost:" + std::to_string(server.port());
  CHECK(curl.http->send({.url = by_name})->body == "ok");
  CHECK(server.connections() == 2);
}

TEST_CASE("a certificate in doubt is refused before anything is sent") {
  struct Case {
    std::string_view why;
    ServerTls tls;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"for another host", ServerTls::wrong_host,
       "TLS certificate refused: no alternative certificate subject name matches target host name "
       "'127.0.0.1'"},
      {"self-signed", ServerTls::self_signed, "TLS certificate refused: self-signed certificate"},
      {"expired", ServerTls::expired, "TLS certificate refused: certificate has expired"},
  }));
  CAPTURE(row.why);
  HttpServer server{always({}), {.tls = row.tls}};
  CurlFixture curl{{.ca_file = server.ca_file()}};

  const auto outcome = curl.run({.method = "POST", .url = server.url() + "/SECRET", .body = "x"});

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": " + std::string{row.message});
  CHECK(outcome.progress == HttpProgress::not_sent);
  CHECK(server.requests().empty());
}

TEST_CASE("neither another CA's file nor the system's bundle vouches for a certificate") {
  HttpServer server{always({}), {.tls = ServerTls::valid}};
  HttpServer other{always({}), {.tls = ServerTls::valid}};
  const bool by_other = GENERATE(false, true);
  CurlFixture curl{{.ca_file = by_other ? other.ca_file().string() : ""}};

  const auto outcome = curl.run({.url = server.url()});

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) +
            ": TLS certificate refused: unable to get local issuer certificate");
  CHECK(server.requests().empty());
}

TEST_CASE("a CA file that cannot be read is an error of the configuration") {
  HttpServer server{always({}), {.tls = ServerTls::valid}};
  CurlFixture curl{{.ca_file = "/nonexistent/ca.pem"}};
  const auto outcome = curl.run({.url = server.url()});
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::invalid_input);
  CHECK(outcome.result.error().message == "the file of TLS certificates (ca_file) cannot be read");
}

TEST_CASE("a server that does not speak TLS is told from one that does") {
  HttpServer plain{always({})};
  CurlFixture curl;
  const auto outcome =
      curl.run({.url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/SECRET"});
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(plain.port()) + ": TLS handshake failed");
  CHECK(outcome.progress == HttpProgress::not_sent);
}

TEST_CASE("the bundle vouches for what the folder of certificates does not know, at once later") {
  HttpServer server{always({.body = "ok"}), {.tls = ServerTls::valid}};
  const btcw::SystemClock clock;
  btcw::test::RecordingLog log;
  const auto http = btcw::make_curl_transport(
      {}, {}, clock, log, {.folder = "/nonexistent", .bundle = server.ca_file().string()});

  const auto first =
      http->send({.method = "POST", .url = server.url(), .headers = {}, .body = "x"});
  REQUIRE(first.has_value());
  CHECK(first->body == "ok");
  CHECK(server.connections() == 2);
  CHECK(server.requests().size() == 1);

  const std::string by_name = "https://localhost:" + std::to_string(server.port());
  CHECK(http->send({.url = by_name})->body == "ok");
  CHECK(server.connections() == 3);
}

TEST_CASE("a connection that breaks while sending is an error, not a signal") {
  const ServerTls tls = GENERATE(ServerTls::none, ServerTls::valid);
  const auto fault = GENERATE(btcw::test::Fault::close, btcw::test::Fault::reset);
  HttpServer server{always({.fault = fault}),
                    {.tls = tls, .request_body = btcw::test::RequestBody::ignored}};
  btcw::HttpOptions options;
  if (tls == ServerTls::valid) options.ca_file = server.ca_file();
  CurlFixture curl{std::move(options)};
  const std::string body(20'000'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const auto outcome = curl.run({.method = "POST", .url = server.url(), .body = body});
    REQUIRE_FALSE(outcome.result.has_value());
    CHECK(outcome.result.error().code == Errc::unavailable);
    CHECK(outcome.progress == HttpProgress::not_sent);
  }
}
