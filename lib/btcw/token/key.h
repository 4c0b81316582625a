#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/token/crypto.h"
#include "btcw/token/hmac.h"

namespace btcw::token {

/// What a key may be used for (JWK "use" and "key_ops").
enum class KeyUse : std::uint8_t { sign_and_verify, sign, verify };

/// What is known of a key beside its numbers.
struct KeyLabel {
  std::string kid = {};
  /// nullopt: the usual one of its kind: HS256, RS256, or the one of its curve.
  std::optional<Algorithm> algorithm = std::nullopt;
  KeyUse use = KeyUse::sign_and_verify;
  /// From then on it neither signs nor verifies.
  std::optional<UtcTime> not_after = std::nullopt;
};

/// One key, pinned to one algorithm. Wipes its secrets when it goes. Thread-safe.
class Key {
 public:
  /// Errors: rejected when the algorithm does not fit the key, and for a weak key: an HMAC secret
  /// shorter than its hash (RFC 7518 section 3.2), or empty even when weak ones are accepted; for
  /// the others see Crypto::import_key. unavailable when the crypto module cannot be loaded.
  static Result<Key> make(KeyNumbers numbers, KeyLabel label, WeakKeys weak = WeakKeys::refused);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  [[nodiscard]] const std::string& kid() const { return label_.kid; }
  [[nodiscard]] const std::optional<UtcTime>& not_after() const { return label_.not_after; }
  [[nodiscard]] const KeyNumbers& numbers() const { return numbers_; }
  [[nodiscard]] bool is_symmetric() const { return numbers_.kind == KeyKind::oct; }
  [[nodiscard]] bool may_sign() const;
  [[nodiscard]] bool may_verify() const { return label_.use != KeyUse::sign; }
  [[nodiscard]] bool in_force(UtcTime now) const;
  /// Whether it is in use only because weak keys were accepted.
  [[nodiscard]] bool is_weak() const;

  /// Whether `signature` is this key's of `data`, in constant time for a MAC.
  [[nodiscard]] bool verify(std::string_view data, std::string_view signature) const;

  /// Appends the base64url text of the signature of `data` to `out`, which may hold `data`.
  /// Errors: rejected for a key without its private half; unavailable when libcrypto fails.
  Result<void> sign(std::string_view data, std::string& out) const;

 private:
  Key(KeyNumbers numbers, KeyLabel label, Algorithm algorithm);

  KeyNumbers numbers_;
  KeyLabel label_;
  Algorithm algorithm_;
  std::unique_ptr<HmacKey> hmac_;
  std::unique_ptr<AsymmetricKey> asymmetric_;
};

/// The algorithm that a key of that kind has when nothing else is said.
Algorithm usual_algorithm(KeyKind kind);
/// Whether an algorithm takes keys of that kind.
bool fits(Algorithm algorithm, KeyKind kind);

}  // namespace btcw::token
