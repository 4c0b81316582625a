#include "btcw/agenda/ping_thread.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "btcw/online/online.h"
#include "support/http_server.h"
#include "support/no_threads.h"
#include "support/recording_log.h"

using namespace btcw;
using namespace btcw::test;

namespace {

struct Desk {
  [[nodiscard]] std::unique_ptr<PingThread> start() {
    auto started = PingThread::start(
        [this]() -> Result<std::unique_ptr<HttpTransport>> {
          const auto online = load_online();
          if (!online) return online.error();
          return std::unique_ptr<HttpTransport>{(*online)->make_http({}, clock, log)};
        },
        clock, log);
    REQUIRE(started);
    return *std::move(started);
  }
  SystemClock clock;
  RecordingLog log;
};

}  // namespace

TEST_CASE("pings arrive one after the other, with what is to be told") {
  HttpServer server{[](const ServedRequest&) { return ServedResponse{.body = "OK"}; }};
  Desk desk;
  {
    const auto pings = desk.start();
    pings->send(server.url() + "/a/start", "");
    pings->send(server.url() + "/a/fail", "oh no");
  }  // what waits is sent before the end
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].path() == "/a/start");
  CHECK(requests[1].path() == "/a/fail");
  CHECK(requests[1].method == "POST");
  CHECK(requests[1].body == "oh no");
  CHECK(desk.log.count(LogLevel::warning) == 0);
}

TEST_CASE("pings for which there is no thread are an error") {
  SystemClock clock;
  RecordingLog log;
  const NoThreads none;
  const auto pings = PingThread::start(
      []() -> Result<std::unique_ptr<HttpTransport>> {
        return Error{Errc::unavailable, "not asked for"};
      },
      clock, log);
  REQUIRE_FALSE(pings);
  CHECK(pings.error().code == Errc::unavailable);
}

TEST_CASE("a ping that fails is tried three times, told once, and its address is not") {
  HttpServer server{[](const ServedRequest&) { return ServedResponse{.status = 503}; }};
  Desk desk;
  const auto pings = desk.start();
  pings->send(server.url() + "/secret", "");
  CHECK(server.wait_for_requests(3, seconds{10}));
  pings->send(server.url() + "/secret", "");
  CHECK(server.wait_for_requests(6, seconds{10}));
  CHECK(desk.log.count(LogLevel::warning, "ping_url: HTTP 503") == 1);
  CHECK_FALSE(desk.log.mentions("secret"));
}

TEST_CASE("a ping that is refused is not tried again") {
  HttpServer server{[](const ServedRequest&) { return ServedResponse{.status = 404}; }};
  Desk desk;
  const auto pings = desk.start();
  pings->send(server.url() + "/gone", "");
  CHECK(server.wait_for_requests(1));
  pings->send(server.url() + "/last", "");
  CHECK(server.wait_for_requests(2));
  CHECK(server.requests().back().path() == "/last");
}

TEST_CASE("a server that hangs does not keep the end of a process waiting") {
  HttpServer server{[](const ServedRequest&) { return ServedResponse{.fault = Fault::hang}; }};
  Desk desk;
  auto pings = desk.start();
  pings->send(server.url() + "/a", "");
  pings->send(server.url() + "/b", "");
  CHECK(server.wait_for_requests(1));
  const auto start = std::chrono::steady_clock::now();
  pings.reset();
  CHECK(std::chrono::steady_clock::now() - start < seconds{8});
}
