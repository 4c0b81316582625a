#include "input_lines.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace btcw::cli {
namespace {

constexpr std::size_t kPiece = 262144;

}  // namespace

bool InputLines::would_wait() const {
  return !ended_ && std::memchr(buffer_.data() + start_, '\n', end_ - start_) == nullptr;
}

bool InputLines::fill() {
  if (ended_) return false;
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(start_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= start_;
  start_ = 0;
  if (buffer_.size() - end_ < kPiece) buffer_.resize(end_ + kPiece);
  ssize_t got = -1;
  do {
    got = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    error_ =
        Error{Errc::unavailable, "cannot read standard input: " +
                                     std::error_code{errno, std::generic_category()}.message()};
  }
  ended_ = got <= 0;
  if (got > 0) end_ += static_cast<std::size_t>(got);
  return !ended_;
}

std::optional<std::string_view> InputLines::next() {
  std::size_t searched = 0;
  while (true) {
    const std::string_view text{buffer_.data() + start_, end_ - start_};
    const std::size_t newline = text.find('\n', searched);
    if (newline != std::string_view::npos || (ended_ && !text.empty())) {
      std::string_view line = text.substr(0, newline);
      start_ += std::min(line.size() + 1, text.size());
      if (line.ends_with('\r')) line.remove_suffix(1);
      return line.substr(0, max_bytes_ + 1);
    }
    if (ended_) return std::nullopt;
    searched = text.size();
    if (searched > max_bytes_ + 1) {
      // The rest of the line is dropped as it comes.
      end_ = start_ + max_bytes_ + 1;
      searched = max_bytes_ + 1;
    }
    if (!fill() && end_ == start_) return std::nullopt;
  }
}

}  // namespace btcw::cli
