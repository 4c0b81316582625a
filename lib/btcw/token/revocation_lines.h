#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "btcw/token/file_handle.h"
#include "btcw/token/revocation_record.h"

namespace btcw::token {

/// The lines of a text, one after the other, without their ends; what has no end is no line.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_{text} {}

  std::optional<std::string_view> next() {
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return line;
  }
  /// How many bytes are left behind the last line.
  [[nodiscard]] std::size_t rest() const { return text_.size(); }

 private:
  std::string_view text_;
};

/// Where the parts of a revocation file lie.
struct Layout {
  std::size_t sorted_end = 0;  ///< where the sorted records end and the appended ones begin
  std::size_t size = 0;        ///< 0: nothing was ever acknowledged
};

/// Errors: bad_data when the first line is damaged or the sorted records are cut short;
/// unavailable.
Result<Layout> read_layout(const FileHandle& file);

enum class Damage : std::uint8_t { is_an_error, is_counted };

/// All records, sorted by order and jti, each jti once with its latest end.
struct Records {
  std::vector<Revocation> revocations = {};
  std::size_t damaged = 0;  ///< lines that are no record
};
/// Errors: unavailable; bad_data for damage, unless it is counted.
Result<Records> read_all(const FileHandle& file, Damage damage);

}  // namespace btcw::token
