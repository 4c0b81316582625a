#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "btcw/base/decimal.h"
#include "btcw/base/result.h"

namespace btcw::cli {

/// An exact number, with the digits after the point that it is shown with; nullopt: as many as it
/// has.
struct Number {
  Decimal value;
  std::optional<int> places = std::nullopt;

  [[nodiscard]] std::string to_string() const {
    return places ? value.to_fixed(*places) : value.to_string();
  }
};

/// What a field of the output holds; monostate: not known.
using FieldValue = std::variant<std::monostate, std::string, Number, bool>;

/// Whether a field holds a number or words.
enum class FieldKind { text, number };

/// How a value is laid out, as in fmt and Python:
/// [[fill]align][sign][0][width][,][.precision][f|s], e.g. ">12", "+.2f", ",.2f". Numbers stay
/// exact decimals; a precision rounds half to even.
struct FormatSpec {
  enum class Align { natural, left, right, center };
  enum class Sign { minus, plus, space };

  char fill = ' ';
  Align align = Align::natural;  ///< numbers to the right, text to the left
  Sign sign = Sign::minus;
  bool zeros = false;  ///< fills with zeros between sign and digits
  int width = 0;
  bool grouped = false;                         ///< 1,234,567
  std::optional<int> precision = std::nullopt;  ///< of text: at most so many characters

  static constexpr int kMaxWidth = 200;

  /// Reads what stands after the ':'.
  /// Errors: invalid_input with what was expected; what only numbers have on a text field.
  static Result<FormatSpec> parse(std::string_view text, FieldKind kind);

  /// What is not known is "-".
  [[nodiscard]] std::string apply(const FieldValue& value) const;
};

}  // namespace btcw::cli
