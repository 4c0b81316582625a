// Headers, claims, JWKs, PEM and whole tokens: the first byte says what the rest is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "btcw/token/base64url.h"
#include "btcw/token/claims.h"
#include "btcw/token/header.h"
#include "btcw/token/key_set.h"
#include "btcw/token/signer.h"
#include "btcw/token/verifier.h"

namespace {

using namespace btcw::token;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
const btcw::UtcTime kNow = btcw::from_unix_ms(1'800'000'000'000);

void require(bool holds) {
  if (!holds) std::abort();
}

const KeySet& keys() {
  static const auto set = KeySet::read_secret(kSecret, {});
  require(set.has_value());
  return *set;
}

void try_header(std::string_view text) {
  JsonReader reader;
  static_cast<void>(read_header(text, reader));
}

// What parses is written and parsed again to the same.
void try_claims(std::string_view text) {
  const auto claims = Claims::parse(text);
  if (!claims) return;
  std::string once;
  claims->append_json(once);
  const auto again = Claims::parse(once);
  require(again.has_value());
  std::string twice;
  again->append_json(twice);
  require(once == twice);
}

void try_key(std::string_view text) {
  const auto set = KeySet::read(text, {});
  if (!set) return;
  for (const Key* const key : set->keys()) {
    std::string jwk;
    append_jwk(*key, KeyParts::all, jwk);
    require(KeySet::read(jwk, {}).has_value());
  }
}

void try_base64(std::string_view text) {
  const auto bytes = from_base64url(text);
  if (bytes) require(to_base64url(*bytes) == text);
}

void try_token(std::string_view text) {
  Verifier verifier{keys(), {}, nullptr};
  static_cast<void>(verifier.verify(text, kNow));
  static_cast<void>(take_apart(text));
}

// A payload that is signed, so that what comes after the signature is reached.
void try_signed(std::string_view payload) {
  static const Signer signer{*keys().keys().front()};
  std::string token;
  require(signer.sign(payload, token).has_value());
  Verifier verifier{
      keys(), {.expectations = {.scopes = {"a"}, .max_age = btcw::seconds{60}}}, nullptr};
  static_cast<void>(verifier.verify(token, kNow));
  Verifier any{keys(), {.payload = PayloadKind::anything, .max_bytes = token.size()}, nullptr};
  require(std::holds_alternative<Verified>(any.verify(token, kNow)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 6) {
    case 0:
      try_header(text);
      break;
    case 1:
      try_claims(text);
      break;
    case 2:
      try_key(text);
      break;
    case 3:
      try_base64(text);
      break;
    case 4:
      try_token(text);
      break;
    default:
      try_signed(text);
      break;
  }
  return 0;
}
