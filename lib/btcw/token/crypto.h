#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/token/algorithm.h"

namespace btcw::token {

enum class KeyKind : std::uint8_t { oct, rsa, p256, p384, p521, ed25519 };

/// Whether keys that are too short for their algorithm are taken all the same.
enum class WeakKeys : std::uint8_t { refused, accepted };

/// What a key is made of, under the names of RFC 7518 section 6: numbers as big-endian bytes, the
/// coordinates of a point at the full length of its curve. What a kind does not have is empty.
struct KeyNumbers {
  KeyKind kind = KeyKind::oct;
  std::string n = {};
  std::string e = {};
  std::string x = {};  ///< of a point, or the whole public key of ed25519
  std::string y = {};
  Secret k = {};  ///< the secret of an oct key
  Secret d = {};  ///< empty in a public key
  Secret p = {};
  Secret q = {};
  Secret dp = {};
  Secret dq = {};
  Secret qi = {};

  /// Whether it holds what nobody else may know.
  [[nodiscard]] bool is_secret() const { return !k.empty() || !d.empty(); }
};

/// A key pair, or its public half, ready for use. Thread-safe.
class AsymmetricKey {
 public:
  virtual ~AsymmetricKey() = default;
  /// Whether `signature` (in the form of RFC 7518 and RFC 8037) is one of `data` by this key.
  /// Precondition: the algorithm fits the kind of key; the same of sign().
  [[nodiscard]] virtual bool verify(Algorithm algorithm, std::string_view data,
                                    std::string_view signature) const = 0;
  /// Errors: rejected for a key without its private half; unavailable when libcrypto fails.
  [[nodiscard]] virtual Result<std::string> sign(Algorithm algorithm,
                                                 std::string_view data) const = 0;
};

/// What the crypto module (libbtcw-crypto) offers: RSA, elliptic curves and PEM, which need all of
/// libcrypto and its providers. A command that uses an HMAC key never maps it.
struct Crypto {
  /// Errors: bad_data for numbers that are no key: a point off its curve, halves that do not belong
  /// together; rejected for a weak one: RSA under 2048 bits or over 16384, a public exponent that
  /// is even or one, a modulus that shows the fault of ROCA, a point of small order.
  Result<std::unique_ptr<AsymmetricKey>> (*import_key)(const KeyNumbers& numbers, WeakKeys weak);
  /// One key from a PEM text, private or public, any of OpenSSL's forms, not encrypted.
  /// Errors: bad_data; rejected for an encrypted key, a certificate, or a kind that signs no token.
  Result<KeyNumbers> (*read_pem)(std::string_view text);
  /// A new key pair. `rsa_bits` matters for rsa alone; 2048 to 16384.
  /// Errors: unavailable when libcrypto fails.
  Result<KeyNumbers> (*generate)(KeyKind kind, int rsa_bits);
};

/// Loads the module on the first call; later calls return the same one. Thread-safe.
/// Errors: unavailable when the module is not there, cannot be loaded, or is of another version.
Result<const Crypto*> load_crypto();

/// The bytes of a coordinate and of a private number of an elliptic curve (32, 48, 66); 32 for
/// ed25519; 0 for the others.
std::size_t number_size(KeyKind kind);

}  // namespace btcw::token
