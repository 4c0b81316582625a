#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/run_btcw.h"
#include "support/sanitizer.h"
#include "support/token_forge.h"

using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::Sandbox;
using btcw::token::Algorithm;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::filesystem::path file_with(const Sandbox& sandbox, const std::string& text, mode_t mode) {
  auto path = sandbox.write_file("key file", text);
  ::chmod(path.c_str(), mode);
  return path;
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE(
    "a key file that holds a secret and that others can read is refused with the chmod that mends "
    "it") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  for (const mode_t mode : {0644U, 0640U, 0604U, 0660U, 0620U, 0602U, 0777U}) {
    const auto path = file_with(sandbox, btcw::test::forge_jwk(), mode);
    CAPTURE(mode);
    const Outcome outcome = sandbox.run({"token", "issue", "--key", path.string()});
    CHECK(outcome.exit_code == 6);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("chmod 600 '" + path.string() + "'") != std::string::npos);
  }
  for (const mode_t mode : {0600U, 0400U}) {
    const auto path = file_with(sandbox, btcw::test::forge_jwk(), mode);
    CHECK(sandbox.run({"token", "issue", "--key", path.string()}).exit_code == 0);
    ::chmod(path.c_str(), 0600);
  }
}

TEST_CASE("a public key may be read by others, and not changed by them") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto& key = btcw::test::forge_key(Algorithm::es256);
  const std::string token = btcw::test::forge_with(key, R"({"alg":"ES256"})", "{}");
  const auto path = file_with(sandbox, btcw::test::public_jwk_of(key), 0644);
  CHECK(sandbox.run({"token", "verify", "--key", path.string(), token}).exit_code == 0);
  ::chmod(path.c_str(), 0646);
  const Outcome outcome = sandbox.run({"token", "verify", "--key", path.string(), token});
  CHECK(outcome.exit_code == 6);
  CHECK(outcome.err.find("chmod go-w") != std::string::npos);
}

TEST_CASE("a key in the arguments is refused, and never shown") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string secret = "hunter2hunter2hunter2hunter2hunter2";
  for (const std::string& key :
       {btcw::test::forge_jwk(), "raw:" + secret, secret,
        btcw::test::private_pem_of(btcw::test::forge_key(Algorithm::es256))}) {
    const Outcome outcome = sandbox.run({"token", "issue", "--key", key});
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 6);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find(key.substr(0, 20)) == std::string::npos);
    CHECK(outcome.err.find("hunter2") == std::string::npos);
    CHECK(sandbox.run({"token", "issue", "--insecure-key-arg", "--key", key}).exit_code == 0);
  }
}

TEST_CASE("a key comes from a variable or a descriptor as JWK, PEM or a bare secret") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string secret = "a secret of thirty-two bytes ok!";
  const auto& pair = btcw::test::forge_key(Algorithm::eddsa);
  for (const std::string& key : {secret, secret + "\n", "raw:" + secret, btcw::test::forge_jwk(),
                                 btcw::test::private_pem_of(pair), btcw::test::jwk_of(pair)}) {
    CAPTURE(key);
    const Outcome from_variable = sandbox.run(Invocation{
        .arguments = {"token", "issue", "--key-env", "KEY"}, .environment = {{"KEY", key}}});
    CHECK(from_variable.exit_code == 0);
    const Outcome from_descriptor =
        sandbox.run(Invocation{.arguments = {"token", "issue", "--key-fd", "0"}, .input = key});
    CHECK(from_descriptor.exit_code == 0);
  }
  CHECK(sandbox.run({"token", "issue", "--key-env", "UNSET"}).exit_code == 6);
  CHECK(sandbox.run({"token", "issue", "--key-fd", "77"}).exit_code == 6);
  CHECK(sandbox.run({"token", "issue"}).exit_code == 6);
  CHECK(sandbox.run({"token", "issue", "--key-fd", "0", "--key-env", "X"}).exit_code == 6);
}

