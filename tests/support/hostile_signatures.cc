// Signatures that a good key must not take.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <utility>

#include "btcw/token/base64url.h"
#include "support/hostile_tokens.h"
#include "support/token_forge.h"

namespace btcw::test {
namespace {

using token::Algorithm;
using token::Key;
using token::to_base64url;
using namespace std::string_literals;

std::string good() { return forge(kPlainHeader, kPlainClaims); }

std::string oct_key(std::size_t size, std::string_view more = "") {
  return R"({"kty":"oct","k":")" + to_base64url(std::string(size, 'k')) + '"' + std::string{more} +
         '}';
}

// The token with another signature.
std::string resigned(const std::string& token, std::string_view signature) {
  return token.substr(0, token.rfind('.') + 1) + to_base64url(signature);
}

std::string signature_of(const std::string& token) {
  return *token::from_base64url(token.substr(token.rfind('.') + 1));
}

std::string order_of_p256() {
  return "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84"
         "\xf3\xb9\xca\xc2\xfc\x63\x25\x51"s;
}

std::vector<HostileToken> hostile_ecdsa() {
  const Key& key = forge_key(Algorithm::es256);
  const std::string token = forge_with(key, R"({"alg":"ES256"})", kPlainClaims);
  const std::string sig = signature_of(token);
  const std::string r = sig.substr(0, 32);
  const std::string s = sig.substr(32);
  const std::string zero(32, '\0');
  const std::string one = zero.substr(1) + '\x01';
  const std::string n = order_of_p256();
  const auto number = [](const std::string& bytes) { return "\x02\x21\0"s + bytes; };
  std::vector<HostileToken> rows;
  for (const auto& [why, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"r = 0", zero + s},
           {"s = 0", r + zero},
           {"r = s = 0", zero + zero},
           {"r = n", n + s},
           {"s = n", r + n},
           {"r = s = n", n + n},
           {"r = s = 1", one + one},
           {"r and s over every number", std::string(64, '\xff')},
           {"r and s changed about", s + r},
           {"DER", "\x30\x46" + number(r) + number(s)},
           {"63 bytes", sig.substr(1)},
           {"65 bytes", sig + '\0'},
           {"65 bytes, a zero before them", '\0' + sig},
           {"66 bytes, a zero before each", '\0' + r + '\0' + s},
           {"96 bytes", sig + zero},
           {"none", ""}}) {
    rows.push_back(
        {"ECDSA: " + why, resigned(token, bytes), 1, "bad_signature", public_jwk_of(key)});
  }
  for (const auto& [algorithm, size] : {std::pair{Algorithm::es384, 95},
                                        {Algorithm::es384, 64},
                                        {Algorithm::es512, 128},
                                        {Algorithm::es512, 131},
                                        {Algorithm::es512, 133}}) {
    const Key& other = forge_key(algorithm);
    const std::string name{to_string(algorithm)};
    const std::string header = R"({"alg":")" + name + "\"}";
    std::string wrong = signature_of(forge_with(other, header, kPlainClaims));
    wrong.resize(static_cast<std::size_t>(size));
    rows.push_back({name + " of " + std::to_string(size) + " bytes",
                    resigned(forge_with(other, header, kPlainClaims), wrong), 1, "bad_signature",
                    public_jwk_of(other)});
  }
  return rows;
}

struct PkeyFreed {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

// A PSS signature with a salt of that length, which libcrypto calls -1 when it is the hash's.
std::string pss_signature(const Key& key, std::string_view data, int salt) {
  const std::string pem = private_pem_of(key);
  const std::unique_ptr<BIO, PkeyFreed> bio{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const std::unique_ptr<EVP_PKEY, PkeyFreed> pkey{
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
  const std::unique_ptr<EVP_MD_CTX, PkeyFreed> context{EVP_MD_CTX_new()};
  EVP_PKEY_CTX* options = nullptr;
  EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, pkey.get());
  EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
  EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt);
  std::string signature(256, '\0');
  std::size_t size = signature.size();
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                 reinterpret_cast<const unsigned char*>(data.data()), data.size());
  return signature;
}

std::vector<HostileToken> hostile_rsa() {
  const Key& rs = forge_key(Algorithm::rs256);
  const Key& ps = forge_key(Algorithm::ps256);
  const std::string rs_token = forge_with(rs, R"({"alg":"RS256"})", kPlainClaims);
  const std::string ps_token = forge_with(ps, R"({"alg":"PS256"})", kPlainClaims);
  const std::string ps_text = ps_token.substr(0, ps_token.rfind('.'));
  const std::string sig = signature_of(rs_token);
  const auto rs_row = [&](std::string why, std::string bytes) {
    return HostileToken{"RSA: " + std::move(why), resigned(rs_token, bytes), 1, "bad_signature",
                        public_jwk_of(rs)};
  };
  const auto ps_row = [&](std::string why, std::string bytes) {
    return HostileToken{"PSS: " + std::move(why), resigned(ps_token, bytes), 1, "bad_signature",
                        public_jwk_of(ps)};
  };
  return {
      rs_row("none", ""),
      rs_row("a byte less", sig.substr(1)),
      rs_row("a zero before it", '\0' + sig),
      rs_row("a zero behind it", sig + '\0'),
      rs_row("0", std::string(256, '\0')),
      rs_row("1", std::string(255, '\0') + '\x01'),
      rs_row("the modulus", rs.numbers().n),
      rs_row("over the modulus", std::string(256, '\xff')),
      rs_row("in the padding of PSS",
             pss_signature(rs, rs_token.substr(0, rs_token.rfind('.')), -1)),
      ps_row("a salt of no length", pss_signature(ps, ps_text, 0)),
      ps_row("a salt of 20 bytes", pss_signature(ps, ps_text, 20)),
      ps_row("the longest salt", pss_signature(ps, ps_text, 222)),
      ps_row("signed by another", signature_of(forge_with(rs, R"({"alg":"PS256"})", kPlainClaims))),
      {"RS256 where PS256 is meant", rs_token, 1, "alg_mismatch", public_jwk_of(ps)},
      {"PS256 where RS256 is meant", ps_token, 1, "alg_mismatch", public_jwk_of(rs)},
      {"PS256 with a PEM key, which is for RS256", ps_token, 1, "alg_mismatch", public_pem_of(ps)},
      {"RS512 where RS256 is meant", forge_with(rs, R"({"alg":"RS512"})", kPlainClaims), 1,
       "alg_mismatch", public_jwk_of(rs)},
  };
}

