#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace btcw::token {

/// The signature algorithms of RFC 7518 and RFC 8037 that exist here. "none" is not among them.
enum class Algorithm : std::uint8_t {
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa,
};

/// What kind of key an algorithm takes.
enum class Family : std::uint8_t { hmac, rsa_pkcs1, rsa_pss, ecdsa, eddsa };

enum class Hash : std::uint8_t { sha256, sha384, sha512 };

/// By its exact name in a header or a JWK: "HS256". nullopt for any other text, also for another
/// case.
std::optional<Algorithm> parse_algorithm(std::string_view name);
std::string_view to_string(Algorithm algorithm);
/// All of them, in the order of the enumeration.
std::span<const Algorithm> all_algorithms();

Family family_of(Algorithm algorithm);
/// The hash that is signed. For eddsa, which takes the whole message, sha512.
Hash hash_of(Algorithm algorithm);
/// In bytes: 32, 48 or 64. It is also the least length of an HMAC secret (RFC 7518 section 3.2).
std::size_t hash_size(Hash hash);

}  // namespace btcw::token
