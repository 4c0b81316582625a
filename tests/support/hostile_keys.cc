// Keys that no token may get through with.
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

HostileToken key_row(std::string why, std::string key, std::string reason,
                     std::vector<std::string> options = {}) {
  return {std::move(why), good(), 6, std::move(reason), std::move(key), std::move(options)};
}

std::string oct_key(std::size_t size, std::string_view more = "") {
  return R"({"kty":"oct","k":")" + to_base64url(std::string(size, 'k')) + '"' + std::string{more} +
         '}';
}

std::string jwks(std::string_view keys) { return R"({"keys":[)" + std::string{keys} + "]}"; }

std::string rsa_key(std::string_view n, std::string_view e, std::string_view more = "") {
  return R"({"kty":"RSA","n":")" + to_base64url(n) + R"(","e":")" + to_base64url(e) + '"' +
         std::string{more} + '}';
}

std::string ec_key(std::string_view crv, std::string_view x, std::string_view y) {
  return R"({"kty":"EC","crv":")" + std::string{crv} + R"(","x":")" + to_base64url(x) +
         R"(","y":")" + to_base64url(y) + "\"}";
}

std::string okp_key(std::string_view crv, std::string_view x) {
  return R"({"kty":"OKP","crv":")" + std::string{crv} + R"(","x":")" + to_base64url(x) + "\"}";
}

// 2^1840 times the odd primes up to 167, plus one: 1 modulo each of them, as a power of 65537 is.
std::string roca_modulus() {
  std::string number(260, '\0');
  number[29] = 1;
  for (unsigned prime = 3; prime <= 167; prime += 2) {
    bool is_prime = true;
    for (unsigned d = 3; d * d <= prime; d += 2) is_prime = is_prime && prime % d != 0;
    if (!is_prime) continue;
    unsigned carry = 0;
    for (std::size_t i = number.size(); i-- > 0;) {
      carry += static_cast<unsigned char>(number[i]) * prime;
      number[i] = static_cast<char>(carry & 0xffU);
      carry >>= 8U;
    }
  }
  number.back() = 1;
  const std::size_t zeros = number.find_first_not_of('\0');
  return number.substr(zeros);
}

