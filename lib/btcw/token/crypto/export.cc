// From a key that libcrypto holds to its numbers: out of PEM, and out of a new pair.
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>
#include <utility>

#include "btcw/token/crypto/openssl.h"

namespace btcw::token::openssl {
namespace {

constexpr std::size_t kRawSize = 32;

// Empty when the key has no such number.
std::string number_of(const EVP_PKEY& key, const char* name, std::size_t size = 0) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name, &found) != 1) {
    ERR_clear_error();
    return {};
  }
  const Number number{found};
  return to_bytes(*number, size);
}

Secret secret_of(const EVP_PKEY& key, const char* name, std::size_t size = 0) {
  return Secret{number_of(key, name, size)};
}

KeyNumbers export_rsa(const EVP_PKEY& key) {
  KeyNumbers numbers{.kind = KeyKind::rsa};
  numbers.n = number_of(key, OSSL_PKEY_PARAM_RSA_N);
  numbers.e = number_of(key, OSSL_PKEY_PARAM_RSA_E);
  numbers.d = secret_of(key, OSSL_PKEY_PARAM_RSA_D);
  numbers.p = secret_of(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
  numbers.q = secret_of(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
  numbers.dp = secret_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT1);
  numbers.dq = secret_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT2);
  numbers.qi = secret_of(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
  return numbers;
}

Result<KeyNumbers> export_ec(const EVP_PKEY& key) {
  std::array<char, 64> group{};
  EVP_PKEY_get_utf8_string_param(&key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                 nullptr);
  const int curve = OBJ_txt2nid(group.data());
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::p521}) {
    if (EC_curve_nist2nid(curve_name(kind)) != curve) continue;
    const std::size_t size = number_size(kind);
    KeyNumbers numbers{.kind = kind};
    numbers.x = number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size);
    numbers.y = number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size);
    numbers.d = secret_of(key, OSSL_PKEY_PARAM_PRIV_KEY, size);
    return numbers;
  }
  return Error{Errc::rejected, "a key on a curve that signs no token"};
}

Result<KeyNumbers> export_ed25519(const EVP_PKEY& key) {
  KeyNumbers numbers{.kind = KeyKind::ed25519};
  std::size_t size = kRawSize;
  numbers.x.resize(size);
  if (EVP_PKEY_get_raw_public_key(&key, bytes_of(numbers.x), &size) != 1) {
    return failure("read an Ed25519 key");
  }
  std::string d(kRawSize, '\0');
  size = kRawSize;
  if (EVP_PKEY_get_raw_private_key(&key, bytes_of(d), &size) == 1) {
    numbers.d = Secret{std::move(d)};
  }
  ERR_clear_error();
  return numbers;
}

// Instead of libcrypto's own, which asks on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* /*user*/) {
  return -1;
}

struct DecoderFreed {
  void operator()(OSSL_DECODER_CTX* context) const { OSSL_DECODER_CTX_free(context); }
};

Pkey decode(std::string_view text) {
  EVP_PKEY* key = nullptr;
  const std::unique_ptr<OSSL_DECODER_CTX, DecoderFreed> context{
      OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, nullptr, 0, nullptr, nullptr)};
  if (!context) return nullptr;
  OSSL_DECODER_CTX_set_pem_password_cb(context.get(), no_passphrase, nullptr);
  const unsigned char* data = bytes_of(text);
  std::size_t size = text.size();
  const int decoded = OSSL_DECODER_from_data(context.get(), &data, &size);
  ERR_clear_error();
  Pkey owned{key};
  return decoded == 1 ? std::move(owned) : nullptr;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

Result<KeyNumbers> export_key(const EVP_PKEY& key) {
  switch (EVP_PKEY_get_base_id(&key)) {
    case EVP_PKEY_RSA:
      return export_rsa(key);
    case EVP_PKEY_EC:
      return export_ec(key);
    case EVP_PKEY_ED25519:
      return export_ed25519(key);
    default:
      return Error{Errc::rejected, "a kind of key that signs no token"};
  }
}

Result<KeyNumbers> read_pem(std::string_view text) {
  if (has(text, "-----BEGIN CERTIFICATE") || has(text, "-----BEGIN X509")) {
    return Error{Errc::rejected,
                 "a certificate: take its key out with 'openssl x509 -pubkey -noout'"};
  }
  if (has(text, "-----BEGIN OPENSSH")) {
    return Error{Errc::rejected, "an SSH key: turn it into PEM with 'ssh-keygen -p -m PEM'"};
  }
  if (has(text, "ENCRYPTED")) {
    return Error{Errc::rejected, "an encrypted key: take the passphrase off, or use key_command"};
  }
  const Pkey key = decode(text);
  if (!key) return Error{Errc::bad_data, "not a key in PEM form"};
  return export_key(*key);
}

Result<KeyNumbers> generate(KeyKind kind, int rsa_bits) {
  Pkey key;
  if (kind == KeyKind::rsa) {
    key.reset(EVP_RSA_gen(static_cast<unsigned>(rsa_bits)));
  } else if (kind == KeyKind::ed25519) {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  } else {
    // EVP_EC_gen() without its cast.
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_name(kind)));
  }
  if (!key) return failure("make a key");
  return export_key(*key);
}

}  // namespace btcw::token::openssl
