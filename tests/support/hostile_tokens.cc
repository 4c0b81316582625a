#include "support/hostile_tokens.h"

#include <utility>

#include "btcw/token/base64url.h"
#include "support/token_forge.h"

namespace btcw::test {
namespace {

using token::to_base64url;
using namespace std::string_literals;

// A good token, to be damaged.
const std::string& good() {
  static const std::string token = forge(kPlainHeader, kPlainClaims);
  return token;
}

struct GoodParts {
  std::string header = to_base64url(kPlainHeader);
  std::string payload = to_base64url(kPlainClaims);
  std::string signature = good().substr(good().rfind('.') + 1);
};

std::string join(std::string_view header, std::string_view payload, std::string_view signature) {
  return std::string{header} + '.' + std::string{payload} + '.' + std::string{signature};
}

// `text` with the last digit of its base64url changed so that only unused bits differ.
std::string with_unused_bits(std::string text) {
  text.back() = static_cast<char>(text.back() + 1);
  return text;
}

HostileToken header_row(std::string why, std::string_view header, std::string reason) {
  return {std::move(why), forge(header, kPlainClaims), 1, std::move(reason)};
}

HostileToken payload_row(std::string why, std::string_view payload, std::string reason) {
  return {std::move(why), forge(kPlainHeader, payload), 1, std::move(reason)};
}

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "[";
  for (int i = 0; i < depth; ++i) text += "]";
  return text;
}

}  // namespace

std::vector<HostileToken> hostile_forms() {
  const GoodParts part;
  const std::string body = part.header + '.' + part.payload;
  std::vector<HostileToken> rows{
      {"empty", "", 1, "not_three_parts"},
      {"a word", "token", 1, "not_three_parts"},
      {"one part", part.header, 1, "not_three_parts"},
      {"two parts", body, 1, "not_three_parts"},
      {"four parts", good() + ".", 1, "not_three_parts"},
      {"four full parts", good() + "." + part.signature, 1, "not_three_parts"},
      {"five parts, as JWE has", "a.b.c.d.e", 1, "not_three_parts"},
      {"thousands of dots", std::string(5000, '.'), 1, "not_three_parts"},
      {"only dots", "..", 1, "bad_header"},
      {"no header", '.' + part.payload + '.' + part.signature, 1, "bad_header"},
      {"no signature", body + '.', 1, "bad_signature"},
      {"no payload", join(part.header, "", part.signature), 1, "bad_signature"},
      {"JSON serialisation", R"({"payload":"e30","signatures":[]})", 1, "not_three_parts"},
      {"8193 bytes", good() + std::string(8193 - good().size(), 'A'), 1, "too_large"},
      {"100 kB", std::string(100000, 'A'), 1, "too_large"},
      {"larger than --max-size", good(), 1, "too_large", "", {"--max-size", "60"}},
      {"a NUL behind it", good() + "\0"s, 1, "bad_base64"},
      {"a NUL within it", body + ".\0"s + part.signature, 1, "bad_base64"},
  };
  // Each of the three parts in every spelling that a lenient decoder takes.
  for (const std::string extra :
       {"=", "==", "+", "/", "%3D", "\n", "\r\n", " ", "\t", "?", "\x80"}) {
    const std::string name = to_base64url(extra);
    rows.push_back({"header and " + name,
                    join(part.header + extra + "A", part.payload, part.signature), 1,
                    "bad_base64"});
    rows.push_back({"signature with " + name,
                    join(part.header, part.payload, "A" + extra + part.signature), 1,
                    "bad_base64"});
    rows.push_back({"payload with " + name, sign_parts(part.header, part.payload + extra + "A"), 1,
                    "bad_base64"});
  }
  for (const std::string& header :
       {part.header.substr(0, part.header.size() - 1) + "=", part.header + "="}) {
    rows.push_back({"padded header", sign_parts(header, part.payload), 1, "bad_base64"});
  }
  rows.push_back({"unused bits in the header",
                  sign_parts(with_unused_bits(to_base64url(R"({"alg":"HS256" })")), part.payload),
                  1, "bad_base64"});
  rows.push_back({"unused bits in the payload",
                  sign_parts(part.header, with_unused_bits(to_base64url(R"({"a":1})"))), 1,
                  "bad_base64"});
  rows.push_back({"unused bits in the signature",
                  join(part.header, part.payload, with_unused_bits(part.signature)), 1,
                  "bad_base64"});
  rows.push_back(
      {"zeros behind the header", sign_parts(part.header + "AAA", part.payload), 1, "bad_header"});
  rows.push_back({"a payload of a length that no bytes have",
                  sign_parts(part.header, part.payload.substr(0, 41)), 1, "bad_base64"});
  return rows;
}

