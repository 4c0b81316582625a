#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btcw {

struct WebhookMember;

/// A JSON value whose numbers are the digits that stood there: prices pass through no double.
struct WebhookValue {
  enum class Kind : std::uint8_t { null, boolean, number, text, list, object };

  Kind kind = Kind::null;
  std::string text;                    ///< of a text, a number or a boolean
  std::vector<WebhookMember> members;  ///< in their order; the keys of a list are empty

  /// The first member of that name; nullptr when it is absent or null.
  [[nodiscard]] const WebhookValue* find(std::string_view key) const;
  /// The text, number or boolean of that name; "" when there is none.
  [[nodiscard]] std::string_view scalar(std::string_view key) const;
  /// The first of them that is not "".
  [[nodiscard]] std::string_view first_scalar(std::initializer_list<std::string_view> keys) const;
  [[nodiscard]] bool is_scalar() const;
};

struct WebhookMember {
  std::string key;
  WebhookValue value;
};

/// nullopt: not JSON, not UTF-8, or deeper than 32.
std::optional<WebhookValue> read_webhook_json(std::string_view bytes);

/// The members of "a=1&b=two+words%21", all of them texts; nullopt: not a form.
std::optional<WebhookValue> read_webhook_form(std::string_view bytes);

}  // namespace btcw
