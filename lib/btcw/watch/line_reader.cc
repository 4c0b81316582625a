#include "btcw/watch/line_reader.h"

#include <poll.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <string>

namespace btcw {

LineReader::LineReader(int fd) : fd_{fd}, buffer_{new char[kBlock + kMaxLine + 1]} {}

std::optional<LineReader::Line> LineReader::next() {
  for (;;) {
    const char* from = buffer_.get() + scanned_;
    const auto* found = static_cast<const char*>(std::memchr(from, '\n', end_ - scanned_));
    if (found == nullptr) {
      scanned_ = end_;
      if (end_ - begin_ > kMaxLine) return finish_line({buffer_.get() + begin_, end_ - begin_});
      return ended_ ? last_line() : std::nullopt;
    }
    const std::string_view text{buffer_.get() + begin_,
                                static_cast<std::size_t>(found - (buffer_.get() + begin_))};
    begin_ = scanned_ = begin_ + text.size() + 1;
    if (skipping_) {
      skipping_ = false;
      continue;
    }
    number_ += 1;
    return Line{text, number_, text.size() > kMaxLine};
  }
}

// What was read of a line that is longer than any may be: said once, the rest is passed over.
std::optional<LineReader::Line> LineReader::finish_line(std::string_view text) {
  begin_ = scanned_ = end_;
  if (skipping_) return std::nullopt;
  skipping_ = true;
  number_ += 1;
  return Line{text.substr(0, kMaxLine), number_, true};
}

std::optional<LineReader::Line> LineReader::last_line() {
  const std::string_view text{buffer_.get() + begin_, end_ - begin_};
  begin_ = scanned_ = end_;
  if (text.empty() || skipping_) return std::nullopt;
  number_ += 1;
  return Line{text, number_};
}

Result<LineReader::Fill> LineReader::fill() {
  if (ended_) return Fill::end;
  assert(scanned_ == end_ && end_ - begin_ <= kMaxLine);
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  scanned_ = end_;
  begin_ = 0;

  pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, 0) == 0) return Fill::wait;
  const ssize_t got = read(fd_, buffer_.get() + end_, kBlock);
  if (got < 0) {
    if (errno == EINTR || errno == EAGAIN) return Fill::wait;
    return Error{Errc::unavailable, std::string{"cannot read: "} + std::strerror(errno)};
  }
  if (got == 0) {
    ended_ = true;
    return Fill::end;
  }
  end_ += static_cast<std::size_t>(got);
  return Fill::more;
}

}  // namespace btcw
