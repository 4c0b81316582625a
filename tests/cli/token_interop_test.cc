// Other people's implementations: PyJWT and the openssl command. Where one is absent the test says
// so and passes.
#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/token/base64url.h"
#include "support/run_btcw.h"
#include "support/token_forge.h"

using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::Sandbox;
using btcw::token::Algorithm;
using btcw::token::to_base64url;

namespace {

constexpr const char* kPython = "/usr/bin/python3";
constexpr const char* kOpenssl = "/usr/bin/openssl";

Outcome run_program(const char* program, std::vector<std::string> arguments,
                    std::string input = "") {
  const Sandbox sandbox{program};
  return sandbox.run({.arguments = std::move(arguments), .input = std::move(input)});
}

bool has_pyjwt() {
  return std::filesystem::exists(kPython) &&
         run_program(kPython, {"-c", "import jwt, cryptography"}).exit_code == 0;
}

std::filesystem::path private_file(const Sandbox& sandbox, const std::string& name,
                                   std::string_view text) {
  auto path = sandbox.write_file(name, text);
  ::chmod(path.c_str(), 0600);
  return path;
}

std::string line_of(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

struct Material {
  std::string signing;    // of PyJWT: PEM, or the secret
  std::string verifying;  // likewise
  std::string file;       // of ours
};

Material material_for(Algorithm algorithm) {
  if (family_of(algorithm) == btcw::token::Family::hmac) {
    const std::string secret{btcw::test::kForgeSecret};
    return {secret, secret,
            btcw::test::forge_jwk(",\"alg\":\"" + std::string{to_string(algorithm)} + '"')};
  }
  const auto& key = btcw::test::forge_key(algorithm);
  return {btcw::test::private_pem_of(key), btcw::test::public_pem_of(key), btcw::test::jwk_of(key)};
}

// The Python here is written for this test.
constexpr const char* kEncode =
    "import jwt,sys,json\n"
    "key,alg,claims=sys.argv[1:4]\n"
    "print(jwt.encode(json.loads(claims),key,algorithm=alg))\n";
constexpr const char* kDecode =
    "import jwt,sys,json\n"
    "key,alg,token=sys.argv[1:4]\n"
    "print(json.dumps(jwt.decode(token,key,algorithms=[alg],audience='api',issuer='us'),"
    "sort_keys=True))\n";

}  // namespace

TEST_CASE("what btcw issues PyJWT verifies, and the other way round, for every algorithm") {
  if (!has_pyjwt()) {
    WARN("skipped: python3-jwt or python3-cryptography is absent");
    return;
  }
  const Sandbox sandbox{BTCW_EXECUTABLE};
  for (const Algorithm algorithm : btcw::token::all_algorithms()) {
    const std::string name{to_string(algorithm)};
    CAPTURE(name);
    const Material material = material_for(algorithm);
    const std::string key = private_file(sandbox, "key.json", material.file).string();

    const Outcome issued =
        sandbox.run({"token", "issue", "--key", key, "--sub", "u", "--iss", "us", "--aud", "api",
                     "--claim", "n:=1.5", "--claim", "é=\xe2\x82\xac"});
    REQUIRE(issued.exit_code == 0);
    const Outcome decoded =
        run_program(kPython, {"-c", kDecode, material.verifying, name, line_of(issued.out)});
    CAPTURE(decoded.err);
    CHECK(decoded.exit_code == 0);
    CHECK(decoded.out.find(R"("sub": "u")") != std::string::npos);
    CHECK(decoded.out.find(R"("n": 1.5)") != std::string::npos);

    const Outcome encoded = run_program(
        kPython, {"-c", kEncode, material.signing, name,
                  R"({"sub":"v","aud":["api","web"],"exp":4000000000,"x":{"y":[1,"é"]}})"});
    REQUIRE(encoded.exit_code == 0);
    const Outcome verified =
        sandbox.run({"token", "verify", "--key", key, "--aud", "web", line_of(encoded.out)});
    CAPTURE(verified.err);
    CHECK(verified.exit_code == 0);
    CHECK(verified.out.find(R"("sub":"v")") != std::string::npos);
  }
}

TEST_CASE("a token in Freqtrade's form goes both ways through PyJWT") {
  if (!has_pyjwt()) {
    WARN("skipped: python3-jwt or python3-cryptography is absent");
    return;
  }
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string secret{btcw::test::kForgeSecret};
  const Invocation issue{
      .arguments = {"token", "issue", "--profile", "freqtrade", "--sub", "bot", "--key-env", "KEY"},
      .environment = {{"KEY", secret}}};
  const Outcome issued = sandbox.run(issue);
  REQUIRE(issued.exit_code == 0);
  const Outcome decoded = run_program(
      kPython, {"-c",
                "import jwt,sys\n"
                "p=jwt.decode(sys.argv[2],sys.argv[1],algorithms=['HS256'])\n"
                "print(p['identity'].get('u'),p.get('type'),p['exp']-p['iat'],list(p))\n",
                secret, line_of(issued.out)});
  CHECK(decoded.out == "bot access 900 ['identity', 'exp', 'iat', 'type']\n");
  const Outcome encoded = run_program(
      kPython, {"-c", kEncode, secret, "HS256",
                R"({"identity":{"u":"bot"},"exp":4000000000,"iat":1700000000,"type":"access"})"});
  const Invocation verify{.arguments = {"token", "verify", "--profile", "freqtrade", "--sub", "bot",
                                        "--key-env", "KEY", line_of(encoded.out)},
                          .environment = {{"KEY", secret}}};
  CHECK(sandbox.run(verify).exit_code == 0);
}

TEST_CASE("what the openssl command signs btcw verifies") {
  if (!std::filesystem::exists(kOpenssl)) {
    WARN("skipped: the openssl command is absent");
    return;
  }
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Sandbox openssl{kOpenssl};
  struct Case {
    Algorithm algorithm;
    std::vector<std::string> make_key;
    std::vector<std::string> sign;
  };
  const std::vector<Case> cases{
      {Algorithm::rs256,
       {"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
       {"dgst", "-sha256"}},
      {Algorithm::rs512,
       {"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
       {"dgst", "-sha512"}},
      {Algorithm::ps256,
       {"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
       {"dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"}},
      {Algorithm::eddsa, {"genpkey", "-algorithm", "ED25519"}, {}},
  };
  for (const Case& row : cases) {
    const std::string name{to_string(row.algorithm)};
    CAPTURE(name);
    const Outcome pem = openssl.run(row.make_key);
    REQUIRE(pem.exit_code == 0);
    const std::string key = private_file(openssl, "key.pem", pem.out).string();
    const std::string text = to_base64url(R"({"alg":")" + name + "\"}") + '.' + to_base64url("{}");
    const std::string data = openssl.write_file("data", text).string();
    const std::string signature_file = (openssl.root() / "signature").string();
    std::vector<std::string> sign = row.sign;
    if (sign.empty()) {
      sign = {"pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", data, "-out", signature_file};
    } else {
      for (const char* const word :
           {"-sign", key.c_str(), "-out", signature_file.c_str(), data.c_str()}) {
        sign.emplace_back(word);
      }
    }
    REQUIRE(openssl.run(sign).exit_code == 0);
    std::string signature(1024, '\0');
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{
        std::fopen(signature_file.c_str(), "rb"), &std::fclose};
    signature.resize(std::fread(signature.data(), 1, signature.size(), file.get()));

    const std::string token = text + '.' + to_base64url(signature);
    const Outcome verified = sandbox.run({"token", "verify", "--alg", name, "--key", key, token});

    CAPTURE(verified.err);
    CHECK(verified.exit_code == 0);
    CHECK(verified.out == "{}\n");
  }
}

TEST_CASE("what btcw signs the openssl command verifies") {
  if (!std::filesystem::exists(kOpenssl)) {
    WARN("skipped: the openssl command is absent");
    return;
  }
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const Sandbox openssl{kOpenssl};
  for (const auto& [algorithm, digest] : {std::pair{Algorithm::rs256, "-sha256"},
                                          {Algorithm::rs384, "-sha384"},
                                          {Algorithm::es256, "-sha256"},
                                          {Algorithm::es512, "-sha512"}}) {
    const std::string name{to_string(algorithm)};
    CAPTURE(name);
    const auto& key = btcw::test::forge_key(algorithm);
    const std::string jwk = private_file(sandbox, "key.json", btcw::test::jwk_of(key)).string();
    const std::string token = line_of(sandbox.run({"token", "issue", "--key", jwk}).out);
    const std::size_t dot = token.rfind('.');
    std::string signature = *btcw::token::from_base64url(token.substr(dot + 1));
    if (family_of(algorithm) == btcw::token::Family::ecdsa) {
      // DER, which openssl wants: two integers without leading zeros.
      std::string body;
      for (const bool second : {false, true}) {
        std::string number =
            signature.substr(second ? signature.size() / 2 : 0, signature.size() / 2);
        number.erase(0, std::min(number.find_first_not_of('\0'), number.size() - 1));
        if ((static_cast<unsigned char>(number.front()) & 0x80U) != 0) number.insert(0, 1, '\0');
        body += '\x02';
        body += static_cast<char>(number.size());
        body += number;
      }
      signature = std::string{'\x30'} + (body.size() > 127 ? "\x81" : "") +
                  static_cast<char>(body.size()) + body;
    }
    const std::string pem =
        openssl.write_file("public.pem", btcw::test::public_pem_of(key)).string();
    const std::string data = openssl.write_file("data", token.substr(0, dot)).string();
    const std::string sig = openssl.write_file("sig", signature).string();
    CHECK(openssl.run({"dgst", digest, "-verify", pem, "-signature", sig, data}).out ==
          "Verified OK\n");
  }
}
