#include "output_backlog.h"

#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace btcw::cli {
namespace {

// A pipe that poll(2) calls writable takes this much without waiting.
constexpr std::size_t kPipeChunk = PIPE_BUF;
constexpr std::size_t kFileChunk = std::size_t{1} << 20U;

epoll_event event_for(std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  return event;
}

/// -1: a descriptor that epoll does not take, for it is always ready.
int make_watcher(int out) {
  const int watcher = epoll_create1(EPOLL_CLOEXEC);
  if (watcher < 0) return -1;
  // No event is asked for: a reader's end is told without.
  epoll_event event = event_for(0);
  if (epoll_ctl(watcher, EPOLL_CTL_ADD, out, &event) == 0) return watcher;
  close(watcher);
  return -1;
}

}  // namespace

OutputBacklog::OutputBacklog(int out) : out_{out}, watcher_{make_watcher(out)} {}

OutputBacklog::~OutputBacklog() {
  if (watcher_ >= 0) close(watcher_);
}

OutputBacklog::Room OutputBacklog::room() const {
  if (watcher_ < 0) return Room::some;
  pollfd out{.fd = out_, .events = POLLOUT, .revents = 0};
  if (poll(&out, 1, 0) <= 0) return Room::none;
  return (out.revents & (POLLERR | POLLHUP)) != 0 ? Room::never : Room::some;
}

Result<Flow> OutputBacklog::write_some() {
  const std::size_t chunk = watcher_ < 0 ? kFileChunk : kPipeChunk;
  for (;;) {
    // Asked even with nothing to say: it is how a reader's end is noticed between two tickers.
    const Room now = room();
    reader_gone_ = now == Room::never;
    if (reader_gone_) return Flow::stop;
    if (size() == 0 || now == Room::none) break;
    const ssize_t wrote = write(out_, text_.data() + written_, std::min(chunk, size()));
    if (wrote < 0 && errno == EPIPE) {
      reader_gone_ = true;
      return Flow::stop;
    }
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && errno != EAGAIN) {
      return Error{Errc::unavailable,
                   "cannot write to standard output: " +
                       std::error_code{errno, std::generic_category()}.message()};
    }
    if (wrote < 0) break;
    written_ += static_cast<std::size_t>(wrote);
  }
  if (written_ == text_.size() || written_ >= kFileChunk) {
    text_.erase(0, written_);
    written_ = 0;
  }
  watch_for_room();
  return Flow::go_on;
}

void OutputBacklog::watch_for_room() {
  const bool wants = size() > 0;
  if (watcher_ < 0 || wants == wants_room_) return;
  epoll_event event = event_for(wants ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  epoll_ctl(watcher_, EPOLL_CTL_MOD, out_, &event);
  wants_room_ = wants;
}

Result<Flow> OutputBacklog::write_all(milliseconds patience) {
  while (size() > 0) {
    pollfd out{.fd = out_, .events = POLLOUT, .revents = 0};
    if (poll(&out, 1, static_cast<int>(patience.count())) == 0) {
      return Error{Errc::unavailable, "standard output takes nothing any more: " +
                                          std::to_string(size()) + " bytes are lost"};
    }
    auto flow = write_some();
    if (!flow || *flow == Flow::stop) return flow;
  }
  return Flow::go_on;
}

}  // namespace btcw::cli
