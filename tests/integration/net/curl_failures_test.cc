// What becomes of a request when the other side fails.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "curl_fixture.h"
#include "support/tcp_service.h"

using btcw::Errc;
using btcw::HttpProgress;
using btcw::HttpRequest;
using btcw::milliseconds;
using btcw::seconds;
using btcw::test::always;
using btcw::test::Coding;
using btcw::test::CurlFixture;
using btcw::test::DeafListener;
using btcw::test::Fault;
using btcw::test::Framing;
using btcw::test::HttpServer;
using btcw::test::refusing_port;
using btcw::test::RequestBody;
using btcw::test::ServedRequest;
using btcw::test::ServedResponse;

namespace {

std::string local_url(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

}  // namespace

TEST_CASE(
    "a failing server becomes an error that names the host and how far the request had come") {
  struct Case {
    std::string_view why;
    ServedResponse response;
    Errc code;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"no answer", {.fault = Fault::hang}, Errc::unavailable, "no complete answer within 300ms"},
      {"nothing after the headers",
       {.body = "12", .fault = Fault::hang_after_headers},
       Errc::unavailable,
       "no complete answer within 300ms"},
      {"nothing after half the body",
       {.body = "12", .fault = Fault::hang_in_body},
       Errc::unavailable,
       "no complete answer within 300ms"},
      {"too slow",
       {.body = "0123456789", .piece_bytes = 1, .piece_pause = milliseconds{100}},
       Errc::unavailable,
       "no complete answer within 300ms"},
      {"closed", {.fault = Fault::close}, Errc::unavailable, "closed without an answer"},
      {"reset", {.fault = Fault::reset}, Errc::unavailable, "connection broke while receiving"},
      {"cut in the headers",
       {.body = "12", .fault = Fault::cut_in_headers},
       Errc::unavailable,
       "answer cut off"},
      {"cut in the body",
       {.body = "12", .fault = Fault::cut_in_body},
       Errc::unavailable,
       "answer cut off"},
      {"cut in a chunk",
       {.body = "12345678", .fault = Fault::cut_in_body, .framing = Framing::chunked},
       Errc::unavailable,
       "answer cut off"},
      {"reset in the body",
       {.body = "12", .fault = Fault::reset_in_body},
       Errc::unavailable,
       "connection broke while receiving"},
      {"shorter than declared",
       {.body = "12", .declared_length = 3, .close_afterwards = true},
       Errc::unavailable,
       "answer cut off"},
      {"not HTTP", {.fault = Fault::garbage}, Errc::bad_data, "answer is not HTTP"},
      {"headers without end",
       {.fault = Fault::endless_headers},
       Errc::bad_data,
       "headers of more than 65536 bytes"},
      {"not gzip",
       {.headers = {{"Content-Encoding", "gzip"}}, .body = "not gzip at all"},
       Errc::bad_data,
       "answer cannot be decompressed"},
      {"an unknown coding",
       {.headers = {{"Content-Encoding", "rot13"}}, .body = "uryyb"},
       Errc::bad_data,
       "answer cannot be decompressed"},
  }));
  const std::string method = GENERATE("GET", "POST");
  CAPTURE(row.why, method);
  HttpServer server{always(row.response)};
  CurlFixture curl;
  const bool too_late = row.message.starts_with("no complete answer");

  const auto outcome = curl.run({.method = method,
                                 .url = server.url() + "/bot123:SECRET/send?key=SECRET",
                                 .timeout = too_late ? milliseconds{300} : milliseconds{10'000}});

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == row.code);
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": " + std::string{row.message});
  CHECK(outcome.progress == HttpProgress::sent);
  CHECK(server.requests().size() == 1);
  CHECK_FALSE(curl.log.mentions("SECRET"));
}

TEST_CASE("an answer over the limit is given up as soon as that shows") {
  struct Case {
    std::string_view why;
    ServedResponse response;
    std::size_t limit;
    bool fits;
  };
  const auto row = GENERATE(values<Case>({
      {"exactly the limit", {.body = "12345"}, 5, true},
      {"one over", {.body = "123456"}, 5, false},
      {"one over, chunked", {.body = "123456", .framing = Framing::chunked}, 5, false},
      {"nothing allowed and nothing there", {}, 0, true},
      {"nothing allowed", {.body = "1"}, 0, false},
      {"declared only", {.fault = Fault::hang_after_headers, .declared_length = 6}, 5, false},
      {"declared beyond all numbers",
       {.headers = {{"Content-Length", "99999999999999999999999"}}, .fault = Fault::endless_body},
       5,
       false},
      {"endless", {.fault = Fault::endless_body}, 1'000'000, false},
      {"endless chunks",
       {.fault = Fault::endless_body, .framing = Framing::chunked},
       1'000'000,
       false},
      {"endless without a length",
       {.fault = Fault::endless_body, .framing = Framing::until_close},
       1'000'000,
       false},
      {"small on the wire, large after gzip",
       {.body = std::string(5'000'000, 'x'), .coding = Coding::gzip},
       1'000'000,
       false},
      {"gzip that just fits",
       {.body = std::string(1'000'000, 'x'), .coding = Coding::gzip},
       1'000'000,
       true},
  }));
  CAPTURE(row.why);
  HttpServer server{always(row.response)};
  CurlFixture curl;

  const auto outcome =
      curl.run({.url = server.url(), .timeout = seconds{60}, .max_body_bytes = row.limit});

  REQUIRE(outcome.result.has_value() == row.fits);
  if (row.fits) return;
  CHECK(outcome.result.error().code == Errc::bad_data);
  CHECK(outcome.result.error().message == "127.0.0.1:" + std::to_string(server.port()) +
                                              ": answer of more than " + std::to_string(row.limit) +
                                              " bytes");
  CHECK(outcome.progress == HttpProgress::sent);
}

