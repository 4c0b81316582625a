#pragma once

#include <span>
#include <string>

#include "btcw/base/result.h"
#include "btcw/token/key.h"
#include "btcw/token/strict_json.h"

namespace btcw::token {

/// How a key that is read is to be taken.
struct KeyRules {
  /// For a key that does not name its algorithm. A key that names another is refused.
  std::optional<Algorithm> algorithm = std::nullopt;
  WeakKeys weak = WeakKeys::refused;
};

/// A JSON Web Key (RFC 7517). Members: kty, the numbers, kid, alg, use, key_ops, and not_after
/// (seconds since 1970, or RFC 3339), which is btcw's own. Others are passed over.
/// Errors: bad_data for a member that is missing or not what it should be; rejected for a key that
/// is not for signatures, and as Key::make.
Result<Key> read_jwk(std::span<const JsonMember> members, const KeyRules& rules);

/// Which parts of a key are written.
enum class KeyParts : std::uint8_t { public_only, all };

/// Appends the JWK, one object. Precondition: with public_only, the key is not symmetric.
void append_jwk(const Key& key, KeyParts parts, std::string& out);

/// The thumbprint of RFC 7638 with SHA-256. Precondition: the key is not symmetric: the thumbprint
/// of a secret would let it be guessed.
std::string thumbprint(const KeyNumbers& numbers);

}  // namespace btcw::token
