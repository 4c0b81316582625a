#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/run_btcw.h"
#include "support/token_forge.h"

using btcw::test::forge;
using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::Sandbox;

namespace {

class Verifying {
 public:
  Verifying() {
    key_ = sandbox_.write_file("key.json", btcw::test::forge_jwk());
    ::chmod(key_.c_str(), 0600);
  }
  [[nodiscard]] const Sandbox& sandbox() const { return sandbox_; }
  [[nodiscard]] std::string key() const { return key_.string(); }

  [[nodiscard]] Outcome run(const std::string& verb, std::vector<std::string> options,
                            std::string input = "") const {
    std::vector<std::string> arguments{"token", verb, "--key", key(), "--now", "@1800000000"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return sandbox_.run({.arguments = std::move(arguments), .input = std::move(input)});
  }

 private:
  Sandbox sandbox_{BTCW_EXECUTABLE};
  std::filesystem::path key_;
};

std::string claims_token(std::string_view claims) {
  return forge(btcw::test::kPlainHeader, claims);
}

}  // namespace

TEST_CASE("token verify accepts what the options ask for") {
  const Verifying verifying;
  struct Case {
    std::string claims;
    std::vector<std::string> options;
  };
  const std::vector<Case> cases{
      {"{}", {}},
      {R"({"exp":1800000001})", {}},
      {R"({"exp":1800000000.001})", {}},
      {R"({"exp":1.8000036e9})", {}},
      {R"({"exp":1799999971})", {"--leeway", "30s"}},
      {R"({"nbf":1800000000})", {}},
      {R"({"nbf":1800000030})", {"--leeway", "30s"}},
      {R"({"iat":1800000000})", {}},
      {R"({"iat":1799996400})", {"--max-age", "1h"}},
      {R"({"exp":1799999999})", {"--at", "@1799999998"}},
      {R"({"exp":1799999999})", {"--at=-2s"}},
      {R"({"aud":"a"})", {"--aud", "a"}},
      {R"({"aud":"a"})", {"--aud", "b", "--aud", "a"}},
      {R"({"aud":["b","a"]})", {"--aud", "a"}},
      {R"({"aud":"\u0061"})", {"--aud", "a"}},
      {R"({"aud":"a"})", {"--any-aud"}},
      {R"({"iss":"a"})", {"--iss", "b", "--iss", "a"}},
      {R"({"sub":"a"})", {"--sub", "a"}},
      {R"({"scope":"x y z"})", {"--scope", "z x"}},
      {R"({"scope":["x","y"]})", {"--scope", "y", "--scope", "x"}},
      {R"({"scp":["x y"]})", {"--scope", "y"}},
      {R"({"a":null})", {"--require", "a"}},
      {R"({"type":"access"})", {"--require", "type=access"}},
      {R"({"o":{ "x" : [1] }})", {"--require", "o:={\"x\":[1]}"}},
      {R"({"n":5})", {"--require", "n:=5"}},
      {R"({"identity":{"u":"a"},"type":"access"})", {"--profile", "freqtrade", "--sub", "a"}},
      {"{}", {"--typ", "jwt"}},
      {"{}", {"--typ", "application/JWT"}},
      {R"({"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]})", {}},
  };
  for (const Case& row : cases) {
    CAPTURE(row.claims, row.options);
    std::vector<std::string> options = row.options;
    options.push_back(claims_token(row.claims));
    const Outcome outcome = verifying.run("verify", options);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("token verify prints the claims as one line of JSON") {
  const Verifying verifying;
  const std::string token = claims_token("{ \"a\" : \"b c\",\n \"exp\" : 1800003600 }");
  CHECK(verifying.run("verify", {token}).out == "{\"a\":\"b c\",\"exp\":1800003600}\n");
  CHECK(verifying.run("verify", {}, "  " + token + "\r\n").out ==
        "{\"a\":\"b c\",\"exp\":1800003600}\n");
  CHECK(verifying.run("verify", {"-"}, token).exit_code == 0);
  CHECK(verifying.run("verify", {"--json", token}).out ==
        "{\"valid\":true,\"alg\":\"HS256\",\"claims\":{\"a\":\"b c\",\"exp\":1800003600}}\n");
}

TEST_CASE("token verify says in one line on stderr why it refuses") {
  const Verifying verifying;
  const Outcome outcome = verifying.run("verify", {claims_token(R"({"exp":1})")});
  CHECK(outcome.exit_code == 7);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "btcw: expired at 1970-01-01T00:00:01Z\n");
}

