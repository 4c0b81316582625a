#include "support/scripted_http.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using btcw::Errc;
using btcw::HttpProgress;
using btcw::HttpRequest;
using btcw::HttpResponse;
using btcw::milliseconds;
using btcw::Result;
using btcw::seconds;
using btcw::SteadyTime;
using btcw::test::fail_with;
using btcw::test::FakeClock;
using btcw::test::respond;
using btcw::test::ScriptedHttp;

TEST_CASE("scripted answers come by the longest prefix, then in order") {
  FakeClock clock;
  ScriptedHttp http{clock};
  http.add("https://a/", respond(200, "a"));
  http.add("https://a/deep", respond(200, "deep 1"));
  http.add("https://a/deep", respond(200, "deep 2"));
  http.add("POST https://b/", respond(201, "posted"));
  http.add(respond(503, "queued"));

  const auto body_of = [&](HttpRequest request) { return http.send(std::move(request))->body; };
  CHECK(body_of({.url = "https://a/x"}) == "a");
  CHECK(body_of({.url = "https://a/deep/1"}) == "deep 1");
  CHECK(body_of({.url = "https://a/deep/2"}) == "deep 2");
  CHECK(body_of({.url = "https://a/deep/3"}) == "deep 2");
  CHECK(body_of({.method = "POST", .url = "https://b/"}) == "posted");
  CHECK(body_of({.url = "https://b/"}) == "queued");
  const auto unscripted = http.send({.url = "https://c/"});
  REQUIRE_FALSE(unscripted.has_value());
  CHECK(unscripted.error().message == "scripted: no answer for GET https://c/");
  CHECK(http.requests().size() == 7);
  CHECK(http.requests()[4].method == "POST");
}

TEST_CASE("scripted answers take their time on the fake clock and may run into the time-out") {
  FakeClock clock;
  ScriptedHttp http{clock};
  auto slow = respond(200, "slow");
  slow.after = seconds{3};
  http.add("https://slow/", slow);
  const SteadyTime begin = clock.steady_now();

  const auto in_time = http.send({.url = "https://slow/"});
  REQUIRE(in_time.has_value());
  CHECK(clock.steady_now() - begin == seconds{3});
  CHECK(in_time->received == clock.now());

  HttpProgress progress = HttpProgress::not_sent;
  http.start({.url = "https://slow/", .timeout = seconds{1}}, [&](const Result<HttpResponse>& got) {
    CHECK_FALSE(got.has_value());
    progress = http.progress();
  });
  CHECK(http.drive(clock.steady_now() + milliseconds{200}) == 1);
  CHECK(http.drive(SteadyTime::max()) == 0);
  CHECK(progress == HttpProgress::sent);
  CHECK(clock.steady_now() - begin == seconds{4});
}

TEST_CASE("scripted requests can be started from within done, run side by side, and be cancelled") {
  FakeClock clock;
  ScriptedHttp http{clock};
  http.add("https://first/", respond(200));
  auto late = fail_with(Errc::unavailable, "reset", HttpProgress::sent);
  late.after = seconds{5};
  http.add("https://late/", late);
  std::vector<std::string> order;

  http.start({.url = "https://first/"}, [&](const Result<HttpResponse>&) {
    order.emplace_back("first");
    http.start({.url = "https://late/"},
               [&](const Result<HttpResponse>& got) { order.push_back(got.error().message); });
  });
  http.start({.url = "https://late/"},
             [&](const Result<HttpResponse>& got) { order.push_back(got.error().message); });
  CHECK(http.most_at_once() == 2);
  CHECK(http.drive(SteadyTime::max()) == 2);
  http.cancel_all();

  CHECK(order == std::vector<std::string>{"first", "cancelled", "cancelled"});
  CHECK(http.under_way() == 0);
}

TEST_CASE("a readable wake fd ends the wait for a scripted answer") {
  FakeClock clock;
  ScriptedHttp http{clock};
  auto late = respond(200);
  late.after = seconds{5};
  http.add(late);
  http.start({.url = "https://late/"}, [](const Result<HttpResponse>&) {});
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "x", 1) == 1);
  const SteadyTime begin = clock.steady_now();

  const std::vector<int> wake_fds{ends[0]};
  CHECK(http.drive(SteadyTime::max(), wake_fds) == 1);

  CHECK(clock.steady_now() == begin);
  ::close(ends[0]);
  ::close(ends[1]);
}
