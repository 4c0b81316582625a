#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw::cli {

/// The lines of a file descriptor, without their ends ("\n" or "\r\n"), read in large pieces. The
/// last one needs no end. A line longer than allowed is cut to the allowed length and one byte, so
/// that whoever checks the length refuses it, and the lines after it are whole.
class InputLines {
 public:
  InputLines(int fd, std::size_t max_bytes) : fd_{fd}, max_bytes_{max_bytes} {}

  /// The next line, good until the next call; nullopt at the end, and when reading failed.
  std::optional<std::string_view> next();
  /// Whether next() would read from the descriptor, and so may have to wait.
  [[nodiscard]] bool would_wait() const;
  /// Errors: unavailable, when reading failed.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  /// False at the end.
  bool fill();

  int fd_;
  std::size_t max_bytes_;
  std::string buffer_ = {};
  std::size_t start_ = 0;  ///< of what was not handed out yet
  std::size_t end_ = 0;    ///< of what was read
  bool ended_ = false;
  std::optional<Error> error_ = std::nullopt;
};

}  // namespace btcw::cli
