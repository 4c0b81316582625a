#include "btcw/token/claim_checks.h"

#include <algorithm>

#include "btcw/base/quoted.h"

namespace btcw::token {
namespace {

double in_seconds(milliseconds duration) { return static_cast<double>(duration.count()) / 1000; }

std::string time_text(double unix_seconds) {
  return to_rfc3339(from_unix_ms(static_cast<std::int64_t>(unix_seconds * 1000)));
}

Refusal missing(std::string_view name) {
  return {Reason::missing_claim, "claim " + btcw::quoted(name) + " is missing"};
}

std::optional<Refusal> check_times(const RegisteredClaims& claims, const Expectations& expected,
                                   UtcTime now) {
  const double at = in_seconds(now.time_since_epoch());
  const double leeway = in_seconds(expected.leeway);
  if (claims.exp && at >= *claims.exp + leeway) {
    return Refusal{Reason::expired, "expired at " + time_text(*claims.exp)};
  }
  if (claims.nbf && at + leeway < *claims.nbf) {
    return Refusal{Reason::not_yet_valid, "not valid before " + time_text(*claims.nbf)};
  }
  if (claims.iat && at + leeway < *claims.iat) {
    return Refusal{Reason::issued_in_future,
                   "issued at " + time_text(*claims.iat) + ", which is not yet"};
  }
  if (!expected.max_age) return std::nullopt;
  if (!claims.iat) return missing("iat");
  if (at - *claims.iat > in_seconds(*expected.max_age) + leeway) {
    return Refusal{Reason::too_old, "issued at " + time_text(*claims.iat) + ", more than " +
                                        btcw::to_string(*expected.max_age) + " ago"};
  }
  return std::nullopt;
}

std::string shown(const JsonValue& value) {
  return value.kind == JsonKind::string ? btcw::quoted(value.string()) : btcw::quoted(value.text);
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The strings of a string or of an array of strings.
std::vector<std::string> strings_of(const JsonValue& value) {
  if (value.kind == JsonKind::string) return {value.string()};
  std::vector<std::string> strings;
  if (value.kind != JsonKind::array) return strings;
  JsonReader reader;
  const auto elements = reader.array(value.text);
  if (!elements) return strings;
  for (const JsonMember& element : *elements) {
    if (element.value.kind == JsonKind::string) strings.push_back(element.value.string());
  }
  return strings;
}

std::optional<Refusal> check_audience(const JsonValue* aud, const Expectations& expected) {
  if (expected.audiences.empty()) {
    if (aud == nullptr || expected.audience_rule == AudienceRule::any) return std::nullopt;
    return Refusal{Reason::audience_mismatch,
                   "it is meant for " + shown(*aud) + ", and no audience is expected"};
  }
  if (aud == nullptr) return missing("aud");
  const auto meant = strings_of(*aud);
  const bool us = std::any_of(meant.begin(), meant.end(), [&](const std::string& audience) {
    return contains(expected.audiences, audience);
  });
  if (us) return std::nullopt;
  return Refusal{Reason::audience_mismatch, "it is meant for " + shown(*aud)};
}

std::optional<Refusal> check_parties(const RegisteredClaims& claims, const Expectations& expected) {
  if (!expected.issuers.empty()) {
    if (claims.iss == nullptr) return missing("iss");
    if (!contains(expected.issuers, claims.iss->string())) {
      return Refusal{Reason::issuer_mismatch, "its issuer is " + shown(*claims.iss)};
    }
  }
  if (!expected.subject) return std::nullopt;
  if (claims.sub == nullptr) return missing("sub");
  if (claims.sub->is_string(*expected.subject)) return std::nullopt;
  return Refusal{Reason::subject_mismatch, "its subject is " + shown(*claims.sub)};
}

void append_words(std::string_view text, std::vector<std::string>& words) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<Refusal> check_scopes(std::span<const JsonMember> claims,
                                    const std::vector<std::string>& wanted) {
  if (wanted.empty()) return std::nullopt;
  // RFC 8693 writes one string of words; some issuers a list, under that name or "scp".
  const JsonValue* scope = find(claims, "scope");
  if (scope == nullptr) scope = find(claims, "scp");
  if (scope == nullptr) return missing("scope");
  std::vector<std::string> granted;
  for (const std::string& text : strings_of(*scope)) append_words(text, granted);
  for (const std::string& word : wanted) {
    if (contains(granted, word)) continue;
    return Refusal{Reason::scope_mismatch, "it does not grant the scope " + btcw::quoted(word)};
  }
  return std::nullopt;
}

bool says(const JsonValue& value, std::string_view json) {
  if (value.kind == JsonKind::string && json.starts_with('"')) {
    JsonReader reader;
    const auto expected = reader.value(json);
    return expected && value.is_string(expected->string());
  }
  std::string compact;
  append_compact(value.text, compact);
  return compact == json;
}

std::optional<Refusal> check_required(std::span<const JsonMember> claims,
                                      const std::vector<RequiredClaim>& required) {
  for (const RequiredClaim& wanted : required) {
    const JsonValue* const value = find(claims, wanted.name);
    if (value == nullptr) return missing(wanted.name);
    if (wanted.json && !says(*value, *wanted.json)) {
      return Refusal{Reason::claim_mismatch,
                     "claim " + btcw::quoted(wanted.name) + " is " + shown(*value)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_claims(std::span<const JsonMember> claims,
                                    const RegisteredClaims& registered,
                                    const Expectations& expectations, UtcTime now) {
  if (auto refusal = check_times(registered, expectations, now)) return refusal;
  if (auto refusal = check_audience(registered.aud, expectations)) return refusal;
  if (auto refusal = check_parties(registered, expectations)) return refusal;
  if (auto refusal = check_scopes(claims, expectations.scopes)) return refusal;
  return check_required(claims, expectations.required);
}

}  // namespace btcw::token
