#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "render/format_spec.h"
#include "render/price_fields.h"

namespace btcw::cli {

/// A line that the user lays out: "{symbol:<10} {last} {percentage:+.2f}%".
///
/// A field stands in braces, with a FormatSpec after a colon; "{{" and "}}" are braces; \n, \t and
/// \\ are what they are in C. What a field holds is put in as it is and never read again.
class PriceTemplate {
 public:
  /// An empty line.
  PriceTemplate() = default;

  /// Errors: invalid_input for an unknown field (with the nearest ones), a wrong format, a brace
  /// without its partner, an unknown escape.
  static Result<PriceTemplate> parse(std::string_view text);

  /// The line, without a line end of its own.
  [[nodiscard]] std::string render(const PriceRow& row) const;

 private:
  struct Piece {
    std::string text = {};
    const PriceField* field = nullptr;  ///< null: only text
    FormatSpec spec = {};
  };

  /// Reads what stands between two braces.
  static Result<Piece> parse_field(std::string_view inside);

  std::vector<Piece> pieces_;
};

}  // namespace btcw::cli