std::vector<HostileToken> hostile_secrets() {
  std::string half = std::string{kForgeSecret.substr(0, 31)};
  return {
      key_row("an empty secret", R"({"kty":"oct","k":""})", "key_refused"),
      key_row("an empty secret, weak keys accepted", R"({"kty":"oct","k":""})", "key_refused",
              {"--allow-weak-key"}),
      key_row("31 bytes for HS256", oct_key(31), "key_refused"),
      key_row("47 bytes for HS384", oct_key(47, R"(,"alg":"HS384")"), "key_refused"),
      key_row("63 bytes for HS512", oct_key(63, R"(,"alg":"HS512")"), "key_refused"),
      key_row("a short raw secret", "raw:" + half, "key_refused"),
      key_row("an empty raw secret", "raw:", "key_refused"),
      key_row("a PEM key as a secret", "raw:" + public_pem_of(forge_key(Algorithm::rs256)),
              "key_refused"),
      key_row(
          "an SSH key as a secret",
          "raw:ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA a@b",
          "key_refused"),
      key_row("a JWK as a secret", "raw:" + forge_jwk(), "key_refused"),
      key_row("no k", R"({"kty":"oct"})", "key_malformed"),
      key_row("k is a number", R"({"kty":"oct","k":1})", "key_malformed"),
      key_row("k is padded", R"({"kty":"oct","k":"AAAA="})", "key_malformed"),
      key_row("k is not base64url", R"({"kty":"oct","k":"++//"})", "key_malformed"),
      key_row("no kty", R"({"k":"AAAA"})", "key_malformed"),
      key_row("kty is a number", R"({"kty":1,"k":"AAAA"})", "key_malformed"),
      key_row("kty of another case", R"({"kty":"OCT","k":"AAAA"})", "key_refused"),
      key_row("a member twice", R"({"kty":"oct","kty":"oct","k":"AAAA"})", "key_malformed"),
      key_row("something behind it", forge_jwk() + "x", "key_malformed"),
      key_row("a byte-order mark", "\xef\xbb\xbf" + forge_jwk(), "key_malformed"),
      key_row("not a key", "hunter2", "key_malformed"),
      key_row("an empty file", "", "key_malformed"),
      key_row("for encryption", forge_jwk(R"(,"use":"enc")"), "key_refused"),
      key_row("use is a number", forge_jwk(R"(,"use":1)"), "key_malformed"),
      key_row("key_ops for encryption", forge_jwk(R"(,"key_ops":["encrypt","decrypt"])"),
              "key_refused"),
      key_row("no key_ops", forge_jwk(R"(,"key_ops":[])"), "key_refused"),
      key_row("key_ops to sign only", forge_jwk(R"(,"key_ops":["sign"])"), "key_refused"),
      key_row("key_ops is a text", forge_jwk(R"(,"key_ops":"verify")"), "key_malformed"),
      key_row("key_ops twice", forge_jwk(R"(,"key_ops":["verify","verify"])"), "key_malformed"),
      key_row("key_ops holds a number", forge_jwk(R"(,"key_ops":["verify",1])"), "key_malformed"),
      key_row("an algorithm of another kind", forge_jwk(R"(,"alg":"RS256")"), "key_refused"),
      key_row("an algorithm to wrap keys", forge_jwk(R"(,"alg":"A256KW")"), "key_refused"),
      key_row("alg none in the key", forge_jwk(R"(,"alg":"none")"), "key_refused"),
      key_row("alg is a number", forge_jwk(R"(,"alg":256)"), "key_malformed"),
      key_row("kid is a number", forge_jwk(R"(,"kid":1)"), "key_malformed"),
      key_row("over", forge_jwk(R"(,"not_after":1799999999)"), "key_expired"),
      key_row("over this very second", forge_jwk(R"(,"not_after":"2027-01-15T08:00:00Z")"),
              "key_expired"),
      key_row("over at a time that is none", forge_jwk(R"(,"not_after":true)"), "key_malformed"),
      key_row("not for that --alg", forge_jwk(R"(,"alg":"HS256")"), "key_refused",
              {"--alg", "HS512"}),
  };
}

std::vector<HostileToken> hostile_pairs() {
  const token::KeyNumbers& rsa = forge_key(Algorithm::rs256).numbers();
  const token::KeyNumbers& ec = forge_key(Algorithm::es256).numbers();
  const std::string e = "\x01\0\x01"s;
  std::string even = rsa.n;
  even.back() = static_cast<char>(even.back() & 0xfe);
  std::string off_curve = ec.y;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  const std::string other_d = to_base64url(std::string(31, '\0') + "\x02");
  const std::string small_order_8 =
      "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33"
      "\x39\xb1\x38\x02\x88\x6d\x53\xfc\x85";
  return {
      key_row("RSA of 1024 bits", rsa_key("\xc1" + rsa.n.substr(1, 127), e), "key_refused"),
      key_row("RSA of 2047 bits", rsa_key("\x41" + rsa.n.substr(1), e), "key_refused"),
      key_row("RSA of 20000 bits", rsa_key(std::string(2500, '\xff'), e), "key_refused"),
      key_row("e = 1", rsa_key(rsa.n, "\x01"), "key_refused"),
      key_row("e = 0", rsa_key(rsa.n, "\0"s), "key_refused"),
      key_row("e is even", rsa_key(rsa.n, "\x01\0\0"s), "key_refused"),
      key_row("e of 65 bits", rsa_key(rsa.n, "\x01\0\0\0\0\0\0\0\x01"s), "key_refused"),
      key_row("n is even", rsa_key(even, e), "key_malformed"),
      key_row("ROCA", rsa_key(roca_modulus(), e), "key_refused"),
      key_row("no n", R"({"kty":"RSA","e":"AQAB"})", "key_malformed"),
      key_row("no e", R"({"kty":"RSA","n":"AQAB"})", "key_malformed"),
      key_row("n is empty", rsa_key("", e), "key_malformed"),
      key_row("more than two primes", rsa_key(rsa.n, e, R"(,"oth":[])"), "key_refused"),
      key_row("p without q", rsa_key(rsa.n, e, R"(,"d":"AQAB","p":"AQAB")"), "key_malformed"),
      key_row("a private half of another key", rsa_key(rsa.n, e, R"(,"d":"AQAB")"),
              "key_malformed"),
      key_row("a point off its curve", ec_key("P-256", ec.x, off_curve), "key_malformed"),
      key_row("the point 0, 0", ec_key("P-256", std::string(32, '\0'), std::string(32, '\0')),
              "key_malformed"),
      key_row("a point beyond the field",
              ec_key("P-256", std::string(32, '\xff'), std::string(32, '\xff')), "key_malformed"),
      key_row("a point of another curve", ec_key("P-384", ec.x, ec.y), "key_malformed"),
      key_row("x too short", ec_key("P-256", ec.x.substr(1), ec.y), "key_malformed"),
      key_row("y too long", ec_key("P-256", ec.x, "\0"s + ec.y), "key_malformed"),
      key_row("no y", R"({"kty":"EC","crv":"P-256","x":")" + to_base64url(ec.x) + "\"}",
              "key_malformed"),
      key_row("no crv", R"({"kty":"EC","x":"AA","y":"AA"})", "key_malformed"),
      key_row("a curve of Bitcoin", ec_key("secp256k1", ec.x, ec.y), "key_refused"),
      key_row("a curve in lower case", ec_key("p-256", ec.x, ec.y), "key_refused"),
      key_row("an algorithm of another curve", public_jwk_of(forge_key(Algorithm::es384)),
              "key_refused", {"--alg", "ES256"}),
      key_row("kty of another kind",
              R"({"kty":"RSA","crv":"P-256","x":")" + to_base64url(ec.x) + "\"}", "key_malformed"),
      key_row("a private number of another point",
              R"({"kty":"EC","crv":"P-256","x":")" + to_base64url(ec.x) + R"(","y":")" +
                  to_base64url(ec.y) + R"(","d":")" + other_d + "\"}",
              "key_malformed"),
      key_row("a point for key agreement", okp_key("X25519", std::string(32, '\x09')),
              "key_refused"),
      key_row("Ed448", okp_key("Ed448", std::string(57, '\x09')), "key_refused"),
      key_row("Ed25519 too short", okp_key("Ed25519", std::string(31, '\x09')), "key_malformed"),
      key_row("Ed25519 of order 1", okp_key("Ed25519", "\x01" + std::string(31, '\0')),
              "key_refused"),
      key_row("Ed25519 of order 2", okp_key("Ed25519", "\xec" + std::string(30, '\xff') + "\x7f"),
              "key_refused"),
      key_row("Ed25519 of order 4", okp_key("Ed25519", std::string(32, '\0')), "key_refused"),
      key_row("Ed25519 of order 8", okp_key("Ed25519", small_order_8), "key_refused"),
      key_row(
          "halves of Ed25519 that are strangers",
          R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":")" +
              other_d + "\"}",
          "key_malformed"),
      key_row("PEM without a key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
              "key_malformed"),
      key_row("PEM cut off", public_pem_of(forge_key(Algorithm::rs256)).substr(0, 200),
              "key_malformed"),
      key_row("an encrypted key",
              "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
              "key_refused"),
      key_row("a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
              "key_refused"),
      key_row("an OpenSSH key",
              "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
              "key_refused"),
  };
}

