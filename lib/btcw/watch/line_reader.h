#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// Lines of a descriptor, read in large blocks. The descriptor is borrowed and may be a file, a
/// pipe, a terminal or a socket. No allocation after construction.
class LineReader {
 public:
  static constexpr std::size_t kBlock = std::size_t{1} << 20U;
  static constexpr std::size_t kMaxLine = std::size_t{64} << 10U;

  struct Line {
    std::string_view text;  ///< without the line end; valid until fill()
    std::uint64_t number;   ///< the first is 1
    bool too_long = false;  ///< over kMaxLine bytes; text is its start
  };

  enum class Fill {
    more,  ///< next() may have something
    wait,  ///< nothing is there now: wait until the descriptor can be read
    end,   ///< nothing will come; next() may still have a last line without a line end
  };

  explicit LineReader(int fd);

  /// The next whole line; nullopt: fill() is needed.
  std::optional<Line> next();

  /// Reads once, without waiting. Precondition: next() has returned nullopt.
  /// Errors: unavailable with the system's reason.
  Result<Fill> fill();

 private:
  std::optional<Line> last_line();
  std::optional<Line> finish_line(std::string_view text);

  int fd_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;    ///< of what is not handed out yet
  std::size_t end_ = 0;      ///< of what was read
  std::size_t scanned_ = 0;  ///< up to here there is no line end
  std::uint64_t number_ = 0;
  bool skipping_ = false;  ///< within a line that is too long and was handed out
  bool ended_ = false;
};

}  // namespace btcw
