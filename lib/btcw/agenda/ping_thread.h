#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "btcw/agenda/actions.h"
#include "btcw/agenda/run_stop.h"
#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/net/http.h"

namespace btcw {

/// Sends pings one after the other on a thread of its own, each up to three times.
///
/// What fails is told once, until one succeeds again; the address, which is a secret, never is. Up
/// to 200 wait; then the oldest goes. The destructor gives those that wait two seconds in all.
class PingThread final : public Pings {
 public:
  static constexpr std::size_t kMostWaiting = 200;
  static constexpr int kTries = 3;
  static constexpr milliseconds kPause = seconds{1};
  static constexpr milliseconds kFarewell = seconds{2};

  /// Called on the thread, when the first ping is to be sent, and again after it has failed.
  using MakeTransport = std::function<Result<std::unique_ptr<HttpTransport>>()>;

  /// Errors: unavailable (no descriptor or thread left). `clock` and `log` are borrowed.
  static Result<std::unique_ptr<PingThread>> start(MakeTransport make, const Clock& clock,
                                                   Log& log);
  ~PingThread() override;
  PingThread(const PingThread&) = delete;
  PingThread& operator=(const PingThread&) = delete;

  void send(std::string url, std::string body) override;

 private:
  struct Ping {
    std::string url;
    std::string body;
  };
  PingThread(MakeTransport make, WakeEvent stop, const Clock& clock, Log& log)
      : make_{std::move(make)}, stop_{std::move(stop)}, clock_{clock}, log_{log} {}

  void work();
  void deliver(const Ping& ping);
  Result<void> attempt(const Ping& ping);

  MakeTransport make_;
  RunStop stop_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<HttpTransport> http_ = nullptr;
  bool failing_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Ping> waiting_;
  bool closing_ = false;
  bool idle_ = true;
  std::thread thread_;
};

}  // namespace btcw
