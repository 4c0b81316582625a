// What goes out and what comes in when everything works.
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "curl_fixture.h"

using btcw::Errc;
using btcw::HttpHeaders;
using btcw::HttpRequest;
using btcw::HttpResponse;
using btcw::milliseconds;
using btcw::Result;
using btcw::SteadyTime;
using btcw::test::always;
using btcw::test::Coding;
using btcw::test::CurlFixture;
using btcw::test::Fault;
using btcw::test::Framing;
using btcw::test::HttpServer;
using btcw::test::ServedRequest;
using btcw::test::ServedResponse;

TEST_CASE("a request goes out as it was asked for and nothing unasked is added") {
  struct Case {
    std::string_view why;
    HttpRequest request;
    HttpHeaders expected;
  };
  const std::string agent = "btcw/" BTCW_VERSION;
  const std::string codings = "deflate, gzip, br, zstd";
  const auto row = GENERATE_COPY(values<Case>({
      {"GET",
       {.url = "/x?a=b%20c"},
       {{"user-agent", agent}, {"accept", "*/*"}, {"accept-encoding", codings}}},
      {"POST",
       {.method = "POST", .url = "/", .body = "{}"},
       {{"user-agent", agent},
        {"accept", "*/*"},
        {"accept-encoding", codings},
        {"content-length", "2"}}},
      {"POST without a body",
       {.method = "POST", .url = "/"},
       {{"user-agent", agent},
        {"accept", "*/*"},
        {"accept-encoding", codings},
        {"content-length", "0"}}},
      {"PUT with headers, one of them empty",
       {.method = "PUT",
        .url = "/",
        .headers = {{"Content-Type", "text/plain"}, {"X-Empty", ""}, {"User-Agent", "me"}},
        .body = std::string{"a\0b", 3}},
       {{"accept", "*/*"},
        {"accept-encoding", codings},
        {"content-type", "text/plain"},
        {"x-empty", ""},
        {"user-agent", "me"},
        {"content-length", "3"}}},
      {"DELETE",
       {.method = "DELETE", .url = "/"},
       {{"user-agent", agent}, {"accept", "*/*"}, {"accept-encoding", codings}}},
      {"GET with a body",
       {.url = "/", .body = "q"},
       {{"user-agent", agent},
        {"accept", "*/*"},
        {"accept-encoding", codings},
        {"content-length", "1"}}},
      {"a body that curl would announce with Expect",
       {.method = "POST", .url = "/", .body = std::string(2'000'000, 'x')},
       {{"user-agent", agent},
        {"accept", "*/*"},
        {"accept-encoding", codings},
        {"content-length", "2000000"}}},
  }));
  CAPTURE(row.why);
  HttpServer server{always({.body = "ok"})};
  CurlFixture curl;
  HttpRequest request = row.request;
  request.url = server.url() + row.request.url;

  const auto response = curl.http->send(request);

  REQUIRE(response.has_value());
  CHECK(response->body == "ok");
  const ServedRequest seen = server.requests().at(0);
  CHECK(seen.method == row.request.method);
  CHECK(seen.target == row.request.url);
  CHECK(seen.body == row.request.body);
  HttpHeaders expected = row.expected;
  expected.emplace_back("host", server.url().substr(7));
  CHECK(std::multiset(seen.headers.begin(), seen.headers.end()) ==
        std::multiset(expected.begin(), expected.end()));
}

TEST_CASE("an answer comes with its status, lower-case headers in order, and the time") {
  HttpServer server{always({.status = 429,
                            .headers = {{"Retry-After", "7"}, {"X-B", " two "}, {"x-b", "3"}},
                            .body = "slow down"})};
  CurlFixture curl;
  const auto before = curl.clock.now();

  const auto response = curl.http->send({.url = server.url()});

  REQUIRE(response.has_value());
  CHECK(response->status == 429);
  CHECK(response->body == "slow down");
  CHECK(response->headers ==
        HttpHeaders{{"retry-after", "7"}, {"x-b", "two"}, {"x-b", "3"}, {"content-length", "9"}});
  CHECK(response->header("x-b") == "two");
  CHECK(response->received >= before);
  CHECK(response->received <= curl.clock.now());
}