TEST_CASE("a raw secret loses one line end when it is printable, and no byte when it is not") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string text(32, 'x');
  const std::string binary = std::string(31, '\xf0') + '\n';
  struct Case {
    std::string file;
    std::string secret;
  };
  for (const Case& row : {Case{text + "\n", text}, Case{text + "\r\n", text}, Case{text, text},
                          Case{text + "\n\n", text + "\n\n"}, Case{binary, binary}}) {
    const auto path = file_with(sandbox, row.file, 0600);
    const std::string token = btcw::test::forge(R"({"alg":"HS256"})", "{}", row.secret);
    CHECK(sandbox.run({"token", "verify", "--key", "raw:" + path.string(), token}).exit_code == 0);
  }
}

TEST_CASE("a key that is too short is taken when that is said, with a warning") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto path = file_with(sandbox, "short", 0600);
  CHECK(sandbox.run({"token", "issue", "--key", "raw:" + path.string()}).exit_code == 6);
  const Outcome outcome =
      sandbox.run({"token", "issue", "--allow-weak-key", "--key", "raw:" + path.string()});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.find("too short") != std::string::npos);
}

TEST_CASE("keygen makes keys of every algorithm that sign and verify") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  for (const Algorithm algorithm : btcw::token::all_algorithms()) {
    const std::string name{to_string(algorithm)};
    CAPTURE(name);
    const std::string file = (sandbox.root() / ("key-" + name)).string();
    REQUIRE(sandbox.run({"token", "keygen", "--alg", name, "--bits", "2048", "--out", file})
                .exit_code == 0);
    CHECK(mode_of(file) == 0600);
    const Outcome issued = sandbox.run({"token", "issue", "--key", file, "--sub", "u"});
    REQUIRE(issued.exit_code == 0);
    const Outcome verified = sandbox.run(
        Invocation{.arguments = {"token", "verify", "--key", file}, .input = issued.out});
    CHECK(verified.exit_code == 0);
    const Outcome shown = sandbox.run({"token", "jwks", "--public", "--key", file});
    if (family_of(algorithm) == btcw::token::Family::hmac) {
      CHECK(shown.exit_code == 6);
      CHECK(shown.out.empty());
      continue;
    }
    CHECK(shown.exit_code == 0);
    CHECK(shown.out.find("\"d\":") == std::string::npos);
    CHECK(shown.out.find("\"p\":") == std::string::npos);
    const auto published = file_with(sandbox, shown.out, 0644);
    CHECK(sandbox
              .run(Invocation{.arguments = {"token", "verify", "--key", published.string()},
                              .input = issued.out})
              .exit_code == 0);
    CHECK(sandbox.run({"token", "issue", "--key", published.string()}).exit_code == 6);
  }
}

TEST_CASE("keygen replaces no file unless it is told to") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string file = (sandbox.root() / "key").string();
  REQUIRE(sandbox.run({"token", "keygen", "--out", file, "--kid", "mine"}).exit_code == 0);
  const std::string first = read_file(file);
  CHECK(first.find(R"("kid":"mine")") != std::string::npos);
  const Outcome again = sandbox.run({"token", "keygen", "--out", file});
  CHECK(again.exit_code == 1);
  CHECK(again.err.find("--force") != std::string::npos);
  CHECK(read_file(file) == first);
  CHECK(sandbox.run({"token", "keygen", "--out", file, "--force"}).exit_code == 0);
  CHECK(read_file(file) != first);
  CHECK(mode_of(file) == 0600);
  CHECK(sandbox.run({"token", "keygen", "--out", "/nonexistent/key"}).exit_code == 1);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{sandbox.root()}) {
    if (entry.path().filename().string().starts_with("key")) ++files;
  }
  CHECK(files == 1);
}

