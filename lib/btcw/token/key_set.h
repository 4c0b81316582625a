#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/token/jwk.h"
#include "btcw/token/key.h"
#include "btcw/token/refusal.h"

namespace btcw::token {

/// The reason that tells a user's program of an error of a key.
Reason reason_of(const Error& error);

/// The keys that a signer and a verifier know. Thread-safe once made.
///
/// A set keeps the keys that cannot be used, with the reason, so that a token that names one is
/// told why, and the others still work.
class KeySet {
 public:
  /// A set of one key, however it was written.
  static KeySet of(Key key);

  /// Reads a JWK, a JWKS or PEM, told apart by what they begin with.
  /// Errors: bad_data for another text, an empty set, and, where there is but one key, for what is
  /// wrong with it; rejected for a set that mixes secrets with keys of two halves, where it could
  /// be made to take one for the other.
  static Result<KeySet> read(std::string_view text, const KeyRules& rules);

  /// The bytes of an HMAC secret.
  /// Errors: as Key::make; rejected for a JWK, which is no secret by itself.
  static Result<KeySet> read_secret(std::string_view bytes, const KeyRules& rules);

  /// The key that signs: the first that may and is in force; with a kid, the one it names.
  /// Errors: not_found, rejected.
  [[nodiscard]] Result<const Key*> signing_key(std::optional<std::string_view> kid,
                                               UtcTime now) const;

  /// The one key that a header's kid (nullopt: it has none) and algorithm point at, or why there is
  /// none. Never more than one key is tried.
  [[nodiscard]] std::variant<const Key*, Refusal> verifying_key(std::optional<std::string_view> kid,
                                                                std::string_view algorithm,
                                                                UtcTime now) const;

  [[nodiscard]] bool has_secrets() const;
  [[nodiscard]] bool has_weak_keys() const;
  /// The keys that can be used.
  [[nodiscard]] std::vector<const Key*> keys() const;

 private:
  struct Entry {
    std::string kid;
    Result<Key> key;
  };

  static Result<KeySet> read_json(std::string_view text, const KeyRules& rules);
  static Result<KeySet> read_jwks(std::string_view keys, const KeyRules& rules);
  [[nodiscard]] std::variant<const Entry*, Refusal> find_entry(std::optional<std::string_view> kid,
                                                               std::string_view algorithm) const;

  std::vector<Entry> entries_;
  bool is_jwks_ = false;
};

}  // namespace btcw::token