TEST_CASE("an answer is whole whatever its framing and coding") {
  const auto framing = GENERATE(Framing::length, Framing::chunked, Framing::until_close);
  const auto coding = GENERATE(Coding::identity, Coding::gzip, Coding::deflate);
  const std::string body =
      GENERATE(std::string{}, std::string{"{\"last\":1}"}, std::string(300'000, 'x'));
  HttpServer server{always({.body = body, .framing = framing, .coding = coding})};
  CurlFixture curl;

  const auto response = curl.http->send({.url = server.url()});

  REQUIRE(response.has_value());
  CHECK(response->body == body);
}

TEST_CASE("an answer that trickles in is whole") {
  HttpServer server{
      always({.body = "0123456789", .piece_bytes = 7, .piece_pause = milliseconds{2}})};
  CurlFixture curl;
  CHECK(curl.http->send({.url = server.url()})->body == "0123456789");
}

TEST_CASE("answers without a body end where they should") {
  HttpServer server{[](const ServedRequest& request) {
    return ServedResponse{.status = request.method == "HEAD" ? 200 : 204,
                          .declared_length = request.method == "HEAD"
                                                 ? std::optional<std::uint64_t>{1'000'000'000}
                                                 : std::nullopt};
  }};
  CurlFixture curl;
  const auto head = curl.http->send({.method = "HEAD", .url = server.url(), .max_body_bytes = 10});
  REQUIRE(head.has_value());
  CHECK(head->header("content-length") == "1000000000");
  CHECK(curl.http->send({.method = "DELETE", .url = server.url()})->status == 204);
}

TEST_CASE("one connection serves one request after another, also of several kinds") {
  HttpServer server{always({.body = "ok"})};
  CurlFixture curl;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(curl.http->send({.url = server.url()}).has_value());
    REQUIRE(curl.http->send({.method = "POST", .url = server.url(), .body = "x"}).has_value());
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("requests run side by side") {
  HttpServer server{always({.body = "ok", .delay = milliseconds{400}})};
  CurlFixture curl;
  std::size_t done = 0;
  const auto begin = curl.clock.steady_now();
  for (int i = 0; i < 6; ++i) {
    curl.http->start({.url = server.url()}, [&](const Result<HttpResponse>& response) {
      CHECK(response.has_value());
      ++done;
    });
  }
  while (curl.http->drive(SteadyTime::max()) > 0) {
  }
  CHECK(done == 6);
  CHECK(curl.clock.steady_now() - begin < milliseconds{2000});
}

TEST_CASE("no host gets more than eight connections, and what waits for one is answered") {
  HttpServer server{always({.body = "ok", .delay = milliseconds{5}})};
  CurlFixture curl;
  std::size_t done = 0;
  for (int i = 0; i < 40; ++i) {
    curl.http->start({.url = server.url()}, [&](const Result<HttpResponse>& response) {
      CHECK(response.has_value());
      ++done;
    });
  }
  while (curl.http->drive(SteadyTime::max()) > 0) {
  }
  CHECK(done == 40);
  CHECK(server.connections() <= 8);
}

TEST_CASE("what cannot be sent is refused before anything is sent, without quoting it") {
  struct Case {
    std::string_view why;
    HttpRequest request;
  };
  const auto row = GENERATE(values<Case>({
      {"no URL", {.url = ""}},
      {"no scheme", {.url = "//SECRET/"}},
      {"no host", {.url = "http:///SECRET"}},
      {"a file", {.url = "file:///etc/SECRET"}},
      {"FTP", {.url = "ftp://127.0.0.1/SECRET"}},
      {"a space", {.url = "http://127.0.0.1:1/ SECRET"}},
      {"a line end", {.url = "http://127.0.0.1:1/\r\nSECRET: x"}},
      {"a port out of range", {.url = "http://127.0.0.1:99999/SECRET"}},
      {"a method of two words", {.method = "GET SECRET", .url = "http://127.0.0.1:1/"}},
      {"no method", {.method = "", .url = "http://127.0.0.1:1/SECRET"}},
      {"a header value of two lines",
       {.url = "http://127.0.0.1:1/", .headers = {{"X", "a\r\nSECRET: b"}}}},
      {"a header name with a colon", {.url = "http://127.0.0.1:1/", .headers = {{"X:", "SECRET"}}}},
      {"a header without a name", {.url = "http://127.0.0.1:1/", .headers = {{"", "SECRET"}}}},
  }));
  CAPTURE(row.why);
  CurlFixture curl;

  const auto outcome = curl.run(row.request);

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::invalid_input);
  CHECK(outcome.progress == btcw::HttpProgress::not_sent);
  CAPTURE(outcome.result.error().message);
  CHECK(outcome.result.error().message.find("SECRET") == std::string::npos);
}
