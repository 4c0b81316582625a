// Through a proxy, around it, and without it when it is gone.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "curl_fixture.h"
#include "support/proxy_server.h"
#include "support/tcp_service.h"

using btcw::Environment;
using btcw::Errc;
using btcw::HttpOptions;
using btcw::HttpProgress;
using btcw::LogLevel;
using btcw::milliseconds;
using btcw::Secret;
using btcw::test::always;
using btcw::test::CurlFixture;
using btcw::test::DeafListener;
using btcw::test::HttpServer;
using btcw::test::ProxyKind;
using btcw::test::ProxyMood;
using btcw::test::ProxyServer;
using btcw::test::refusing_port;
using btcw::test::ServerTls;

TEST_CASE("a request goes through the proxy, encrypted ones through a tunnel") {
  const ProxyKind kind = GENERATE(ProxyKind::http, ProxyKind::socks5);
  const ServerTls tls = GENERATE(ServerTls::none, ServerTls::valid);
  HttpServer server{always({.body = "ok"}), {.tls = tls}};
  ProxyServer proxy{{.kind = kind}};
  HttpOptions options{.proxy_url = proxy.url()};
  if (tls == ServerTls::valid) options.ca_file = server.ca_file();
  CurlFixture curl{std::move(options)};

  const auto response = curl.http->send(
      {.url = server.url() + "/x", .headers = {{"Authorization", "Bearer SECRET"}}});

  REQUIRE(response.has_value());
  CHECK(response->body == "ok");
  CHECK(server.requests().at(0).header("authorization") == "Bearer SECRET");
  const auto seen = proxy.requests();
  REQUIRE(seen.size() == 1);
  const std::string authority = "127.0.0.1:" + std::to_string(server.port());
  if (kind == ProxyKind::http && tls == ServerTls::none) {
    CHECK(seen[0].target == server.url() + "/x");
    return;
  }
  CHECK(seen[0].method == (kind == ProxyKind::http ? "CONNECT" : "SOCKS5"));
  CHECK(seen[0].target == authority);
  CHECK(seen[0].head.find("SECRET") == std::string::npos);
}

TEST_CASE("socks5h leaves names to the proxy, socks5 resolves them here") {
  HttpServer server{always({.body = "ok"})};
  ProxyServer proxy{{.kind = ProxyKind::socks5}};
  const std::string port = std::to_string(server.port());
  const std::string proxy_port = std::to_string(proxy.port());
  CurlFixture remote{{.proxy_url = "socks5h://127.0.0.1:" + proxy_port}};
  CHECK(remote.http->send({.url = "http://a.lost.test:" + port})->body == "ok");
  CurlFixture local{{.proxy_url = "socks5://127.0.0.1:" + proxy_port}};
  CHECK(local.http->send({.url = "http://a.test:" + port})->body == "ok");

  CHECK(proxy.requests().at(0).target == "a.lost.test:" + port);
  CHECK(proxy.requests().at(1).target == "127.0.0.1:" + port);
}

TEST_CASE("credentials open a proxy, wrong ones are named as the reason") {
  const ProxyKind kind = GENERATE(ProxyKind::http, ProxyKind::socks5);
  const ServerTls tls = GENERATE(ServerTls::none, ServerTls::valid);
  HttpServer server{always({.body = "ok"}), {.tls = tls}};
  ProxyServer proxy{{.kind = kind, .credentials = "me:pass@word"}};
  const std::string ca_file = tls == ServerTls::valid ? server.ca_file().string() : "";

  CurlFixture right{{.proxy_url = proxy.url(),
                     .proxy_user = "me",
                     .proxy_password = Secret{"pass@word"},
                     .ca_file = ca_file}};
  CHECK(right.http->send({.url = server.url()})->body == "ok");

  std::string in_url = proxy.url();
  in_url.insert(in_url.find("://") + 3, "me:pass%40word@");
  CurlFixture by_url{{.proxy_url = in_url, .ca_file = ca_file}};
  CHECK(by_url.http->send({.url = server.url()})->body == "ok");

  CurlFixture wrong{{.proxy_url = proxy.url(),
                     .proxy_user = "me",
                     .proxy_password = Secret{"SECRET"},
                     .fallback_direct = true,
                     .ca_file = ca_file}};
  const auto outcome = wrong.run({.url = server.url()});
  if (kind == ProxyKind::http && tls == ServerTls::none) {
    // The proxy answers in the server's place.
    CHECK(outcome.result->status == 407);
    return;
  }
  REQUIRE_FALSE(outcome.result.has_value());
  CAPTURE(outcome.result.error().message);
  CHECK(outcome.result.error().message.starts_with(
      "proxy 127.0.0.1:" + std::to_string(proxy.port()) + ": refuses a connection to "));
  CHECK(outcome.result.error().message.find("SECRET") == std::string::npos);
  CHECK(outcome.progress == HttpProgress::not_sent);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a proxy that refuses, hangs or closes is an error, not a reason to go around it") {
  struct Case {
    ProxyKind kind;
    ProxyMood mood;
    std::string_view message;  // PROXY and HOST stand for the addresses
  };
  const auto row = GENERATE(values<Case>({
      {ProxyKind::http, ProxyMood::refusing, "proxy PROXY: refuses a connection to HOST: HTTP 403"},
      {ProxyKind::socks5, ProxyMood::refusing, "proxy PROXY: refuses a connection to HOST"},
      {ProxyKind::http, ProxyMood::hanging, "proxy PROXY: no connection to HOST within 150ms"},
      {ProxyKind::socks5, ProxyMood::hanging, "proxy PROXY: no connection to HOST within 150ms"},
      {ProxyKind::http, ProxyMood::closing, "proxy PROXY: closes the connection"},
      {ProxyKind::socks5, ProxyMood::closing, "proxy PROXY: refuses a connection to HOST"},
  }));
  HttpServer server{always({}), {.tls = ServerTls::valid}};
  ProxyServer proxy{{.kind = row.kind, .mood = row.mood}};
  CurlFixture curl{
      {.proxy_url = proxy.url(), .fallback_direct = true, .ca_file = server.ca_file()}};

  const auto outcome = curl.run(
      {.method = "POST", .url = server.url(), .body = "x", .connect_timeout = milliseconds{150}});

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  std::string expected{row.message};
  if (const auto at = expected.find("PROXY"); at != std::string::npos) {
    expected.replace(at, 5, "127.0.0.1:" + std::to_string(proxy.port()));
  }
  if (const auto at = expected.find("HOST"); at != std::string::npos) {
    expected.replace(at, 4, "127.0.0.1:" + std::to_string(server.port()));
  }
  CHECK(outcome.result.error().message == expected);
  CHECK(outcome.progress == HttpProgress::not_sent);
  CHECK(server.requests().empty());
}

