#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/token/base64url.h"
#include "support/run_btcw.h"
#include "support/token_forge.h"

using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::Sandbox;

namespace {

constexpr const char* kNow = "@1800000000";

class Issuing {
 public:
  Issuing() {
    key_ = sandbox_.write_file("key.json", btcw::test::forge_jwk());
    ::chmod(key_.c_str(), 0600);
  }

  [[nodiscard]] const Sandbox& sandbox() const { return sandbox_; }
  [[nodiscard]] std::string key() const { return key_.string(); }

  [[nodiscard]] Outcome issue(std::vector<std::string> options, std::string input = "") const {
    return issue_with(key(), std::move(options), std::move(input));
  }

  [[nodiscard]] Outcome issue_with(std::string key_file, std::vector<std::string> options,
                                   std::string input = "") const {
    std::vector<std::string> arguments{"token", "issue", "--key", std::move(key_file),
                                       "--now", kNow};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return sandbox_.run({.arguments = std::move(arguments), .input = std::move(input)});
  }

  /// The payload of the token that comes of the options; the error, where there is one.
  [[nodiscard]] std::string payload(std::vector<std::string> options,
                                    std::string input = "") const {
    const Outcome outcome = issue(std::move(options), std::move(input));
    if (outcome.exit_code != 0) return outcome.err;
    const std::size_t first = outcome.out.find('.');
    const std::size_t second = outcome.out.find('.', first + 1);
    return *btcw::token::from_base64url(
        std::string_view{outcome.out}.substr(first + 1, second - first - 1));
  }

 private:
  Sandbox sandbox_{BTCW_EXECUTABLE};
  std::filesystem::path key_;
};

}  // namespace

TEST_CASE("token issue writes the claims that were asked for, in that order") {
  const Issuing issuing;
  const std::string times = R"("iat":1800000000,"exp":1800086400})";
  struct Case {
    std::vector<std::string> options;
    std::string payload;
  };
  const std::vector<Case> cases{
      {{}, "{" + times},
      {{"--sub", "u"}, R"({"sub":"u",)" + times},
      {{"--iss", "i", "--sub", "u", "--aud", "a"}, R"({"sub":"u","iss":"i","aud":"a",)" + times},
      {{"--aud", "a", "--aud", "b"}, R"({"aud":["a","b"],)" + times},
      {{"--scope", "a b", "--scope", "c"}, R"({"scope":"a b c",)" + times},
      {{"--claim", "z=1", "--claim", "a:=1", "--claim", "t:=true", "--claim",
        "o:={ \"x\" : [1, null] }"},
       R"({"z":"1","a":1,"t":true,"o":{"x":[1,null]},)" + times},
      {{"--claim", "k==v"}, R"({"k":"=v",)" + times},
      {{"--claim", "k="}, R"({"k":"",)" + times},
      {{"--claim", "k=a:=b"}, R"({"k":"a:=b",)" + times},
      {{"--claim", "q=\"\\\n"}, R"({"q":"\"\\\u000a",)" + times},
      {{"--ttl", "30m"}, R"({"iat":1800000000,"exp":1800001800})"},
      {{"--ttl", "1h30m"}, R"({"iat":1800000000,"exp":1800005400})"},
      {{"--exp", "@1900000000"}, R"({"iat":1800000000,"exp":1900000000})"},
      {{"--exp", "1900000000"}, R"({"iat":1800000000,"exp":1900000000})"},
      {{"--exp", "2027-01-15T08:00:01Z"}, R"({"iat":1800000000,"exp":1800000001})"},
      {{"--exp", "2027-01-15T10:00:01+02:00"}, R"({"iat":1800000000,"exp":1800000001})"},
      {{"--exp", "10m"}, R"({"iat":1800000000,"exp":1800000600})"},
      {{"--exp", "+10m"}, R"({"iat":1800000000,"exp":1800000600})"},
      {{"--exp=-10m"}, R"({"iat":1800000000,"exp":1799999400})"},
      {{"--nbf", "1h"}, R"({"nbf":1800003600,"iat":1800000000,"exp":1800086400})"},
      {{"--jti", "id-1"}, R"({"jti":"id-1",)" + times},
      {{"--claim", "exp:=1850000000.5"}, R"({"exp":1850000000.5,"iat":1800000000})"},
      {{"--claim", "iat:=1700000000"}, R"({"iat":1700000000,"exp":1800086400})"},
      {{"--profile", "freqtrade", "--sub", "bot"},
       R"({"identity":{"u":"bot"},"exp":1800000900,"iat":1800000000,"type":"access"})"},
      {{"--profile", "freqtrade", "--sub", "bot", "--claim", "type=refresh"},
       R"({"identity":{"u":"bot"},"type":"refresh","exp":1802592000,"iat":1800000000})"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.options);
    CHECK(issuing.payload(row.options) == row.payload);
  }
}

