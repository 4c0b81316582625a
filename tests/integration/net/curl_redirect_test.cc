// Redirects: as far as they are safe.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "curl_fixture.h"

using btcw::Errc;
using btcw::test::always;
using btcw::test::CurlFixture;
using btcw::test::HttpServer;
using btcw::test::ServedRequest;
using btcw::test::ServedResponse;
using btcw::test::ServerTls;

TEST_CASE("redirects are followed as far as they are safe") {
  struct Case {
    std::string_view why;
    std::string_view method;
    int status;
    std::string_view location;
    int answered;  // 0: not followed to an answer
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"relative", "GET", 302, "/end", 200, ""},
      {"absolute path with a query", "GET", 301, "/end?x=y", 200, ""},
      {"see other", "GET", 303, "end", 200, ""},
      {"temporary", "GET", 307, "/end", 200, ""},
      {"permanent", "HEAD", 308, "/end", 200, ""},
      {"not for POST", "POST", 302, "/end", 302, ""},
      {"not for POST, 307", "POST", 307, "/end", 307, ""},
      {"not for DELETE", "DELETE", 302, "/end", 302, ""},
      {"three in a row", "GET", 302, "/3", 200, ""},
      {"four in a row", "GET", 302, "/4", 0, "more than 3 redirects"},
      {"in a circle", "GET", 302, "/circle", 0, "more than 3 redirects"},
      {"to a file", "GET", 302, "file:///etc/passwd", 0, "redirects to what is not an http(s) url"},
      {"to FTP", "GET", 302, "ftp://127.0.0.1/", 0, "redirects to what is not an http(s) url"},
      {"a status that is none", "GET", 304, "/end", 304, ""},
  }));
  CAPTURE(row.why);
  HttpServer server{[&row](const ServedRequest& request) {
    const std::string path{request.path()};
    if (path == "/end") return ServedResponse{.body = "end"};
    std::string location{row.location};
    if (path == "/4") location = "/3";
    if (path == "/3") location = "/2";
    if (path == "/2") location = "/end";
    return ServedResponse{.status = row.status, .headers = {{"Location", location}}};
  }};
  CurlFixture curl;

  const auto response =
      curl.http->send({.method = std::string{row.method}, .url = server.url() + "/SECRET"});

  REQUIRE(response.has_value() == (row.answered != 0));
  if (response) {
    CHECK(response->status == row.answered);
    return;
  }
  CHECK(response.error().code == Errc::bad_data);
  CHECK(response.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": " + std::string{row.message});
}

TEST_CASE("a redirect to another host takes no secret along") {
  HttpServer other{always({.body = "other"})};
  const std::string target = "http://b.test:" + std::to_string(other.port()) + "/";
  HttpServer server{[&](const ServedRequest& request) {
    const bool here = request.path() == "/here";
    return ServedResponse{.status = 302, .headers = {{"Location", here ? "/away" : target}}};
  }};
  CurlFixture curl;

  const auto response = curl.http->send(
      {.url = "http://me:SECRET@127.0.0.1:" + std::to_string(server.port()) + "/here",
       .headers = {{"Authorization", "Bearer SECRET"},
                   {"X-Api-Key", "SECRET"},
                   {"Cookie", "SECRET"},
                   {"accept", "application/json"}}});

  REQUIRE(response.has_value());
  CHECK(response->body == "other");
  const auto here = server.requests();
  REQUIRE(here.size() == 2);
  CHECK(here[1].header("x-api-key") == "SECRET");
  CHECK(here[1].header("authorization") == "Bearer SECRET");
  const auto away = other.requests();
  REQUIRE(away.size() == 1);
  CHECK(away[0].header("accept") == "application/json");
  for (const auto& [name, value] : away[0].headers) {
    CAPTURE(name);
    CHECK(value.find("SECRET") == std::string::npos);
    CHECK(name != "authorization");
  }
}

TEST_CASE("a redirect from https to http is not followed") {
  HttpServer plain{always({})};
  HttpServer server{
      [&](const ServedRequest&) {
        return ServedResponse{.status = 302, .headers = {{"Location", plain.url() + "/SECRET"}}};
      },
      {.tls = ServerTls::valid}};
  CurlFixture curl{{.ca_file = server.ca_file()}};

  const auto response = curl.http->send({.url = server.url()});

  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": redirects from https to http");
  CHECK(plain.requests().empty());
}

TEST_CASE("redirects share the time-out of their request") {
  HttpServer server{[](const ServedRequest&) {
    return ServedResponse{
        .status = 302, .headers = {{"Location", "/again"}}, .delay = btcw::milliseconds{80}};
  }};
  CurlFixture curl;
  const auto begin = curl.clock.steady_now();
  const auto response = curl.http->send({.url = server.url(), .timeout = btcw::milliseconds{200}});
  REQUIRE_FALSE(response.has_value());
  CHECK(response.error().message.ends_with("no complete answer within 200ms"));
  CHECK(curl.clock.steady_now() - begin < btcw::seconds{2});
}
