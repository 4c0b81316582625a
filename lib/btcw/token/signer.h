#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/random.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/token/claims.h"
#include "btcw/token/key.h"

namespace btcw::token {

/// Signs payloads with one key. The key outlives it. Thread-safe.
class Signer {
 public:
  /// The header is {"alg":…,"typ":…,"kid":…}, the kid being the key's own; an empty `typ` is left
  /// out.
  explicit Signer(const Key& key, std::string_view typ = "JWT");

  /// Appends the token (RFC 7515 compact serialisation) of `payload` to `out`.
  /// Errors: as Key::sign; `out` is then as it was.
  Result<void> sign(std::string_view payload, std::string& out) const;

 private:
  const Key& key_;
  std::string head_;  ///< the encoded header and the dot after it
};

/// How long a token lives when nothing is said.
constexpr milliseconds kUsualLifetime = std::chrono::hours{24};

/// Sets iat to `now` and exp to `now` + `lifetime` where the claims do not have them.
void add_lifetime(Claims& claims, UtcTime now, milliseconds lifetime);

/// A new identity for a token: 128 random bits as base64url.
std::string new_token_id(Random& random);

/// A token of `claims`, with their lifetime added: what a webhook puts behind "Bearer".
/// Errors: as Key::sign.
Result<std::string> issue(const Key& key, Claims claims, UtcTime now,
                          milliseconds lifetime = kUsualLifetime);

}  // namespace btcw::token