TEST_CASE("token verify --jws checks the signature and hands on any payload, byte for byte") {
  const Verifying verifying;
  const std::string payload = std::string{"\0\xff{\"exp\":1}", 12};
  const std::string token = claims_token(payload);
  CHECK(verifying.run("verify", {"--jws", token}).out == payload);
  CHECK(verifying.run("verify", {"--jws", claims_token("")}).exit_code == 0);
  CHECK(verifying.run("verify", {"--jws", token + "A"}).exit_code == 1);
  CHECK(verifying.run("verify", {"--jws", "--json", claims_token("{}")}).out ==
        "{\"valid\":true,\"alg\":\"HS256\",\"payload_base64url\":\"e30\"}\n");
}

TEST_CASE("token verify --ndjson gives a result a line, in the order of the tokens") {
  const Verifying verifying;
  const std::string good = claims_token(R"({"n":1})");
  const std::string input = good + "\n\"" + claims_token(R"({"n":2})") + "\"\r\n\nnonsense\n" +
                            std::string(20000, 'A') + "\n" + claims_token(R"({"exp":1})") + "\n" +
                            claims_token(R"({"n":3})");
  const Outcome outcome = verifying.run("verify", {"--ndjson"}, input);
  CHECK(outcome.exit_code == 3);
  CHECK(
      outcome.out ==
      "{\"valid\":true,\"alg\":\"HS256\",\"claims\":{\"n\":1}}\n"
      "{\"valid\":true,\"alg\":\"HS256\",\"claims\":{\"n\":2}}\n"
      "{\"valid\":false,\"reason\":\"not_three_parts\",\"message\":\"not a token: it has not three "
      "parts with a dot between them\"}\n"
      "{\"valid\":false,\"reason\":\"too_large\",\"message\":\"a token of more than "
      "8192 bytes\"}\n"
      "{\"valid\":false,\"reason\":\"expired\",\"message\":\"expired at 1970-01-01T00:00:01Z\"}\n"
      "{\"valid\":true,\"alg\":\"HS256\",\"claims\":{\"n\":3}}\n");
  CHECK(verifying.run("verify", {"--ndjson"}, good).exit_code == 0);
  CHECK(verifying.run("verify", {"--ndjson"}, "x\n").exit_code == 1);
  CHECK(verifying.run("verify", {"--ndjson"}, "").exit_code == 0);
}

TEST_CASE("token verify --ndjson answers each line as it comes") {
  const Verifying verifying;
  // A pipe that stays open: the answer must not wait for more.
  const Sandbox shell{"/bin/sh"};
  auto program = shell.start(
      {.arguments = {"-c", "(echo \"$T\"; sleep 20) | \"$B\" token verify --ndjson --key \"$K\""},
       .environment = {{"B", BTCW_EXECUTABLE}, {"K", verifying.key()}, {"T", claims_token("{}")}}});
  CHECK(program.wait_for_out("{\"valid\":true", btcw::seconds{10}));
}

TEST_CASE("token verify refuses options that make no sense with exit code 2") {
  const Verifying verifying;
  for (const std::vector<std::string>& options : {std::vector<std::string>{"--leeway", "301s"},
                                                  {"--leeway", "x"},
                                                  {"--max-age", "x"},
                                                  {"--require", "a:=x"},
                                                  {"--at", "x"},
                                                  {"--alg", "none"},
                                                  {"a.b.c", "d.e.f"}}) {
    CAPTURE(options);
    CHECK(verifying.run("verify", options).exit_code == 2);
  }
}

