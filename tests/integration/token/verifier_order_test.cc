#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <variant>

#include "btcw/token/key_set.h"
#include "btcw/token/verifier.h"
#include "support/sanitizer.h"
#include "support/token_forge.h"

using btcw::token::KeySet;
using btcw::token::Reason;
using btcw::token::Refusal;
using btcw::token::Verified;
using btcw::token::Verifier;

namespace {

const btcw::UtcTime kNow = btcw::from_unix_ms(1'800'000'000'000);

// An object of so many members that telling them apart takes its time.
std::string costly_payload() {
  std::string json = "{";
  for (int i = 0; i < (btcw::test::kSanitized ? 100'000 : 1'500'000); ++i) {
    if (i != 0) json += ',';
    json += "\"member-" + std::to_string(i) + "\":[]";
  }
  return json + '}';
}

std::chrono::duration<double> time_of(Verifier& verifier, const std::string& token,
                                      std::optional<Reason> expected) {
  const auto start = std::chrono::steady_clock::now();
  const auto decided = verifier.verify(token, kNow);
  const auto taken = std::chrono::steady_clock::now() - start;
  const auto* const refusal = std::get_if<Refusal>(&decided);
  CHECK(expected.has_value() == (refusal != nullptr));
  if (refusal != nullptr && expected) CHECK(refusal->reason == *expected);
  return taken;
}

}  // namespace

TEST_CASE("nothing of a payload is looked at before the signature holds") {
  const auto keys = KeySet::read(btcw::test::forge_jwk(), {});
  REQUIRE(keys.has_value());
  Verifier verifier{*keys, {.max_bytes = std::size_t{1} << 30U}, nullptr};
  const std::string payload = costly_payload();
  const std::string good = btcw::test::forge(R"({"alg":"HS256"})", payload);
  const std::string forged = btcw::test::forge(R"({"alg":"HS256"})", payload, std::string(32, 'a'));

  const auto reading = time_of(verifier, good, std::nullopt);
  const auto refusing = time_of(verifier, forged, Reason::bad_signature);

  CAPTURE(reading.count(), refusing.count());
  // What is left is the MAC, at more than a gigabyte a second.
  CHECK(refusing * 5 < reading);
}

TEST_CASE("a token that is too large is refused before any of it is read") {
  const auto keys = KeySet::read(btcw::test::forge_jwk(), {});
  REQUIRE(keys.has_value());
  Verifier verifier{*keys, {}, nullptr};
  const std::string huge(std::size_t{1} << 28U, '.');
  CHECK(time_of(verifier, huge, Reason::too_large) < std::chrono::milliseconds{50});
}

TEST_CASE("what a verifier saw before does not change what it says") {
  const auto keys = KeySet::read(btcw::test::forge_jwk(), {});
  REQUIRE(keys.has_value());
  Verifier verifier{*keys, {}, nullptr};
  const std::string good = btcw::test::forge(R"({"alg":"HS256"})", R"({"sub":"u"})");
  const std::string same_header =
      btcw::test::forge(R"({"alg":"HS256"})", R"({"sub":"admin"})", std::string(32, 'a'));
  const std::string bad_header = btcw::test::forge(R"({"alg":"none"})", "{}");
  for (int i = 0; i < 3; ++i) {
    time_of(verifier, good, std::nullopt);
    time_of(verifier, same_header, Reason::bad_signature);
    time_of(verifier, bad_header, Reason::alg_none);
    time_of(verifier, bad_header, Reason::alg_none);
    time_of(verifier, good + "AA", Reason::bad_base64);
  }
  const auto decided = verifier.verify(good, kNow);
  REQUIRE(std::holds_alternative<Verified>(decided));
  CHECK(std::get<Verified>(decided).payload == R"({"sub":"u"})");
  CHECK(std::get<Verified>(decided).header == R"({"alg":"HS256"})");
}