TEST_CASE("token issue takes claims from a file or stdin, keeps their order and lets options win") {
  const Issuing issuing;
  const std::string claims = R"({ "z" : 1, "sub":"file", "list":[ 1, 2 ], "aud":["x"] })";
  const std::string file = issuing.sandbox().write_file("claims.json", claims).string();
  const std::string read =
      R"({"z":1,"sub":"file","list":[1,2],"aud":["x"],"iat":1800000000,"exp":1800086400})";
  CHECK(issuing.payload({"--claims", file}) == read);
  CHECK(issuing.payload({"--claims", "-"}, claims) == read);
  CHECK(issuing.payload({"--claims", file, "--sub", "option", "--claim", "z:=2"}) ==
        R"({"z":2,"sub":"option","list":[1,2],"aud":["x"],"iat":1800000000,"exp":1800086400})");
  CHECK(issuing.payload({"--claims", "-", "--ttl", "1m"}, R"({"exp":1,"iat":1})") ==
        R"({"exp":1800000060,"iat":1})");
}

TEST_CASE("token issue refuses what no verifier would take, with exit code 2") {
  const Issuing issuing;
  struct Case {
    std::vector<std::string> options;
    std::string message;
    std::string input = "";
  };
  const std::vector<Case> cases{
      {{"--claim", "novalue"}, "expected NAME=TEXT or NAME:=JSON"},
      {{"--claim", "=x"}, "expected NAME=TEXT or NAME:=JSON"},
      {{"--claim", ":=1"}, "expected NAME=TEXT or NAME:=JSON"},
      {{"--claim", "a:="}, "not a value"},
      {{"--claim", "a:=nope"}, "not a value"},
      {{"--claim", "a:={\"b\":1,\"b\":2}"}, "a member stands twice"},
      {{"--claim", "a:=1e400"}, "a number out of range"},
      {{"--claim", "a=1", "--claim", "a=2"}, "is given twice"},
      {{"--claim", "sub=x", "--sub", "y"}, "'sub' has an option too"},
      {{"--claim", "exp:=1", "--ttl", "1h"}, "'exp' has an option too"},
      {{"--claim", "a=\xff"}, "not UTF-8"},
      {{"--sub", "\xff"}, "not UTF-8"},
      {{"--claim", "sub:=1"}, "claim 'sub' is not a string"},
      {{"--claim", "exp=tomorrow"}, "claim 'exp' is not a time"},
      {{"--claim", "aud:=1"}, "claim 'aud' is neither"},
      {{"--claims", "-"}, "--claims", "[]"},
      {{"--claims", "-"}, "--claims", "{\"a\":1,\"\\u0061\":2}"},
      {{"--claims", "-"}, "--claims", "{} x"},
      {{"--claims", "-"}, "--claims", ""},
      {{"--ttl", "0s"}, "at least 1s"},
      {{"--ttl", "soon"}, "not a duration"},
      {{"--exp", "soon"}, "not a time"},
      {{"--ttl", "1h", "--exp", "2h"}, "exclude each other"},
      {{"--alg", "none"}, "none of HS256"},
      {{"--alg", "hs256"}, "none of HS256"},
      {{"--profile", "freqtrade"}, "needs --sub"},
      {{"--profile", "other"}, "none of"},
      {{"--claim", "long=" + std::string(9000, 'x')}, "no verifier would take"},
      {{"--unknown"}, "--unknown"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.options);
    const Outcome outcome = issuing.issue(row.options, row.input);
    CAPTURE(outcome.err, outcome.out);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find(row.message) != std::string::npos);
  }
}

