#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/token/refusal.h"
#include "btcw/token/strict_json.h"

namespace btcw::token {

/// What a token is to say, in the order in which it was said.
class Claims {
 public:
  Claims() = default;
  /// Errors: bad_data when `json` is not one strict object.
  static Result<Claims> parse(std::string_view json);

  /// In place of what that claim said before, else behind the others.
  /// Precondition: `json` is one strict JSON value.
  void set_json(std::string_view name, std::string json);
  void set_string(std::string_view name, std::string_view text);
  void set_number(std::string_view name, std::int64_t number);
  /// Seconds since 1970; a fraction is cut.
  void set_time(std::string_view name, UtcTime time);

  [[nodiscard]] bool has(std::string_view name) const;
  /// The value as compact JSON; nullptr when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  /// Appends the object.
  void append_json(std::string& out) const;

 private:
  struct Claim {
    std::string name;
    std::string json;
  };
  std::vector<Claim> claims_;
};

/// The claims of RFC 7519 section 4.1, as a payload holds them; they borrow from it.
struct RegisteredClaims {
  std::optional<double> exp = std::nullopt;  ///< seconds since 1970
  std::optional<double> nbf = std::nullopt;
  std::optional<double> iat = std::nullopt;
  const JsonValue* iss = nullptr;  ///< the pointers: nullptr where there is none
  const JsonValue* sub = nullptr;
  const JsonValue* aud = nullptr;
  const JsonValue* jti = nullptr;
};

/// Reads them. Refused as bad_claim: a time that is no number from 0 to the end of the year 9999;
/// iss, sub or jti that is no string; aud that is neither a string nor an array of strings.
std::variant<RegisteredClaims, Refusal> read_registered(std::span<const JsonMember> claims);

}  // namespace btcw::token
