#include "btcw/token/key_set.h"

#include <catch2/catch.hpp>
#include <string>
#include <variant>

#include "btcw/token/signer.h"
#include "btcw/token/verifier.h"
#include "support/token_forge.h"

using btcw::from_unix_ms;
using btcw::UtcTime;
using btcw::test::forge_jwk;
using btcw::token::Key;
using btcw::token::KeySet;
using btcw::token::Reason;
using btcw::token::Refusal;

namespace {

const UtcTime kNow = from_unix_ms(1'800'000'000'000);

KeySet read(const std::string& text) {
  auto keys = KeySet::read(text, {});
  REQUIRE(keys.has_value());
  return *std::move(keys);
}

// The kid of the key that is chosen, or the word of the reason why none is.
std::string chosen(const KeySet& keys, std::optional<std::string_view> kid,
                   std::string_view algorithm, UtcTime now = kNow) {
  const auto key = keys.verifying_key(kid, algorithm, now);
  if (const auto* const refusal = std::get_if<Refusal>(&key)) {
    return std::string{to_string(refusal->reason)};
  }
  return std::get<const Key*>(key)->kid();
}

}  // namespace

TEST_CASE("kid and algorithm of a header choose one key or none") {
  const KeySet one = read(forge_jwk(R"(,"kid":"a")"));
  const KeySet nameless = read(forge_jwk());
  const KeySet set = read("{\"keys\":[" + forge_jwk(R"(,"kid":"a")") + ',' +
                          forge_jwk(R"(,"kid":"b","alg":"HS512")") + "]}");
  CHECK(chosen(one, "a", "HS256") == "a");
  CHECK(chosen(one, std::nullopt, "HS256") == "a");
  CHECK(chosen(one, "b", "HS256") == "unknown_kid");
  CHECK(chosen(one, "a", "HS384") == "alg_mismatch");
  CHECK(chosen(nameless, "anything", "HS256").empty());
  CHECK(chosen(nameless, std::nullopt, "HS512") == "alg_mismatch");
  CHECK(chosen(set, "a", "HS256") == "a");
  CHECK(chosen(set, "b", "HS512") == "b");
  CHECK(chosen(set, "b", "HS256") == "alg_mismatch");
  CHECK(chosen(set, "c", "HS256") == "unknown_kid");
  // Without a kid the algorithm may decide, where one key alone has it.
  CHECK(chosen(set, std::nullopt, "HS512") == "b");
  CHECK(chosen(set, std::nullopt, "HS384") == "alg_mismatch");
}

TEST_CASE("the first key that may sign and is in force signs") {
  const KeySet set = read("{\"keys\":[" + forge_jwk(R"(,"kid":"over","not_after":1800000000)") +
                          ',' + forge_jwk(R"(,"kid":"verifies","key_ops":["verify"])") + ',' +
                          forge_jwk(R"(,"kid":"signs","key_ops":["sign"])") + ',' +
                          forge_jwk(R"(,"kid":"d")") + "]}");
  CHECK(set.signing_key(std::nullopt, kNow).value()->kid() == "signs");
  CHECK(set.signing_key(std::nullopt, kNow - btcw::seconds{1}).value()->kid() == "over");
  CHECK(set.signing_key("d", kNow).value()->kid() == "d");
  CHECK_FALSE(set.signing_key("verifies", kNow).has_value());
  CHECK_FALSE(set.signing_key("over", kNow).has_value());
  CHECK_FALSE(set.signing_key("x", kNow).has_value());
  CHECK(chosen(set, "signs", "HS256") == "key_refused");
  CHECK(chosen(set, "over", "HS256") == "key_expired");
  CHECK(chosen(set, "verifies", "HS256") == "verifies");
}

TEST_CASE("the library issues tokens that it verifies") {
  const KeySet keys = read(forge_jwk(R"(,"kid":"a \"quoted\" one")"));
  btcw::token::Claims claims;
  claims.set_string("sub", "webhook");
  const auto token = issue(*keys.keys().front(), claims, kNow, btcw::seconds{60});
  REQUIRE(token.has_value());
  btcw::token::Verifier verifier{keys, {}, nullptr};
  const auto decided = verifier.verify(*token, kNow);
  REQUIRE(std::holds_alternative<btcw::token::Verified>(decided));
  CHECK(std::get<btcw::token::Verified>(decided).payload ==
        R"({"sub":"webhook","iat":1800000000,"exp":1800000060})");
  CHECK(std::holds_alternative<Refusal>(verifier.verify(*token, kNow + btcw::seconds{60})));
}

TEST_CASE("no message about a key holds a part of it") {
  const std::string secret = "c2VjcmV0LXNlY3JldA";
  for (const std::string& text :
       {R"({"kty":"oct","k":")" + secret + "\"}", R"({"kty":"oct","k":")" + secret + "=\"}",
        R"({"kty":"EC","crv":"P-256","x":")" + secret + R"(","y":"AA","d":")" + secret + "\"}",
        secret, "{" + secret, R"({"kty":")" + secret + "\"}",
        R"({"kty":"oct","alg":")" + secret + "\"}"}) {
    CAPTURE(text);
    const auto keys = KeySet::read(text, {});
    REQUIRE_FALSE(keys.has_value());
    CHECK(keys.error().message.find(secret.substr(0, 8)) == std::string::npos);
  }
}
