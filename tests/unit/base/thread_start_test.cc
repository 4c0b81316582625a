#include "btcw/base/thread_start.h"

#include <pthread.h>
#include <signal.h>

#include <catch2/catch.hpp>

#include "support/no_threads.h"

using namespace btcw;
using namespace btcw::test;

TEST_CASE("a thread gets no signal of the process, and who starts it still does") {
  sigset_t inside;
  sigemptyset(&inside);
  std::thread thread;
  REQUIRE(start_thread(thread, [&] { pthread_sigmask(SIG_SETMASK, nullptr, &inside); }));
  thread.join();
  sigset_t outside;
  pthread_sigmask(SIG_SETMASK, nullptr, &outside);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD, SIGPIPE}) {
    INFO(number);
    CHECK(sigismember(&inside, number) == 1);
    CHECK(sigismember(&outside, number) == 0);
  }
}

TEST_CASE("a system without a thread to give is an error, and no more than that") {
  std::thread thread;
  bool worked = false;
  {
    const NoThreads none;
    const auto started = start_thread(thread, [&] { worked = true; });
    REQUIRE_FALSE(started);
    CHECK(started.error().code == Errc::unavailable);
    CHECK(started.error().message.starts_with("cannot start a thread: "));
    CHECK_FALSE(thread.joinable());
  }
  REQUIRE(start_thread(thread, [&] { worked = true; }));
  thread.join();
  CHECK(worked);
}
