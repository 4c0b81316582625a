#include "support/token_forge.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "btcw/token/base64url.h"
#include "btcw/token/hmac.h"
#include "btcw/token/jwk.h"

namespace btcw::test {
namespace {

using token::Algorithm;
using token::Key;
using token::KeyKind;
using token::KeyParts;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

KeyKind kind_for(Algorithm algorithm) {
  for (const KeyKind kind :
       {KeyKind::rsa, KeyKind::p256, KeyKind::p384, KeyKind::p521, KeyKind::ed25519}) {
    if (fits(algorithm, kind)) return kind;
  }
  throw std::logic_error{"not an algorithm of key pairs"};
}

// Written apart from the module's own way, so that one checks the other.
class PairBuilder {
 public:
  void number(const char* name, std::string_view bytes) {
    numbers_.emplace_back(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
    OSSL_PARAM_BLD_push_BN(build_.get(), name, numbers_.back().get());
  }
  OSSL_PARAM_BLD* get() { return build_.get(); }
  Pkey make(const char* type) {
    const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> params{
        OSSL_PARAM_BLD_to_param(build_.get())};
    const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> context{
        EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get());
    return Pkey{key};
  }

 private:
  std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> build_{OSSL_PARAM_BLD_new()};
  std::vector<Number> numbers_;
};

Pkey to_pkey(const Key& key) {
  const token::KeyNumbers& numbers = key.numbers();
  const std::string_view d = numbers.d.reveal();
  if (numbers.kind == KeyKind::ed25519) {
    return Pkey{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(d), d.size())};
  }
  PairBuilder builder;
  builder.number(numbers.kind == KeyKind::rsa ? OSSL_PKEY_PARAM_RSA_D : OSSL_PKEY_PARAM_PRIV_KEY,
                 d);
  if (numbers.kind == KeyKind::rsa) {
    builder.number(OSSL_PKEY_PARAM_RSA_N, numbers.n);
    builder.number(OSSL_PKEY_PARAM_RSA_E, numbers.e);
    // Without them there is no PEM of the private half.
    builder.number(OSSL_PKEY_PARAM_RSA_FACTOR1, numbers.p.reveal());
    builder.number(OSSL_PKEY_PARAM_RSA_FACTOR2, numbers.q.reveal());
    builder.number(OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers.dp.reveal());
    builder.number(OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers.dq.reveal());
    builder.number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers.qi.reveal());
    return builder.make("RSA");
  }
  const char* const curve = numbers.kind == KeyKind::p256   ? "P-256"
                            : numbers.kind == KeyKind::p384 ? "P-384"
                                                            : "P-521";
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
  const std::string point = '\x04' + numbers.x + numbers.y;
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return builder.make("EC");
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string with_members(std::string jwk, std::string_view more) {
  jwk.insert(jwk.size() - 1, more);
  return jwk;
}

}  // namespace

std::string sign_parts(std::string_view header, std::string_view payload, std::string_view secret,
                       token::Hash hash) {
  std::string text = std::string{header} + '.' + std::string{payload};
  const token::HmacKey key{hash, secret};
  return text + '.' + token::to_base64url(key.mac(text).view());
}

std::string forge(std::string_view header, std::string_view payload, std::string_view secret,
                  token::Hash hash) {
  return sign_parts(token::to_base64url(header), token::to_base64url(payload), secret, hash);
}

std::string forge_with(const Key& key, std::string_view header, std::string_view payload) {
  std::string text = token::to_base64url(header) + '.' + token::to_base64url(payload);
  std::string signature;
  if (!key.sign(text, signature)) throw std::runtime_error{"cannot sign"};
  return text + '.' + signature;
}

std::string forge_jwk(std::string_view more) {
  return with_members(R"({"kty":"oct","k":")" + token::to_base64url(kForgeSecret) + "\"}", more);
}

const Key& forge_key(Algorithm algorithm) {
  static std::map<Algorithm, Key> keys;
  if (const auto found = keys.find(algorithm); found != keys.end()) return found->second;
  const auto crypto = token::load_crypto();
  if (!crypto) throw std::runtime_error{crypto.error().message};
  auto numbers = (*crypto)->generate(kind_for(algorithm), 2048);
  if (!numbers) throw std::runtime_error{numbers.error().message};
  auto key = Key::make(*std::move(numbers), {.algorithm = algorithm});
  if (!key) throw std::runtime_error{key.error().message};
  return keys.emplace(algorithm, *std::move(key)).first->second;
}

std::string jwk_of(const Key& key, std::string_view more) {
  std::string jwk;
  append_jwk(key, KeyParts::all, jwk);
  return with_members(jwk, more);
}

std::string public_jwk_of(const Key& key, std::string_view more) {
  std::string jwk;
  append_jwk(key, KeyParts::public_only, jwk);
  return with_members(jwk, more);
}

std::string public_pem_of(const Key& key) {
  const Bio bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PUBKEY(bio.get(), to_pkey(key).get());
  return text_of(bio);
}

std::string private_pem_of(const Key& key) {
  const Bio bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PrivateKey(bio.get(), to_pkey(key).get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio);
}

}  // namespace btcw::test
