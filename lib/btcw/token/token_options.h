#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/secret.h"
#include "btcw/base/time.h"
#include "btcw/token/signer.h"

namespace btcw::token {

/// What becomes of a token when Redis, which has the list of revoked ones, cannot be asked.
enum class RevocationUnknown : std::uint8_t {
  deny,   ///< it is refused
  allow,  ///< it passes, with a warning
};
inline constexpr std::array<std::string_view, 2> kRevocationUnknownWords{"deny", "allow"};

/// The `[token]` section: what the options of `btcw token` say when they are not given.
struct TokenOptions {
  /// A file of a JWKS, a JWK or PEM: the first key signs, kid selects when verifying.
  std::filesystem::path keys = {};
  /// Else the key itself: a JWK, a JWKS, PEM, or a secret as it stands.
  Secret key = {};
  /// Set when `key` came from a file that others can read, with what to do about it.
  std::string key_exposure = {};
  std::string issuer = {};                 ///< of new tokens, and the one that is expected
  std::vector<std::string> audience = {};  ///< likewise
  milliseconds ttl = kUsualLifetime;       ///< of new tokens
  milliseconds leeway{0};                  ///< for clocks that differ, at most 300 s
  RevocationUnknown on_revocation_unknown = RevocationUnknown::deny;
};

}  // namespace btcw::token
