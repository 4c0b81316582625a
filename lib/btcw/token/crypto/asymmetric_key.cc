#include "btcw/token/crypto/asymmetric_key.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <utility>

namespace btcw::token::openssl {
namespace {

const EVP_MD* digest_of(Algorithm algorithm) {
  if (family_of(algorithm) == Family::eddsa) return nullptr;
  switch (hash_of(algorithm)) {
    case Hash::sha256:
      return EVP_sha256();
    case Hash::sha384:
      return EVP_sha384();
    case Hash::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

bool set_padding(EVP_PKEY_CTX* context, Algorithm algorithm) {
  switch (family_of(algorithm)) {
    case Family::rsa_pkcs1:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case Family::rsa_pss:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    case Family::hmac:
    case Family::ecdsa:
    case Family::eddsa:
      return true;
  }
  return false;
}

// RFC 7518 section 3.4: r and s one after the other. libcrypto speaks DER.
std::string to_der(std::string_view signature) {
  const std::size_t half = signature.size() / 2;
  Number r = to_number(signature.substr(0, half));
  Number s = to_number(signature.substr(half));
  const EcdsaSignature pair{ECDSA_SIG_new()};
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  // They belong to the pair now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string text{reinterpret_cast<char*>(der), static_cast<std::size_t>(size)};
  OPENSSL_free(der);
  return text;
}

Result<std::string> from_der(std::string_view der, std::size_t half) {
  const unsigned char* at = bytes_of(der);
  const EcdsaSignature pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  if (!pair) return failure("read its own signature");
  return to_bytes(*ECDSA_SIG_get0_r(pair.get()), half) +
         to_bytes(*ECDSA_SIG_get0_s(pair.get()), half);
}

class OpensslKey final : public AsymmetricKey {
 public:
  OpensslKey(Pkey key, KeyKind kind, Half half) : key_{std::move(key)}, kind_{kind}, half_{half} {}

  [[nodiscard]] bool verify(Algorithm algorithm, std::string_view data,
                            std::string_view signature) const override {
    if (signature.size() != signature_size()) return false;
    const std::string der = is_ecdsa(algorithm) ? to_der(signature) : std::string{};
    const std::string_view given = is_ecdsa(algorithm) ? std::string_view{der} : signature;
    const DigestContext context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* pkey_context = nullptr;
    const bool good = context &&
                      EVP_DigestVerifyInit(context.get(), &pkey_context, digest_of(algorithm),
                                           nullptr, key_.get()) == 1 &&
                      set_padding(pkey_context, algorithm) &&
                      EVP_DigestVerify(context.get(), bytes_of(given), given.size(), bytes_of(data),
                                       data.size()) == 1;
    ERR_clear_error();
    return good;
  }

  [[nodiscard]] Result<std::string> sign(Algorithm algorithm,
                                         std::string_view data) const override {
    if (half_ == Half::public_only) return Error{Errc::rejected, "a public key cannot sign"};
    const DigestContext context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* pkey_context = nullptr;
    std::size_t size = 0;
    if (!context ||
        EVP_DigestSignInit(context.get(), &pkey_context, digest_of(algorithm), nullptr,
                           key_.get()) != 1 ||
        !set_padding(pkey_context, algorithm) ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes_of(data), data.size()) != 1) {
      return failure("sign");
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(data), data.size()) !=
        1) {
      return failure("sign");
    }
    signature.resize(size);
    if (!is_ecdsa(algorithm)) return signature;
    return from_der(signature, number_size(kind_));
  }

 private:
  static bool is_ecdsa(Algorithm algorithm) { return family_of(algorithm) == Family::ecdsa; }

  [[nodiscard]] std::size_t signature_size() const {
    if (kind_ == KeyKind::rsa) return static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
    return 2 * number_size(kind_);
  }

  Pkey key_;
  KeyKind kind_;
  Half half_;
};

}  // namespace

std::unique_ptr<AsymmetricKey> make_asymmetric_key(Pkey key, KeyKind kind, Half half) {
  return std::make_unique<OpensslKey>(std::move(key), kind, half);
}

}  // namespace btcw::token::openssl