TEST_CASE("a host that cannot be connected to is an error before anything was sent") {
  static const DeafListener kDeaf;  // one for all rows: they are made once
  struct Case {
    std::string_view why;
    std::string url;
    std::string message;
  };
  const std::string refusing = local_url(refusing_port());
  const std::string silent = local_url(kDeaf.port());
  const auto row = GENERATE_COPY(values<Case>({
      {"refuses", refusing + "/SECRET", refusing.substr(7) + ": connection refused"},
      {"does not answer", silent + "/SECRET", silent.substr(7) + ": no connection within 100ms"},
      {"unknown", "http://api.lost.test/SECRET", "api.lost.test: host name cannot be resolved"},
      {"unknown, with credentials", "https://me:SECRET@api.lost.test/",
       "api.lost.test: host name cannot be resolved"},
  }));
  CAPTURE(row.why);
  CurlFixture curl;

  const milliseconds limit{row.url.starts_with(silent) ? 100 : 10'000};
  const auto outcome =
      curl.run({.method = "POST", .url = row.url, .body = "x", .connect_timeout = limit});

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  CHECK(outcome.result.error().message == row.message);
  CHECK(outcome.progress == HttpProgress::not_sent);
  CHECK_FALSE(curl.log.mentions("SECRET"));
}

TEST_CASE("a resolver that does not answer holds up nobody beyond the time-out") {
  CurlFixture curl;
  const auto begin = curl.clock.steady_now();

  const auto outcome =
      curl.run({.url = "http://a.slow.test/", .connect_timeout = milliseconds{100}});

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().message == "a.slow.test: no connection within 100ms");
  CHECK(curl.clock.steady_now() - begin < milliseconds{1800});
}

TEST_CASE("a request that was cut off half way was not sent") {
  HttpServer server{always({.fault = Fault::hang}), {.request_body = RequestBody::ignored}};
  CurlFixture curl;

  const auto outcome = curl.run({.method = "POST",
                                 .url = server.url(),
                                 .body = std::string(64'000'000, 'x'),
                                 .timeout = milliseconds{300}});

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.progress == HttpProgress::not_sent);
}

TEST_CASE("a kept connection that dies without an answer: GET is tried again, POST is not") {
  struct Case {
    std::string_view method;
    std::string_view body;
    std::size_t requests;
    bool answered;
  };
  const auto row = GENERATE(values<Case>({
      {"GET", "", 3, true},
      {"PUT", "x", 3, true},
      {"POST", "x", 2, false},
      {"POST", "", 2, false},
      {"PATCH", "x", 2, false},
  }));
  CAPTURE(row.method, row.body);
  std::size_t count = 0;
  HttpServer server{[&](const ServedRequest&) {
    return ServedResponse{.body = "ok", .fault = ++count == 2 ? Fault::close : Fault::none};
  }};
  CurlFixture curl;
  REQUIRE(curl.http->send({.url = server.url()}).has_value());

  const auto outcome = curl.run(
      {.method = std::string{row.method}, .url = server.url(), .body = std::string{row.body}});

  CHECK(server.requests().size() == row.requests);
  REQUIRE(outcome.result.has_value() == row.answered);
  if (row.answered) return;
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": closed without an answer");
  CHECK(outcome.progress == HttpProgress::sent);
}

TEST_CASE("one server that hangs does not hold up another") {
  HttpServer hung{always({.fault = Fault::hang})};
  HttpServer quick{always({.body = "ok"})};
  CurlFixture curl;
  for (int i = 0; i < 20; ++i) {
    curl.http->start({.url = hung.url()}, [](const btcw::Result<btcw::HttpResponse>&) {});
  }
  const auto begin = curl.clock.steady_now();
  CHECK(curl.http->send({.url = quick.url()})->body == "ok");
  CHECK(curl.clock.steady_now() - begin < seconds{5});
}

TEST_CASE("a request that waits for a connection still ends at its time-out") {
  HttpServer hung{always({.fault = Fault::hang})};
  CurlFixture curl;
  std::vector<HttpProgress> progress;
  const auto start = [&](milliseconds timeout) {
    curl.http->start({.url = hung.url(), .timeout = timeout},
                     [&](const btcw::Result<btcw::HttpResponse>& result) {
                       CHECK_FALSE(result.has_value());
                       progress.push_back(curl.http->progress());
                     });
  };
  for (int i = 0; i < 8; ++i) start(seconds{1});
  for (int i = 0; i < 2; ++i) start(milliseconds{200});

  while (curl.http->drive(btcw::SteadyTime::max()) > 0) {
  }

  std::vector<HttpProgress> expected(10, HttpProgress::sent);
  std::fill_n(expected.begin(), 2, HttpProgress::not_sent);
  CHECK(progress == expected);
}
