#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "support/hostile_tokens.h"
#include "support/run_btcw.h"
#include "support/token_forge.h"

using btcw::test::HostileToken;
using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::Sandbox;

namespace {

Outcome verify(const Sandbox& sandbox, const HostileToken& row) {
  std::string key = row.key;
  if (key.empty() && row.exit_code != 6) key = btcw::test::forge_jwk();
  const bool is_raw = key.starts_with("raw:");
  const auto file = sandbox.write_file("key", is_raw ? key.substr(4) : key);
  ::chmod(file.c_str(), 0600);
  Invocation invocation{
      .arguments = {"token", "verify", "--json", "--now", std::to_string(btcw::test::kForgeNow),
                    "--key", (is_raw ? "raw:" : "") + file.string()},
      .input = row.token};
  for (const std::string& option : row.options) invocation.arguments.push_back(option);
  return sandbox.run(invocation);
}

void check_all(const std::vector<HostileToken>& rows, std::size_t least) {
  CHECK(rows.size() >= least);
  const Sandbox sandbox{BTCW_EXECUTABLE};
  for (const HostileToken& row : rows) {
    CAPTURE(row.why, row.token.substr(0, 200), row.key.substr(0, 200));
    const Outcome outcome = verify(sandbox, row);
    CHECK(outcome.exit_code == row.exit_code);
    CHECK(outcome.out.find("{\"valid\":false,\"reason\":\"" + row.reason + "\",\"message\":\"") ==
          0);
    CHECK(outcome.out.find('\n') == outcome.out.size() - 1);
    CHECK(outcome.out.find(btcw::test::kForgeSecret.substr(0, 16)) == std::string::npos);
  }
}

}  // namespace

TEST_CASE("a token of a hostile form does not get through") {
  check_all(btcw::test::hostile_forms(), 50);
}

TEST_CASE("a token with a hostile header does not get through") {
  check_all(btcw::test::hostile_headers(), 65);
}

TEST_CASE("no token gets through with a key that is not fit for it") {
  check_all(btcw::test::hostile_keys(), 95);
}

TEST_CASE("a token with a hostile signature does not get through") {
  check_all(btcw::test::hostile_signatures(), 60);
}

TEST_CASE("a token with a hostile payload does not get through") {
  check_all(btcw::test::hostile_payloads(), 70);
}

TEST_CASE("a token whose claims do not hold does not get through") {
  check_all(btcw::test::hostile_claims(), 38);
}

TEST_CASE("the tokens that the hostile ones are made of do get through") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  using btcw::token::Algorithm;
  const HostileToken good{
      .why = "HS256",
      .token = btcw::test::forge(btcw::test::kPlainHeader, btcw::test::kPlainClaims),
      .exit_code = 0,
      .reason = ""};
  CHECK(verify(sandbox, good).out ==
        R"({"valid":true,"alg":"HS256","claims":{"sub":"u","iat":1800000000,"exp":1800003600}})"
        "\n");
  for (const Algorithm algorithm : {Algorithm::rs256, Algorithm::ps256, Algorithm::es256,
                                    Algorithm::es384, Algorithm::es512, Algorithm::eddsa}) {
    const auto& key = btcw::test::forge_key(algorithm);
    const std::string header = R"({"alg":")" + std::string{to_string(algorithm)} + "\"}";
    const HostileToken row{.why = header,
                           .token = btcw::test::forge_with(key, header, btcw::test::kPlainClaims),
                           .exit_code = 0,
                           .reason = "",
                           .key = btcw::test::public_jwk_of(key)};
    CAPTURE(header);
    CHECK(verify(sandbox, row).exit_code == 0);
  }
}
