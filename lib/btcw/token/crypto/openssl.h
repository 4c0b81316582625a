#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>
#include <string>
#include <string_view>

#include "btcw/base/secret.h"
#include "btcw/token/crypto.h"

/// libcrypto's handles with their owners. Private to the crypto module.
namespace btcw::token::openssl {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* handle) const {
    Free(handle);
  }
};

using Pkey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// From big-endian bytes; nullptr when memory runs out.
Number to_number(std::string_view bytes);
/// As big-endian bytes, filled up with zeros to `size` (0: as short as they go).
std::string to_bytes(const BIGNUM& number, std::size_t size);

/// libcrypto's name of the curve ("P-256"); nullptr for a kind without one.
const char* curve_name(KeyKind kind);

Result<std::unique_ptr<AsymmetricKey>> import_key(const KeyNumbers& numbers, WeakKeys weak);
Result<KeyNumbers> read_pem(std::string_view text);
Result<KeyNumbers> generate(KeyKind kind, int rsa_bits);

/// The numbers of a key that libcrypto holds.
/// Errors: rejected for a kind that signs no token.
Result<KeyNumbers> export_key(const EVP_PKEY& key);

/// Whether a modulus was made by the library of CVE-2017-15361, so that it can be factored.
bool shows_roca(std::string_view modulus);

/// An error of libcrypto that no input explains; its queue is emptied.
Error failure(std::string_view what);

}  // namespace btcw::token::openssl
