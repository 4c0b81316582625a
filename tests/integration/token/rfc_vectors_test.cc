#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "btcw/token/key_set.h"
#include "btcw/token/signer.h"
#include "btcw/token/verifier.h"

using btcw::token::Algorithm;
using btcw::token::KeySet;
using btcw::token::PayloadKind;
using btcw::token::Refusal;
using btcw::token::Verified;
using btcw::token::Verifier;

namespace {

constexpr std::string_view kClaims =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";

struct Vector {
  std::string_view name;
  Algorithm algorithm;
  std::string jwk;
  std::string header;
  std::string payload;
  std::string signature;

  [[nodiscard]] std::string token() const { return header + '.' + payload + '.' + signature; }
};

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all{
      {"RFC 7515 A.1", Algorithm::hs256,
       R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
       "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", std::string{kClaims},
       "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
      {"RFC 7515 A.2", Algorithm::rs256,
       R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})",
       "eyJhbGciOiJSUzI1NiJ9", std::string{kClaims},
       "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
       "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS"
       "jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
       "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6I"
       "eYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
      {"RFC 7515 A.3", Algorithm::es256,
       R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})",
       "eyJhbGciOiJFUzI1NiJ9", std::string{kClaims},
       "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
      {"RFC 7515 A.4", Algorithm::es512,
       R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})",
       "eyJhbGciOiJFUzUxMiJ9", "UGF5bG9hZA",
       "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_"
       "7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_"
       "Jn"},
      {"RFC 8037 A.4", Algorithm::eddsa,
       R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"})",
       "eyJhbGciOiJFZERTQSJ9", "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
       "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
  };
  return all;
}

bool holds(const std::string& jwk, const std::string& token) {
  const auto keys = KeySet::read(jwk, {});
  REQUIRE(keys.has_value());
  Verifier verifier{*keys, {.payload = PayloadKind::anything}, nullptr};
  return std::holds_alternative<Verified>(verifier.verify(token, btcw::from_unix_ms(0)));
}

}  // namespace

TEST_CASE("the RFCs' signed examples hold") {
  for (const Vector& vector : vectors()) {
    CAPTURE(vector.name);
    CHECK(holds(vector.jwk, vector.token()));
  }
}

TEST_CASE("no byte of the RFCs' examples can be changed") {
  for (const Vector& vector : vectors()) {
    CAPTURE(vector.name);
    const std::string token = vector.token();
    // Every byte of a public-key signature would take seconds: each part's ends and middle.
    for (const std::size_t at : {std::size_t{3}, vector.header.size() + 2, token.size() / 2,
                                 token.size() - 3, token.size() - vector.signature.size()}) {
      if (token[at] == '.') continue;
      std::string changed = token;
      changed[at] = changed[at] == 'A' ? 'B' : 'A';
      CAPTURE(at);
      CHECK_FALSE(holds(vector.jwk, changed));
    }
  }
}

TEST_CASE("the RFCs' examples of deterministic algorithms are signed to the same bytes") {
  for (const Vector& vector : vectors()) {
    if (vector.algorithm != Algorithm::hs256 && vector.algorithm != Algorithm::eddsa) continue;
    CAPTURE(vector.name);
    const auto keys = KeySet::read(vector.jwk, {});
    REQUIRE(keys.has_value());
    std::string signature;
    REQUIRE(keys->keys().front()->sign(vector.header + '.' + vector.payload, signature));
    CHECK(signature == vector.signature);
  }
}

TEST_CASE("RFC 7515 A.1 as claims expired in 2011") {
  const Vector& vector = vectors().front();
  const auto keys = KeySet::read(vector.jwk, {});
  REQUIRE(keys.has_value());
  Verifier verifier{*keys, {}, nullptr};
  CHECK(std::holds_alternative<Verified>(
      verifier.verify(vector.token(), btcw::from_unix_ms(1'300'819'379'999))));
  const auto late = verifier.verify(vector.token(), btcw::from_unix_ms(1'300'819'380'000));
  REQUIRE(std::holds_alternative<Refusal>(late));
  CHECK(std::get<Refusal>(late).message == "expired at 2011-03-22T18:43:00Z");
}

TEST_CASE("the thumbprints of RFC 7638 and RFC 8037 come out") {
  const auto rsa = KeySet::read(
      R"({"kty":"RSA","e":"AQAB","alg":"RS256","kid":"2011-04-29","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"})",
      {});
  REQUIRE(rsa.has_value());
  CHECK(thumbprint(rsa->keys().front()->numbers()) ==
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  const auto okp = KeySet::read(vectors().back().jwk, {});
  REQUIRE(okp.has_value());
  CHECK(thumbprint(okp->keys().front()->numbers()) ==
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}