TEST_CASE("a file that outgrows the limit of the session is an error, and leaves nothing") {
  if (btcw::test::kSanitized) {
    WARN("skipped: a sanitizer's runtime writes files of its own before the program begins");
    return;
  }
  const Sandbox sandbox{"/bin/sh"};
  const std::string file = (sandbox.root() / "key").string();
  const Outcome outcome = sandbox.run(
      {"-c", R"(ulimit -f 0; exec "$0" token keygen --out "$1")", BTCW_EXECUTABLE, file});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("File too large") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a key neither signs nor verifies from its not_after on") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string file = (sandbox.root() / "key").string();
  REQUIRE(sandbox.run({"token", "keygen", "--out", file, "--not-after", "@1800000000"}).exit_code ==
          0);
  const Outcome issued =
      sandbox.run({"token", "issue", "--key", file, "--now", "@1799999999", "--ttl", "1h"});
  REQUIRE(issued.exit_code == 0);
  CHECK(sandbox.run({"token", "issue", "--key", file, "--now", "@1800000000"}).exit_code == 6);
  const auto verify = [&](const char* at) {
    return sandbox
        .run(Invocation{.arguments = {"token", "verify", "--key", file, "--at", at},
                        .input = issued.out})
        .exit_code;
  };
  CHECK(verify("@1799999999") == 0);
  CHECK(verify("@1800000000") == 6);
}

TEST_CASE("the configuration names the keys, the issuer, the audience and the lifetime") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto path = file_with(sandbox, btcw::test::forge_jwk(), 0600);
  sandbox.write_config(
      "[token]\nkeys = \"" + path.string() +
      "\"\nissuer = \"us\"\naudience = [\"api\"]\nttl = \"10m\"\nleeway = \"5s\"\n");
  const Outcome issued = sandbox.run({"token", "issue", "--now", "@1800000000"});
  CAPTURE(issued.err);
  REQUIRE(issued.exit_code == 0);
  const auto verify = [&](std::vector<std::string> options) {
    std::vector<std::string> arguments{"token", "verify"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return sandbox.run(Invocation{.arguments = std::move(arguments), .input = issued.out});
  };
  CHECK(verify({"--at", "@1800000604"}).out ==
        R"({"iss":"us","aud":"api","iat":1800000000,"exp":1800000600})"
        "\n");
  CHECK(verify({"--at", "@1800000605"}).exit_code == 7);
  CHECK(verify({"--at", "@1800000604", "--aud", "web"}).exit_code == 9);
  CHECK(verify({"--at", "@1800000604", "--iss", "them"}).exit_code == 9);
  CHECK(verify({"--at", "@1800000604", "--leeway", "0s"}).exit_code == 7);
}

TEST_CASE("the configuration gives the key by a variable or a command") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const std::string secret(40, 's');
  sandbox.write_config("[token]\nkey_env = \"KEY\"\n");
  CHECK(sandbox.run(Invocation{.arguments = {"token", "issue"}, .environment = {{"KEY", secret}}})
            .exit_code == 0);
  sandbox.write_config("[token]\nkey_command = \"printf " + secret + "\"\n");
  const Outcome issued = sandbox.run({"token", "issue"});
  CAPTURE(issued.err);
  CHECK(issued.exit_code == 0);
}

TEST_CASE("a configured key file that others can read is refused with the chmod that mends it") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto path = sandbox.write_file("secret", std::string(40, 's'));
  sandbox.write_config("[token]\nkey_file = \"" + path.string() + "\"\n");
  for (const unsigned mode : {0644U, 0640U, 0604U}) {
    ::chmod(path.c_str(), mode);
    const Outcome refused = sandbox.run({"token", "issue"});
    CAPTURE(mode, refused.err);
    CHECK(refused.exit_code == 6);
    CHECK(refused.out.empty());
    CHECK(refused.err.find("chmod 600 " + path.string()) != std::string::npos);
  }
  ::chmod(path.c_str(), 0600);
  CHECK(sandbox.run({"token", "issue"}).exit_code == 0);
}

TEST_CASE("a configured public key may be read by others") {
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto& key = btcw::test::forge_key(btcw::token::Algorithm::es256);
  const auto path = sandbox.write_file("public.pem", btcw::test::public_pem_of(key));
  ::chmod(path.c_str(), 0644);
  sandbox.write_config("[token]\nkey_file = \"" + path.string() + "\"\n");
  const std::string token =
      btcw::test::forge_with(key, R"({"alg":"ES256"})", R"({"exp":1900000000})");
  const Outcome outcome = sandbox.run({"token", "verify", "--at", "@1800000000", token});
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
}
