#pragma once

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

#include "btcw/token/base64url.h"
#include "btcw/token/claims.h"
#include "btcw/token/header.h"
#include "btcw/token/jwk.h"
#include "btcw/token/key_set.h"
#include "btcw/token/signer.h"
#include "btcw/token/verifier.h"

// What the fuzz targets of the tokens do with one input; the integration tests replay the corpora
// through the same functions. An expectation that fails ends the process, which is what a fuzzer
// notices.
namespace btcw::test {

inline void expect_of_token(bool truth) {
  if (!truth) std::abort();
}

// A message is one line of bounded length, whatever the input.
inline void expect_sober_text(std::string_view message) {
  expect_of_token(message.size() < 512);
  for (const char c : message) {
    expect_of_token(static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
  }
}

inline const token::KeySet& fuzz_token_keys() {
  static const auto set = token::KeySet::read(
      R"({"keys":[{"kty":"oct","kid":"a","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"},)"
      R"({"kty":"oct","kid":"b","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIz"}]})",
      {});
  expect_of_token(set.has_value());
  return *set;
}

inline void fuzz_token_header(std::string_view text) {
  token::JsonReader reader;
  const auto header = token::read_header(text, reader);
  if (const auto* const refusal = std::get_if<token::Refusal>(&header)) {
    expect_sober_text(refusal->message);
  }
}

// What parses is written and parsed again to the same.
inline void fuzz_token_claims(std::string_view text) {
  const auto claims = token::Claims::parse(text);
  if (!claims) return expect_sober_text(claims.error().message);
  std::string once;
  claims->append_json(once);
  const auto again = token::Claims::parse(once);
  expect_of_token(again.has_value());
  std::string twice;
  again->append_json(twice);
  expect_of_token(once == twice);
}

inline void fuzz_token_base64(std::string_view text) {
  const auto bytes = token::from_base64url(text);
  if (bytes) expect_of_token(token::to_base64url(*bytes) == text);
  expect_of_token(token::from_base64url(token::to_base64url(text)) == text);
}

// None of them was signed: nothing but a refusal may come of it.
inline void fuzz_token_whole(std::string_view text) {
  const UtcTime now = from_unix_ms(1'800'000'000'000);
  static token::Verifier verifier{fuzz_token_keys(), {}, nullptr};
  const auto decided = verifier.verify(text, now);
  expect_of_token(std::holds_alternative<token::Refusal>(decided));
  expect_sober_text(std::get<token::Refusal>(decided).message);
  static_cast<void>(token::take_apart(text));
}

// A payload that is signed, so that what comes after the signature is reached.
inline void fuzz_token_payload(std::string_view payload) {
  const UtcTime now = from_unix_ms(1'800'000'000'000);
  static const token::Signer signer{*fuzz_token_keys().keys().front()};
  std::string made;
  expect_of_token(signer.sign(payload, made).has_value());
  static token::Verifier verifier{
      fuzz_token_keys(),
      {.expectations = {.issuers = {"i"},
                        .scopes = {"a"},
                        .required = {{.name = "r", .json = "[1,{\"a\":\"b\"}]"}},
                        .max_age = seconds{60}}},
      nullptr};
  const auto decided = verifier.verify(made, now);
  if (const auto* const refusal = std::get_if<token::Refusal>(&decided)) {
    expect_sober_text(refusal->message);
  }
  token::Verifier any{fuzz_token_keys(),
                      {.payload = token::PayloadKind::anything, .max_bytes = made.size()},
                      nullptr};
  const auto taken = any.verify(made, now);
  expect_of_token(std::holds_alternative<token::Verified>(taken));
  expect_of_token(std::get<token::Verified>(taken).payload == payload);
}

// A header and a payload with a line end between them, under a signature that holds.
inline void fuzz_token_signed(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string made = token::to_base64url(text.substr(0, end)) + '.' +
                     token::to_base64url(text.substr(std::min(end + 1, text.size())));
  const std::string signed_text = made;
  made += '.';
  expect_of_token(fuzz_token_keys().keys().back()->sign(signed_text, made).has_value());
  static token::Verifier verifier{fuzz_token_keys(), {.type = "at+jwt"}, nullptr};
  for (int round = 0; round < 2; ++round) {
    const auto decided = verifier.verify(made, from_unix_ms(1'800'000'000'000));
    if (const auto* const refusal = std::get_if<token::Refusal>(&decided)) {
      expect_sober_text(refusal->message);
    }
  }
}

// The first byte says what the rest is.
inline void fuzz_token(std::string_view input) {
  using Function = void (*)(std::string_view);
  constexpr Function kFunctions[] = {fuzz_token_header, fuzz_token_claims,  fuzz_token_base64,
                                     fuzz_token_whole,  fuzz_token_payload, fuzz_token_signed};
  if (input.empty()) return;
  const auto kind = static_cast<unsigned char>(input.front());
  kFunctions[kind % std::size(kFunctions)](input.substr(1));
}

// A JWK, a JWKS or PEM. What is a key is written, and read back as the same key.
inline void fuzz_token_key_text(std::string_view text) {
  const auto set = token::KeySet::read(text, {});
  if (!set) return expect_sober_text(set.error().message);
  for (const token::Key* const key : set->keys()) {
    std::string jwk;
    append_jwk(*key, token::KeyParts::all, jwk);
    const auto again = token::KeySet::read(jwk, {});
    expect_of_token(again.has_value() && again->keys().size() == 1);
    std::string twice;
    append_jwk(*again->keys().front(), token::KeyParts::all, twice);
    expect_of_token(jwk == twice);
  }
}

// DER in the PEM of its kind, so that a change of a bit is a change of what libcrypto reads.
inline void fuzz_token_key_der(std::string_view label, std::string_view der) {
  std::string base64 = token::to_base64url(der);
  for (char& c : base64) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (base64.size() % 4 != 0) base64 += '=';
  std::string pem = "-----BEGIN " + std::string{label} + "-----\n";
  for (std::size_t i = 0; i < base64.size(); i += 64) pem += base64.substr(i, 64) + '\n';
  fuzz_token_key_text(pem + "-----END " + std::string{label} + "-----\n");
}

// The first byte says what the rest is.
inline void fuzz_token_key(std::string_view input) {
  if (input.empty()) return;
  const std::string_view rest = input.substr(1);
  switch (static_cast<unsigned char>(input.front()) % 8) {
    case 0:
      return fuzz_token_key_der("PUBLIC KEY", rest);
    case 1:
      return fuzz_token_key_der("PRIVATE KEY", rest);
    case 2:
      return fuzz_token_key_der("RSA PRIVATE KEY", rest);
    case 3:
      return fuzz_token_key_der("EC PRIVATE KEY", rest);
    case 4:
      return fuzz_token_key_der("RSA PUBLIC KEY", rest);
    default:
      return fuzz_token_key_text(rest);
  }
}

}  // namespace btcw::test