std::vector<HostileToken> hostile_sets() {
  const auto with_kid = [](std::string_view kid) {
    return forge(R"({"alg":"HS256","kid":")" + std::string{kid} + "\"}", kPlainClaims);
  };
  const std::string a = forge_jwk(R"(,"kid":"a")");
  const std::string b = oct_key(32, R"(,"kid":"b")");
  const std::string ec = public_jwk_of(forge_key(Algorithm::es256));
  std::vector<HostileToken> rows{
      key_row("an empty set", jwks(""), "key_malformed"),
      key_row("a set that is no list", R"({"keys":{}})", "key_malformed"),
      key_row("a set of what is no key", R"({"keys":[1]})", "key_malformed"),
      key_row("a set of keys for encryption", jwks(forge_jwk(R"(,"use":"enc")")), "key_refused"),
      {"a set that mixes kinds", with_kid("a"), 6, "key_refused", jwks(a + ',' + ec)},
      {"the same kid twice", with_kid("a"), 1, "ambiguous_key",
       jwks(a + ',' + oct_key(32, R"(,"kid":"a")"))},
      {"no kid and two keys", good(), 1, "ambiguous_key", jwks(a + ',' + b)},
      {"a kid that names another key", with_kid("b"), 1, "bad_signature", jwks(a + ',' + b)},
      {"no kid, and no key of that algorithm", forge(R"({"alg":"HS384"})", kPlainClaims), 1,
       "alg_mismatch", jwks(a + ',' + b)},
      {"a key in the set that is over", with_kid("a"), 6, "key_expired",
       jwks(forge_jwk(R"(,"kid":"a","not_after":1)") + ',' + b)},
      {"a key in the set that is too short", with_kid("c"), 6, "key_refused",
       jwks(a + ',' + oct_key(8, R"(,"kid":"c")"))},
      {"a set of one nameless key", with_kid("a"), 1, "unknown_kid", jwks(forge_jwk())},
      {"the kid of a single key", with_kid("x"), 1, "unknown_kid", a},
  };
  for (const std::string kid : {"c", "A", "", "a ", "../../../../etc/passwd", "/dev/null",
                                "a' or '1'='1", "a\\u0000", "%61", "http://localhost/key"}) {
    rows.push_back({"kid '" + kid + "'", with_kid(kid), 1, "unknown_kid", jwks(a + ',' + b)});
  }
  return rows;
}

void append(std::vector<HostileToken>& all, std::vector<HostileToken> more) {
  for (HostileToken& row : more) all.push_back(std::move(row));
}

}  // namespace

std::vector<HostileToken> hostile_keys() {
  std::vector<HostileToken> rows = hostile_secrets();
  append(rows, hostile_pairs());
  append(rows, hostile_sets());
  return rows;
}

}  // namespace btcw::test