std::vector<HostileToken> hostile_headers() {
  std::vector<HostileToken> rows;
  for (const std::string none : {"none", "None", "NONE", "nOnE"}) {
    const std::string header = R"({"alg":")" + none + "\"}";
    rows.push_back({"alg " + none + ", unsigned",
                    to_base64url(header) + '.' + to_base64url(kPlainClaims) + '.', 1, "alg_none"});
    rows.push_back(header_row("alg " + none + ", signed", header, "alg_none"));
  }
  rows.push_back(header_row("alg none by an escape", R"({"alg":"\u006eone"})", "alg_none"));
  for (const auto& [why, alg] :
       std::vector<std::pair<std::string, std::string>>{{"null", "null"},
                                                        {"a number", "256"},
                                                        {"an array", R"(["HS256"])"},
                                                        {"an object", "{}"},
                                                        {"true", "true"}}) {
    rows.push_back(header_row("alg is " + why, R"({"alg":)" + alg + "}", "bad_header"));
  }
  for (const std::string alg :
       {"", "hs256", "HS256 ", " HS256", "HS2566", "HS384", "HS512", "RS256", "PS256", "ES256",
        "EdDSA", "HS1", "A256GCM", "dir", "none\\u0000"}) {
    rows.push_back(header_row("alg " + alg, R"({"alg":")" + alg + "\"}", "alg_mismatch"));
  }
  const std::vector<std::pair<std::string, std::string>> malformed{
      {"no alg", R"({"typ":"JWT"})"},
      {"alg of another case", R"({"ALG":"HS256"})"},
      {"alg twice", R"({"alg":"none","alg":"HS256"})"},
      {"alg twice, the same", R"({"alg":"HS256","alg":"HS256"})"},
      {"alg twice by an escape", R"({"\u0061lg":"none","alg":"HS256"})"},
      {"a member twice inside", R"({"alg":"HS256","x":{"a":1,"a":2}})"},
      {"a member twice inside a list", R"({"alg":"HS256","x":[[{"a":1,"\u0061":2}]]})"},
      {"kid is a number", R"({"alg":"HS256","kid":1})"},
      {"kid is null", R"({"alg":"HS256","kid":null})"},
      {"kid is a list", R"({"alg":"HS256","kid":["a"]})"},
      {"typ is a number", R"({"alg":"HS256","typ":1})"},
      {"a list", R"(["HS256"])"},
      {"a string", R"("HS256")"},
      {"null", "null"},
      {"empty object", "{}"},
      {"cut off", R"({"alg":"HS256")"},
      {"something behind it", R"({"alg":"HS256"}{})"},
      {"a word behind it", R"({"alg":"HS256"} x)"},
      {"a NUL behind it", R"({"alg":"HS256"})"s + "\0"s},
      {"a NUL and more behind it", R"({"alg":"HS256"})"s + "\0{\"alg\":\"none\"}"s},
      {"a byte-order mark", "\xef\xbb\xbf{\"alg\":\"HS256\"}"},
      {"a comment", R"({"alg":"HS256"/**/})"},
      {"a comma too many", R"({"alg":"HS256",})"},
      {"single quotes", "{'alg':'HS256'}"},
      {"not UTF-8", "{\"alg\":\"HS256\",\"x\":\"\xff\"}"},
      {"overlong UTF-8", "{\"alg\":\"HS256\",\"x\":\"\xc0\xaf\"}"},
      {"UTF-16", "{\0\"\0a\0"s},
      {"a lone high surrogate", R"({"alg":"HS256","x":"\ud800"})"},
      {"a lone low surrogate", R"({"alg":"HS256","x":"\udc00"})"},
      {"a raw line end in a string", "{\"alg\":\"HS256\",\"x\":\"\n\"}"},
      {"a form feed between", "{\"alg\":\"HS256\"\f}"},
      {"NaN", R"({"alg":"HS256","x":NaN})"},
      {"a number over every double", R"({"alg":"HS256","x":1e400})"},
      {"33 levels", R"({"alg":"HS256","x":)" + nested(32) + "}"},
      {"2000 levels", R"({"alg":"HS256","x":)" + nested(2000) + "}"},
  };
  for (const auto& [why, header] : malformed) rows.push_back(header_row(why, header, "bad_header"));
  for (const std::string crit :
       {R"([])", R"(["exp"])", R"(["b64"])", "null", "\"exp\"", "{}", "0"}) {
    rows.push_back(
        header_row("crit " + crit, R"({"alg":"HS256","crit":)" + crit + "}", "critical_header"));
  }
  rows.push_back(header_row("unencoded payload", R"({"alg":"HS256","b64":false,"crit":["b64"]})",
                            "critical_header"));
  return rows;
}

