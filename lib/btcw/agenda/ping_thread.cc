#include "btcw/agenda/ping_thread.h"

#include <array>
#include <optional>
#include <utility>

#include "btcw/base/thread_start.h"
#include "btcw/net/http_status.h"

namespace btcw {

Result<std::unique_ptr<PingThread>> PingThread::start(MakeTransport make, const Clock& clock,
                                                      Log& log) {
  auto event = WakeEvent::make();
  if (!event) return std::move(event).error();
  std::unique_ptr<PingThread> pings{new PingThread{std::move(make), *std::move(event), clock, log}};
  auto started = start_thread(pings->thread_, [&self = *pings] { self.work(); });
  if (!started) return std::move(started).error();
  return pings;
}

PingThread::~PingThread() {
  {
    std::unique_lock lock{mutex_};
    closing_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, kFarewell, [this] { return waiting_.empty() && idle_; });
    waiting_.clear();
  }
  stop_.raise();
  if (thread_.joinable()) thread_.join();
}

void PingThread::send(std::string url, std::string body) {
  const std::lock_guard lock{mutex_};
  if (closing_) return;
  if (waiting_.size() >= kMostWaiting) waiting_.pop_front();
  waiting_.push_back({std::move(url), std::move(body)});
  changed_.notify_all();
}

void PingThread::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Ping ping = std::move(waiting_.front());
    waiting_.pop_front();
    idle_ = false;
    lock.unlock();
    deliver(ping);
    lock.lock();
    idle_ = true;
    changed_.notify_all();
  }
}

void PingThread::deliver(const Ping& ping) {
  Result<void> sent{};
  for (int tries = 1; tries <= kTries && !stop_.is_raised(); ++tries) {
    sent = attempt(ping);
    if (sent) break;
    const Errc code = sent.error().code;
    if (code == Errc::rejected || code == Errc::not_found) break;
    const std::array fds{stop_.fd()};
    if (tries < kTries) clock_.wait_until(clock_.steady_now() + kPause, fds);
  }
  if (!sent && !failing_) log_.warning("ping_url: " + sent.error().message);
  failing_ = !sent;
}

Result<void> PingThread::attempt(const Ping& ping) {
  if (!http_) {
    auto made = make_();
    if (!made) return std::move(made).error();
    http_ = *std::move(made);
  }
  std::optional<Result<HttpResponse>> answer;
  http_->start({.method = "POST",
                .url = ping.url,
                .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                .body = ping.body},
               [&answer](Result<HttpResponse> result) { answer = std::move(result); });
  const std::array fds{stop_.fd()};
  while (!answer) {
    http_->drive(SteadyTime::max(), fds);
    if (!answer && stop_.is_raised()) http_->cancel_all();
  }
  if (!*answer) return std::move(*answer).error();
  auto accepted = require_success(**std::move(answer));
  if (!accepted) return std::move(accepted).error();
  return {};
}

}  // namespace btcw
