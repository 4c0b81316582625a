#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "btcw/token/refusal.h"
#include "btcw/token/strict_json.h"

namespace btcw::token {

/// What a JWS header says that a verifier listens to. jwk, jku, x5u and x5c are no part of it.
struct Header {
  std::string alg = {};
  std::optional<std::string> kid = std::nullopt;
  std::optional<std::string> typ = std::nullopt;
};

/// Reads a header that was base64url-decoded. Refused: what is not one strict object, an alg that
/// is missing or no string, "none" in any case, a kid or typ that is no string, crit whatever it
/// holds.
std::variant<Header, Refusal> read_header(std::string_view json, JsonReader& reader);

/// Whether a header's typ means `expected`: without regard to case, and "application/" may be left
/// out (RFC 7515 section 4.1.9).
bool means_type(const std::optional<std::string>& typ, std::string_view expected);

}  // namespace btcw::token