std::vector<HostileToken> hostile_payloads() {
  std::vector<HostileToken> rows;
  const std::vector<std::pair<std::string, std::string>> malformed{
      {"empty payload", ""},
      {"a list", "[]"},
      {"a string", R"("sub")"},
      {"null", "null"},
      {"a number", "1"},
      {"not JSON", "sub=u"},
      {"cut off", R"({"sub":"u")"},
      {"two objects", "{}{}"},
      {"a word behind it", R"({"sub":"u"} x)"},
      {"a NUL behind it", "{\"sub\":\"u\"}\0"s},
      {"a NUL and more behind it", "{\"sub\":\"u\"}\0\"admin\":true}"s},
      {"a byte-order mark", "\xef\xbb\xbf{\"sub\":\"u\"}"},
      {"sub twice", R"({"sub":"u","sub":"admin"})"},
      {"sub twice by an escape", R"({"sub":"u","\u0073ub":"admin"})"},
      {"exp twice", R"({"exp":1,"exp":1900000000})"},
      {"a member twice inside", R"({"a":{"b":{"c":1,"c":2}}})"},
      {"a member twice inside a list", R"({"a":[{"c":1,"c":2}]})"},
      {"not UTF-8", "{\"sub\":\"\xfe\"}"},
      {"a surrogate in UTF-8", "{\"sub\":\"\xed\xa0\x80\"}"},
      {"a lone surrogate", R"({"sub":"\ud83d"})"},
      {"a lone surrogate in a name", R"({"\udead":1})"},
      {"NaN", R"({"exp":NaN})"},
      {"Infinity", R"({"exp":Infinity})"},
      {"1e400", R"({"exp":1e400})"},
      {"1e400 anywhere", R"({"x":[-1e400]})"},
      {"a leading zero", R"({"exp":01900000000})"},
      {"hexadecimal", R"({"exp":0x7fffffff})"},
      {"a plus sign", R"({"exp":+1900000000})"},
      {"33 levels", R"({"a":)" + nested(32) + "}"},
      {"a hundred levels of objects",
       [] {
         std::string text;
         for (int i = 0; i < 100; ++i) text += R"({"a":)";
         return text + "1" + std::string(100, '}');
       }()},
  };
  for (const auto& [why, payload] : malformed) {
    rows.push_back(payload_row(why, payload, "bad_payload"));
  }
  for (const std::string name : {"exp", "nbf", "iat"}) {
    for (const std::string value : {"null", "\"1900000000\"", "true", "-1", "-0.5", "253402300800",
                                    "1e300", "[]", "{}", "[1900000000]"}) {
      rows.push_back(
          payload_row(name + " is " + value, "{\"" + name + "\":" + value + "}", "bad_claim"));
    }
  }
  for (const std::string claim :
       {R"("sub":1)", R"("sub":null)", R"("sub":["u"])", R"("iss":{})", R"("iss":null)",
        R"("jti":1)", R"("jti":null)", R"("aud":1)", R"("aud":null)", R"("aud":{"a":1})",
        R"("aud":["a",1])", R"("aud":[["a"]])", R"("aud":true)"}) {
    rows.push_back(payload_row(claim, "{" + claim + "}", "bad_claim"));
  }
  return rows;
}