TEST_CASE("a proxy that is gone is an error that names the proxy") {
  static const DeafListener kDeaf;
  struct Case {
    std::string proxy;
    std::string_view reason;
  };
  const auto row = GENERATE_COPY(values<Case>({
      {"http://127.0.0.1:" + std::to_string(refusing_port()), "connection refused"},
      {"socks5h://127.0.0.1:" + std::to_string(refusing_port()), "connection refused"},
      {"http://127.0.0.1:" + std::to_string(kDeaf.port()), "no connection within 100ms"},
      {"socks5://127.0.0.1:" + std::to_string(kDeaf.port()), "no connection within 100ms"},
      {"http://proxy.lost.test:3128", "host name cannot be resolved"},
      {"socks5h://proxy.lost.test:1080", "host name cannot be resolved"},
  }));
  CAPTURE(row.proxy);
  HttpServer server{always({.body = "ok"})};
  const std::string name = row.proxy.substr(row.proxy.find("://") + 3);
  const auto request = [&] {
    return btcw::HttpRequest{
        .method = "POST", .url = server.url(), .body = "x", .connect_timeout = milliseconds{100}};
  };

  CurlFixture strict{{.proxy_url = row.proxy}};
  const auto outcome = strict.run(request());
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().message == "proxy " + name + ": " + std::string{row.reason});
  CHECK(outcome.progress == HttpProgress::not_sent);
  CHECK(server.requests().empty());

  CurlFixture lenient{{.proxy_url = row.proxy, .fallback_direct = true}};
  const auto direct = lenient.run(request());
  REQUIRE(direct.result.has_value());
  CHECK(direct.result->body == "ok");
  CHECK(server.requests().size() == 1);
  CHECK(lenient.log.texts(LogLevel::warning) ==
        std::vector<std::string>{"proxy cannot be reached, going on without it proxy=" + name});
}

TEST_CASE("the loss of a proxy is said once, and again after it has worked meanwhile") {
  HttpServer server{always({.body = "ok"})};
  auto proxy = std::make_unique<ProxyServer>();
  const std::string url = proxy->url();
  CurlFixture curl{{.proxy_url = url, .fallback_direct = true}};
  const auto losses = [&] { return curl.log.texts(LogLevel::warning).size(); };
  const auto ask = [&] { return curl.http->send({.url = server.url()}).has_value(); };

  REQUIRE(ask());
  CHECK(losses() == 0);
  proxy->stop();
  REQUIRE(ask());
  REQUIRE(ask());
  REQUIRE(ask());
  CHECK(losses() == 1);
  proxy = std::make_unique<ProxyServer>();
  // A request around the proxy says nothing about it.
  REQUIRE(ask());
  CHECK(losses() == 1);
}

TEST_CASE("the environment names the proxy where the configuration does not") {
  HttpServer server{always({.body = "ok"})};
  ProxyServer proxy;
  const auto through = [&](HttpOptions options, const Environment& environment) {
    const auto before = proxy.requests().size();
    CurlFixture curl{std::move(options), environment};
    REQUIRE(curl.http->send({.url = server.url()}).has_value());
    return proxy.requests().size() > before;
  };

  CHECK(through({}, Environment{{{"http_proxy", proxy.url()}}}));
  CHECK(through({}, Environment{{{"ALL_PROXY", proxy.url()}}}));
  CHECK_FALSE(through({}, Environment{{{"HTTP_PROXY", proxy.url()}}}));
  CHECK_FALSE(through({}, Environment{{{"http_proxy", proxy.url()}, {"no_proxy", "127.0.0.1"}}}));
  CHECK_FALSE(through({.proxy_url = proxy.url(), .no_proxy = "127.0.0.0/8"}, Environment{}));
  CHECK(through({.proxy_url = proxy.url()}, Environment{{{"no_proxy", "*"}}}));
}

TEST_CASE("a proxy of another kind is an error of the configuration") {
  CurlFixture curl{{.proxy_url = "ftp://me:SECRET@127.0.0.1:1"}};
  const auto outcome = curl.run({.url = "http://127.0.0.1:1/"});
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::invalid_input);
  CHECK(outcome.result.error().message.find("SECRET") == std::string::npos);
}
