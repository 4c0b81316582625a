// The loop: waiting, waking, starting from within, giving up.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "curl_fixture.h"

using btcw::Errc;
using btcw::HttpProgress;
using btcw::HttpResponse;
using btcw::milliseconds;
using btcw::Result;
using btcw::seconds;
using btcw::SteadyTime;
using btcw::test::always;
using btcw::test::CurlFixture;
using btcw::test::Fault;
using btcw::test::HttpServer;

namespace {

class Pipe {
 public:
  Pipe() { REQUIRE(::pipe(ends_.data()) == 0); }
  ~Pipe() {
    ::close(ends_[0]);
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int reader() const { return ends_[0]; }
  /// From any thread; false: nothing was written.
  [[nodiscard]] bool write() const { return ::write(ends_[1], "x", 1) == 1; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("done is called from drive, never from start, also for what cannot be started") {
  HttpServer server{always({.body = "ok"})};
  CurlFixture curl;
  int calls = 0;
  curl.http->start({.url = server.url()}, [&](const Result<HttpResponse>&) { ++calls; });
  curl.http->start({.url = "nonsense"}, [&](const Result<HttpResponse>&) { ++calls; });
  CHECK(calls == 0);
  CHECK(curl.http->drive(SteadyTime::max()) == 1);
  CHECK(calls == 1);
  CHECK(curl.http->drive(SteadyTime::max()) == 0);
  CHECK(calls == 2);
}

TEST_CASE("a request can be started from within done, on the kept connection") {
  HttpServer server{always({.body = "ok"})};
  CurlFixture curl;
  int calls = 0;
  std::function<void(Result<HttpResponse>)> again = [&](const Result<HttpResponse>& response) {
    CHECK(response.has_value());
    if (++calls < 4) curl.http->start({.url = server.url()}, again);
  };
  curl.http->start({.url = server.url()}, again);
  while (curl.http->drive(SteadyTime::max()) > 0) {
  }
  CHECK(calls == 4);
  CHECK(server.connections() == 1);
}

TEST_CASE("a request that fails at once from within done is told in the next round") {
  HttpServer server{always({})};
  CurlFixture curl;
  std::vector<std::string> order;
  curl.http->start({.url = server.url()}, [&](const Result<HttpResponse>&) {
    curl.http->start({.url = "nonsense"},
                     [&](const Result<HttpResponse>&) { order.emplace_back("inner"); });
    order.emplace_back("outer");
  });
  CHECK(curl.http->drive(SteadyTime::max()) == 1);
  CHECK(order == std::vector<std::string>{"outer"});
  CHECK(curl.http->drive(SteadyTime::max()) == 0);
  CHECK(order == std::vector<std::string>{"outer", "inner"});
}

TEST_CASE("drive returns when its time has come, with the transfer still under way") {
  HttpServer server{always({.fault = Fault::hang})};
  CurlFixture curl;
  curl.http->start({.url = server.url()}, [](const Result<HttpResponse>&) {});
  const auto begin = curl.clock.steady_now();

  CHECK(curl.http->drive(begin + milliseconds{50}) == 1);

  const auto took = curl.clock.steady_now() - begin;
  CHECK(took >= milliseconds{50});
  CHECK(took < seconds{3});
  CHECK(curl.http->drive(begin) == 1);
}

TEST_CASE("a wake fd ends the wait, when it is written to and when its other end is closed") {
  const bool by_writing = GENERATE(true, false);
  const bool with_transfer = GENERATE(true, false);
  HttpServer server{always({.fault = Fault::hang})};
  CurlFixture curl;
  if (with_transfer) {
    curl.http->start({.url = server.url()}, [](const Result<HttpResponse>&) {});
  }
  Pipe pipe;
  const auto begin = curl.clock.steady_now();
  std::atomic<bool> written = !by_writing;
  std::thread waker{[&] {
    std::this_thread::sleep_for(milliseconds{30});
    if (by_writing) written = pipe.write();
    if (!by_writing) pipe.close_writer();
  }};

  const std::array fds{-1, pipe.reader()};
  CHECK(curl.http->drive(begin + seconds{5}, fds) == (with_transfer ? 1 : 0));

  CHECK(curl.clock.steady_now() - begin >= milliseconds{25});
  CHECK(curl.clock.steady_now() - begin < seconds{4});
  waker.join();
  CHECK(written);
}

TEST_CASE("a wake fd that stays readable does not keep transfers from moving on") {
  HttpServer server{always({.body = "ok"})};
  CurlFixture curl;
  Pipe pipe;
  REQUIRE(pipe.write());
  bool done = false;
  curl.http->start({.url = server.url()}, [&](const Result<HttpResponse>&) { done = true; });
  const std::array fds{pipe.reader()};
  const auto limit = curl.clock.steady_now() + seconds{3};
  while (!done && curl.clock.steady_now() < limit) curl.http->drive(SteadyTime::max(), fds);
  CHECK(done);
}

TEST_CASE("with nothing under way drive waits for wake fds only") {
  CurlFixture curl;
  const auto begin = curl.clock.steady_now();
  CHECK(curl.http->drive(SteadyTime::max()) == 0);
  CHECK(curl.clock.steady_now() - begin < seconds{3});
  const std::array none{-1};
  CHECK(curl.http->drive(begin + milliseconds{150}, none) == 0);
  CHECK(curl.clock.steady_now() - begin >= milliseconds{150});
}

TEST_CASE("cancel_all gives up what is under way and tells how far it had come") {
  HttpServer server{always({.fault = Fault::hang})};
  CurlFixture curl;
  std::vector<HttpProgress> progress;
  const auto record = [&](const Result<HttpResponse>& result) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == Errc::unavailable);
    CHECK(result.error().message == "cancelled");
    progress.push_back(curl.http->progress());
  };
  curl.http->start({.url = server.url()}, record);
  while (!server.wait_for_requests(1, milliseconds{0})) {
    curl.http->drive(curl.clock.steady_now() + milliseconds{1});
  }
  bool later = false;
  curl.http->start({.url = server.url()}, [&](const Result<HttpResponse>& result) {
    record(result);
    curl.http->start({.url = "nonsense"}, [&](const Result<HttpResponse>&) { later = true; });
  });

  curl.http->cancel_all();

  CHECK(progress.size() == 2);
  CHECK(std::count(progress.begin(), progress.end(), HttpProgress::sent) == 1);
  CHECK_FALSE(later);
  CHECK(curl.http->drive(SteadyTime::max()) == 0);
  CHECK(later);
}

TEST_CASE("a transport can go while requests are under way, waiting and failing") {
  HttpServer server{always({.fault = Fault::hang})};
  CurlFixture curl;
  for (int i = 0; i < 12; ++i) {
    curl.http->start({.url = server.url()}, [](const Result<HttpResponse>&) { FAIL("called"); });
  }
  curl.http->start({.url = "nonsense"}, [](const Result<HttpResponse>&) { FAIL("called"); });
  curl.http.reset();
}

TEST_CASE("several transports run in threads of their own") {
  HttpServer server{always({.body = "ok"})};
  std::vector<std::thread> threads;
  std::array<int, 4> answered{};
  for (int& count : answered) {
    threads.emplace_back([&] {
      CurlFixture curl;
      for (int i = 0; i < 10; ++i) {
        count += curl.http->send({.url = server.url()}).has_value() ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(answered == std::array{10, 10, 10, 10});
}