TEST_CASE("a claims file that is not there fails with its name") {
  const Issuing issuing;
  const Outcome outcome = issuing.issue({"--claims", "/nonexistent/claims"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("/nonexistent/claims") != std::string::npos);
}

TEST_CASE("the header carries the algorithm, the type and the kid of the key") {
  const Issuing issuing;
  const auto set = issuing.sandbox().write_file(
      "set.json", "{\"keys\":[" + btcw::test::forge_jwk(R"(,"kid":"old","not_after":1)") + ',' +
                      btcw::test::forge_jwk(R"(,"kid":"first")") + ',' +
                      btcw::test::forge_jwk(R"(,"kid":"second","alg":"HS384")") + "]}");
  ::chmod(set.c_str(), 0600);
  const auto header = [&](const std::string& key, std::vector<std::string> options) {
    const Outcome outcome = issuing.issue_with(key, std::move(options));
    return btcw::token::from_base64url(outcome.out.substr(0, outcome.out.find('.')))
        .value_or(outcome.err);
  };
  CHECK(header(issuing.key(), {}) == R"({"alg":"HS256","typ":"JWT"})");
  CHECK(header(issuing.key(), {"--alg", "HS512", "--typ", "at+jwt"}) ==
        R"({"alg":"HS512","typ":"at+jwt"})");
  CHECK(header(issuing.key(), {"--typ", ""}) == R"({"alg":"HS256"})");
  CHECK(header(set.string(), {}) == R"({"alg":"HS256","typ":"JWT","kid":"first"})");
  CHECK(header(set.string(), {"--kid", "second"}) ==
        R"({"alg":"HS384","typ":"JWT","kid":"second"})");
  CHECK(issuing.issue_with(set.string(), {"--kid", "old"}).exit_code == 6);
  CHECK(issuing.issue_with(set.string(), {"--kid", "third"}).exit_code == 6);
}

TEST_CASE("token issue --jti makes an identity that no other token has") {
  const Issuing issuing;
  const std::string a = issuing.payload({"--jti"});
  const std::string b = issuing.payload({"--jti"});
  CHECK(a.find(R"({"jti":")") == 0);
  CHECK(a != b);
  CHECK(a.find('"', 8) == 8 + 22);
}

TEST_CASE("token issue --ndjson makes a token a line") {
  const Issuing issuing;
  const Outcome outcome = issuing.issue({"--ndjson", "--iss", "us"},
                                        "{\"sub\":\"a\"}\n\n{\"sub\":\"b\"}\nnope\n{\"sub\":1}");
  CHECK(outcome.exit_code == 3);
  const std::string& out = outcome.out;
  CHECK(std::count(out.begin(), out.end(), '\n') == 4);
  CHECK(out.find(R"({"valid":false,"reason":"bad_claim")") != std::string::npos);
  const Outcome verified = issuing.sandbox().run(
      {.arguments = {"token", "verify", "--ndjson", "--key", issuing.key(), "--now", kNow},
       .input = out});
  CHECK(verified.exit_code == 3);
  CHECK(verified.out.find(R"({"valid":true,"alg":"HS256","claims":{"sub":"a","iss":"us",)") == 0);
}

TEST_CASE("token issue --json shows the token with its claims") {
  const Issuing issuing;
  const Outcome outcome = issuing.issue({"--json", "--sub", "u"});
  CHECK(outcome.out.find(R"({"token":"ey)") == 0);
  CHECK(outcome.out.find(R"(","claims":{"sub":"u","iat":1800000000,"exp":1800086400}})") !=
        std::string::npos);
}