TEST_CASE("token inspect shows what a token says and that nobody checked it") {
  const Verifying verifying;
  const auto inspect = [&](std::vector<std::string> options, std::string input = "") {
    std::vector<std::string> arguments{"token", "inspect", "--now", "@1800000000"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return verifying.sandbox().run({.arguments = std::move(arguments), .input = std::move(input)});
  };
  const std::string token =
      forge(R"({"alg":"none"})",
            "{\"sub\":\"\\u001b[2J\xc2\x9b\",\"exp\":1800003600,\"iat\":1799999990}");
  const Outcome text = inspect({token});
  CHECK(text.exit_code == 0);
  CHECK(text.out.find("NOT VERIFIED") == 0);
  CHECK(text.out.find("exp: 1800003600  (2027-01-15T09:00:00Z, in 1h)") != std::string::npos);
  CHECK(text.out.find("iat: 1799999990  (2027-01-15T07:59:50Z, 10s ago)") != std::string::npos);
  CHECK(text.out.find('\x1b') == std::string::npos);
  const Outcome json = inspect({"--json"}, token + "\n");
  CHECK(json.out.find(R"({"verified":false,"header":{"alg":"none"},"claims":{"sub":)") == 0);
  CHECK(json.out.find(R"("times":{"exp":"2027-01-15T09:00:00Z","iat":"2027-01-15T07:59:50Z"}})") !=
        std::string::npos);
  CHECK(inspect({"nonsense"}).exit_code == 1);
  CHECK(inspect({"--json", "a.b"}).out.find(R"({"valid":false,"reason":"not_three_parts")") == 0);
  CHECK(inspect({forge("[]", "x")}).out.find("not a strict JSON object") != std::string::npos);
}

TEST_CASE("a revoked token is refused by every verifier until it expires") {
  const Verifying verifying;
  const std::string token = claims_token(R"({"jti":"id-1","exp":1800003600})");
  CHECK(verifying.run("verify", {token}).exit_code == 0);
  CHECK(verifying.run("revoke", {token}).exit_code == 0);
  const Outcome refused = verifying.run("verify", {"--json", token});
  CHECK(refused.exit_code == 10);
  CHECK(refused.out ==
        "{\"valid\":false,\"reason\":\"revoked\",\"message\":\"the token \\\"id-1\\\" is "
        "revoked\"}\n");
  CHECK(verifying.run("verify", {claims_token(R"({"jti":"id-2"})")}).exit_code == 0);
  CHECK(verifying.run("verify", {"--ndjson"}, token).out.find("revoked") != std::string::npos);

  const auto revoked = [&](std::vector<std::string> options) {
    std::vector<std::string> arguments{"token", "revoked", "--now", "@1800000000"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return verifying.sandbox().run(arguments);
  };
  CHECK(revoked({"--list"}).out == "2027-01-15T08:00:00Z\t2027-01-15T09:00:00Z\tid-1\n");
  CHECK(revoked({"--json"}).out ==
        R"([{"jti":"id-1","until":"2027-01-15T09:00:00Z","revoked_at":"2027-01-15T08:00:00Z"}])"
        "\n");
  CHECK(revoked({"--prune"}).exit_code == 0);
  CHECK(revoked({}).out.find("id-1") != std::string::npos);
  CHECK(revoked({"--prune", "--json", "--now", "@1800003901"}).out == "{\"pruned\":1}\n");
  CHECK(revoked({}).out.empty());
  CHECK(revoked({"--list", "--prune"}).exit_code == 2);
}

TEST_CASE("token revoke takes identities, several on stdin, and believes only signed tokens") {
  const Verifying verifying;
  CHECK(verifying.run("revoke", {"a.b.c"}).exit_code == 0);
  CHECK(verifying.run("revoke", {"-"}, "one\ntwo\r\n\nthree").exit_code == 0);
  CHECK(verifying.run("revoke", {"--json"}, "x\ny\n").out == "{\"revoked\":2}\n");
  for (const char* const id : {"a.b.c", "one", "two", "three", "x"}) {
    CAPTURE(id);
    CHECK(verifying.run("verify", {claims_token(R"({"jti":")" + std::string{id} + "\"}")})
              .exit_code == 10);
  }
  const std::string foreign =
      forge(btcw::test::kPlainHeader, R"({"jti":"victim"})", std::string(32, 'a'));
  CHECK(verifying.run("revoke", {foreign}).exit_code == 1);
  CHECK(verifying.run("verify", {claims_token(R"({"jti":"victim"})")}).exit_code == 0);
  CHECK(verifying.run("revoke", {claims_token("{}")}).exit_code == 9);
  CHECK(verifying.run("revoke", {std::string(600, 'x')}).exit_code == 2);
  CHECK(verifying.run("revoke", {claims_token(R"({"jti":"over","exp":1})")}).exit_code == 0);
}

TEST_CASE("a verifier that cannot read the revocations refuses every token that has an identity") {
  const Verifying verifying;
  const std::string token = claims_token(R"({"jti":"id-1"})");
  const auto damaged =
      verifying.sandbox().write_file("revoked", "nonsense\n" + std::string(80, 'x'));
  const Outcome outcome =
      verifying.run("verify", {"--json", "--revocations", damaged.string(), token});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out.find("\"reason\":\"revocations_unusable\"") != std::string::npos);
  CHECK(verifying.run("verify", {"--revocations", verifying.sandbox().root().string(), token})
            .exit_code == 1);
  CHECK(verifying.run("revoke", {"--revocations", damaged.string(), "x"}).exit_code == 1);
  CHECK(
      verifying.run("verify", {"--revocations", damaged.string(), claims_token("{}")}).exit_code ==
      0);
}

TEST_CASE("the revocation file may be named without a folder, and lie in anybody's folder") {
  const Verifying verifying;
  const Sandbox shell{"/bin/sh"};
  const std::string token = claims_token(R"({"jti":"a"})");
  const Outcome outcome = shell.run(
      Invocation{.arguments = {"-c",
                               "cd \"$D\" && \"$B\" token revoke --revocations r a && "
                               "\"$B\" token verify --key \"$K\" --revocations r \"$T\"; echo $?"},
                 .environment = {{"B", BTCW_EXECUTABLE},
                                 {"D", shell.root().string()},
                                 {"K", verifying.key()},
                                 {"T", token}}});
  CAPTURE(outcome.err);
  CHECK(outcome.out == "10\n");
}
