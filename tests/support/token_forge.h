#pragma once

#include <string>
#include <string_view>

#include "btcw/token/algorithm.h"
#include "btcw/token/key.h"

namespace btcw::test {

/// The moment at which forged tokens are judged, in seconds since 1970.
inline constexpr long kForgeNow = 1'800'000'000;
/// 64 bytes: long enough for every HMAC.
inline constexpr std::string_view kForgeSecret =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
inline constexpr std::string_view kPlainHeader = R"({"alg":"HS256","typ":"JWT"})";
inline constexpr std::string_view kPlainClaims = R"({"sub":"u","iat":1800000000,"exp":1800003600})";

/// Signs two parts as they stand, whatever they are: "HEADER.PAYLOAD.SIGNATURE".
std::string sign_parts(std::string_view header, std::string_view payload,
                       std::string_view secret = kForgeSecret,
                       token::Hash hash = token::Hash::sha256);

/// The same of a header and a payload that are encoded first.
std::string forge(std::string_view header, std::string_view payload,
                  std::string_view secret = kForgeSecret, token::Hash hash = token::Hash::sha256);

/// The same with a key of any kind.
std::string forge_with(const token::Key& key, std::string_view header, std::string_view payload);

/// A JWK of kForgeSecret for HS256, with `more` members, as in R"(,"kid":"a")".
std::string forge_jwk(std::string_view more = "");

/// A new key pair, the same for all calls of a process.
const token::Key& forge_key(token::Algorithm algorithm);
/// Its JWK, both halves or one, with `more` members.
std::string jwk_of(const token::Key& key, std::string_view more = "");
std::string public_jwk_of(const token::Key& key, std::string_view more = "");
/// The PEM text of an RSA, EC or Ed25519 key, as `openssl pkey` writes it.
std::string public_pem_of(const token::Key& key);
std::string private_pem_of(const token::Key& key);

}  // namespace btcw::test
