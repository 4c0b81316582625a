#include "btcw/token/crypto/openssl.h"

#include <openssl/err.h>

namespace btcw::token::openssl {

Number to_number(std::string_view bytes) {
  return Number{BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)};
}

std::string to_bytes(const BIGNUM& number, std::size_t size) {
  const auto needed = static_cast<std::size_t>(BN_num_bytes(&number));
  std::string bytes(size == 0 ? needed : size, '\0');
  BN_bn2binpad(&number, bytes_of(bytes), static_cast<int>(bytes.size()));
  return bytes;
}

const char* curve_name(KeyKind kind) {
  switch (kind) {
    case KeyKind::p256:
      return "P-256";
    case KeyKind::p384:
      return "P-384";
    case KeyKind::p521:
      return "P-521";
    case KeyKind::oct:
    case KeyKind::rsa:
    case KeyKind::ed25519:
      break;
  }
  return nullptr;
}

Error failure(std::string_view what) {
  ERR_clear_error();
  return Error{Errc::unavailable, "libcrypto: cannot " + std::string{what}};
}

}  // namespace btcw::token::openssl
