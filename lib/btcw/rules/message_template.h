#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/rules/rule.h"

namespace btcw::rules {

/// What a message is about. Borrows all of it.
struct MessageContext {
  std::string_view name;  ///< of the alert
  const Rule& rule;
  const Reading& reading;  ///< with a ticker
  const Event& event;
};

/// The text of an alert's message, with fields in braces: "{symbol}: {last} ({percentage:+.2f} %)".
///
/// Fields are those of an expression (last, bid, … age) and symbol, base, quote, exchange, name,
/// when (the condition), threshold (what the first comparison of the condition compares with),
/// event (fired or resolved), time and since (RFC 3339, UTC). A number is printed exactly, or as
/// its format says: {last:.2f} with two decimals, {last:,.2f} with commas between the thousands,
/// {percentage:+.2f} with its sign. What is not known is "n/a". {{ and }} are braces.
class MessageTemplate {
 public:
  /// Errors: invalid_input, with the column: an unknown field (and the nearest known), a format
  /// that is none, a format of what is no number, braces that do not pair; more than 4,000 bytes.
  static Result<MessageTemplate> parse(std::string_view text);

  [[nodiscard]] std::string render(const MessageContext& context) const;

  enum class Word : std::uint8_t { symbol, base, quote, exchange, name, when, event, time, since };
  /// How a number is printed.
  struct Format {
    bool has_sign = false;    ///< + before what is not negative
    bool is_grouped = false;  ///< commas between thousands
    std::optional<int> places = std::nullopt;
  };

 private:
  enum class Kind : std::uint8_t { plain, word, field, threshold };
  // Which members count depends on `kind`.
  struct Part {
    Kind kind = Kind::plain;
    std::string plain{};
    Word word = Word::symbol;
    Field field = Field::last;
    Format format{};
  };
  std::vector<Part> parts_;

  friend class MessageReader;
};

}  // namespace btcw::rules