std::vector<HostileToken> hostile_eddsa() {
  const Key& key = forge_key(Algorithm::eddsa);
  const std::string token = forge_with(key, R"({"alg":"EdDSA"})", kPlainClaims);
  const std::string sig = signature_of(token);
  // L = 2^252 + 27742317777372353535851937790883648493, lowest byte first.
  constexpr std::array<unsigned char, 32> kOrder{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                                 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                                 0,    0,    0,    0,    0,    0,    0,    0,
                                                 0,    0,    0,    0,    0,    0,    0,    0x10};
  std::string above = sig;
  unsigned carry = 0;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    carry += static_cast<unsigned char>(above[32 + i]);
    carry += kOrder[i];
    above[32 + i] = static_cast<char>(carry & 0xffU);
    carry >>= 8U;
  }
  std::vector<HostileToken> rows;
  for (const auto& [why, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"S + L", above},
           {"0", std::string(64, '\0')},
           {"over every number", std::string(64, '\xff')},
           {"63 bytes", sig.substr(0, 63)},
           {"65 bytes", sig + '\0'},
           {"the length of Ed448", sig + std::string(50, '\0')},
           {"none", ""}}) {
    rows.push_back(
        {"EdDSA: " + why, resigned(token, bytes), 1, "bad_signature", public_jwk_of(key)});
  }
  return rows;
}

std::vector<HostileToken> hostile_macs() {
  const std::string mac = signature_of(good());
  const std::string attacker(32, 'a');
  const std::string attacker_key = oct_key(32);
  const auto row = [](std::string why, std::string token) {
    return HostileToken{"MAC: " + std::move(why), std::move(token), 1, "bad_signature"};
  };
  std::vector<HostileToken> rows{
      row("a byte less", resigned(good(), mac.substr(0, 31))),
      row("a byte more", resigned(good(), mac + 'x')),
      row("one byte", resigned(good(), mac.substr(0, 1))),
      row("zeros", resigned(good(), std::string(32, '\0'))),
      row("its last bit changed",
          [&] {
            std::string changed = mac;
            changed.back() = static_cast<char>(changed.back() ^ 1);
            return resigned(good(), changed);
          }()),
      row("of another secret", forge(kPlainHeader, kPlainClaims, attacker)),
      row("of no secret", forge(kPlainHeader, kPlainClaims, "")),
      row("of another hash", forge(kPlainHeader, kPlainClaims, kForgeSecret, token::Hash::sha512)),
      row("of other claims",
          [] {
            const std::string other = forge(kPlainHeader, R"({"sub":"admin"})");
            return other.substr(0, other.rfind('.')) + good().substr(good().rfind('.'));
          }()),
      row("of another header",
          [] {
            const std::string other = forge(R"({"typ":"JWT","alg":"HS256"})", kPlainClaims);
            return other.substr(0, other.rfind('.')) + good().substr(good().rfind('.'));
          }()),
  };
  for (const std::string& member :
       {R"("jwk":)" + attacker_key, R"("jku":"http://127.0.0.1:1/keys")"s,
        R"("x5u":"http://127.0.0.1:1/cert")"s, R"("x5c":["MIIB"])"s, R"("x5t":"AAAA")"s}) {
    rows.push_back(
        row("of the key that the header brings: " + member,
            forge(R"({"alg":"HS256",)" + member + "}", kPlainClaims, std::string(32, 'k'))));
  }
  const std::vector<std::pair<std::string, Algorithm>> pairs{
      {"RSA", Algorithm::rs256}, {"EC", Algorithm::es256}, {"Ed25519", Algorithm::eddsa}};
  for (const auto& [name, algorithm] : pairs) {
    const Key& key = forge_key(algorithm);
    const std::string pem = public_pem_of(key);
    rows.push_back({"HMAC with the public " + name + " key as its secret",
                    forge(R"({"alg":"HS256"})", kPlainClaims, pem), 1, "alg_mismatch",
                    public_jwk_of(key)});
    rows.push_back({"HMAC with the public " + name + " key, and PEM to verify",
                    forge(R"({"alg":"HS256"})", kPlainClaims, pem), 1, "alg_mismatch", pem});
  }
  return rows;
}

void append(std::vector<HostileToken>& all, std::vector<HostileToken> more) {
  for (HostileToken& row : more) all.push_back(std::move(row));
}

}  // namespace

std::vector<HostileToken> hostile_signatures() {
  std::vector<HostileToken> rows = hostile_macs();
  append(rows, hostile_ecdsa());
  append(rows, hostile_rsa());
  append(rows, hostile_eddsa());
  return rows;
}

}  // namespace btcw::test