std::vector<HostileToken> hostile_claims() {
  const auto row = [](std::string why, std::string_view claims, int exit_code, std::string reason,
                      std::vector<std::string> options = {}) {
    return HostileToken{
        std::move(why),    forge(kPlainHeader, claims), exit_code, std::move(reason), "",
        std::move(options)};
  };
  const std::string plain{kPlainClaims};
  return {
      row("expired this very second", R"({"exp":1800000000})", 7, "expired"),
      row("expired a fraction ago", R"({"exp":1799999999.999})", 7, "expired"),
      row("expired in exponent notation", R"({"exp":17e8})", 7, "expired"),
      row("expired at the beginning", R"({"exp":0})", 7, "expired"),
      row("expired beyond the leeway", R"({"exp":1799999970})", 7, "expired", {"--leeway", "30s"}),
      row("expired at --at", plain, 7, "expired", {"--at", "@1800003600"}),
      row("not valid for a second", R"({"nbf":1800000001})", 8, "not_yet_valid"),
      row("not valid for a fraction", R"({"nbf":1800000000.001})", 8, "not_yet_valid"),
      row("not valid beyond the leeway", R"({"nbf":1800000031})", 8, "not_yet_valid",
          {"--leeway", "30s"}),
      row("issued in the future", R"({"iat":1800000001})", 8, "issued_in_future"),
      row("too old", R"({"iat":1799990000,"exp":1900000000})", 7, "too_old", {"--max-age", "1h"}),
      row("of an age that it does not tell", R"({"exp":1900000000})", 9, "missing_claim",
          {"--max-age", "1h"}),
      row("meant for somebody", R"({"aud":"api"})", 9, "audience_mismatch"),
      row("meant for several", R"({"aud":["api","web"]})", 9, "audience_mismatch"),
      row("meant for nobody", R"({"aud":[]})", 9, "audience_mismatch"),
      row("meant for another", R"({"aud":"api"})", 9, "audience_mismatch", {"--aud", "web"}),
      row("meant for others", R"({"aud":["a","b"]})", 9, "audience_mismatch", {"--aud", "c"}),
      row("meant for one with a longer name", R"({"aud":"api2"})", 9, "audience_mismatch",
          {"--aud", "api"}),
      row("meant for one of another case", R"({"aud":"API"})", 9, "audience_mismatch",
          {"--aud", "api"}),
      row("without an audience", plain, 9, "missing_claim", {"--aud", "api"}),
      row("of another issuer", R"({"iss":"b"})", 9, "issuer_mismatch", {"--iss", "a"}),
      row("of an issuer with a slash more", R"({"iss":"https://a/"})", 9, "issuer_mismatch",
          {"--iss", "https://a"}),
      row("without an issuer", plain, 9, "missing_claim", {"--iss", "a"}),
      row("of another subject", plain, 9, "subject_mismatch", {"--sub", "root"}),
      row("without a subject", "{}", 9, "missing_claim", {"--sub", "u"}),
      row("of a subject with a NUL behind", R"({"sub":"u\u0000"})", 9, "subject_mismatch",
          {"--sub", "u"}),
      row("without a scope", plain, 9, "missing_claim", {"--scope", "read"}),
      row("with a scope too few", R"({"scope":"read"})", 9, "scope_mismatch",
          {"--scope", "read write"}),
      row("with a scope that only begins so", R"({"scope":"readonly"})", 9, "scope_mismatch",
          {"--scope", "read"}),
      row("with a scope that is no text", R"({"scope":1})", 9, "scope_mismatch",
          {"--scope", "read"}),
      row("without a claim", plain, 9, "missing_claim", {"--require", "role"}),
      row("without an expiry", R"({"sub":"u"})", 9, "missing_claim", {"--require", "exp"}),
      row("a refresh token for an access token", R"({"type":"refresh"})", 9, "claim_mismatch",
          {"--require", "type=access"}),
      row("a number for a text", R"({"level":5})", 9, "claim_mismatch", {"--require", "level=5"}),
      row("a text for a number", R"({"level":"5"})", 9, "claim_mismatch",
          {"--require", "level:=5"}),
      row("another typ", plain, 9, "type_mismatch", {"--typ", "at+jwt"}),
      row("a refresh token for Freqtrade", R"({"identity":{"u":"a"},"type":"refresh"})", 9,
          "claim_mismatch", {"--profile", "freqtrade"}),
      row("no user for Freqtrade", R"({"type":"access"})", 9, "missing_claim",
          {"--profile", "freqtrade"}),
      row("another user for Freqtrade", R"({"identity":{"u":"a"},"type":"access"})", 9,
          "claim_mismatch", {"--profile", "freqtrade", "--sub", "b"}),
  };
}

}  // namespace btcw::test
