#include "token_claims.h"

#include <algorithm>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/token/signer.h"

namespace btcw::cli {
namespace {

using token::Claims;
using token::Refusal;

// Freqtrade's own lifetimes: https://www.freqtrade.io/en/stable/rest-api/
constexpr milliseconds kFreqtradeAccess = std::chrono::minutes{15};
constexpr milliseconds kFreqtradeRefresh = std::chrono::hours{30 * 24};

Error usage(std::string message) { return Error{Errc::invalid_input, std::move(message)}; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// "k=v" is a text, "k:=JSON" whatever the JSON says.
Result<std::pair<std::string, std::string>> parse_claim(const std::string& spelled,
                                                        token::JsonReader& reader) {
  const std::size_t equals = spelled.find('=');
  if (equals == std::string::npos || equals == 0 || spelled.starts_with(":=")) {
    return usage("--claim: expected NAME=TEXT or NAME:=JSON, not " + btcw::quoted(spelled));
  }
  const bool is_json = spelled[equals - 1] == ':';
  const std::string name = spelled.substr(0, is_json ? equals - 1 : equals);
  const std::string value = spelled.substr(equals + 1);
  if (!token::is_utf8(spelled)) return usage("--claim: not UTF-8: " + btcw::quoted(spelled));
  std::string json;
  if (!is_json) {
    token::append_json_string(value, json);
    return std::pair{name, json};
  }
  const auto read = reader.value(value);
  if (!read) return usage("--claim " + btcw::quoted(name) + ": " + read.error().message);
  token::append_compact(read->text, json);
  return std::pair{name, json};
}

}  // namespace

Result<void> ClaimsWriter::add_spelled_claims(Claims& claims) {
  std::vector<std::string> seen;
  for (const std::string& spelled : options_.claims) {
    auto claim = parse_claim(spelled, reader_);
    if (!claim) return claim.error();
    if (std::find(seen.begin(), seen.end(), claim->first) != seen.end()) {
      return usage("--claim: " + btcw::quoted(claim->first) + " is given twice");
    }
    seen.push_back(claim->first);
    claims.set_json(claim->first, std::move(claim->second));
  }
  const auto both = [&](std::string_view name, bool option) {
    return option && std::find(seen.begin(), seen.end(), name) != seen.end();
  };
  for (const auto& [name, option] : {std::pair{"sub", options_.subject.has_value()},
                                     {"iss", options_.issuer.has_value()},
                                     {"aud", !options_.audiences.empty()},
                                     {"scope", !options_.scopes.empty()},
                                     {"exp", options_.ttl || options_.expires},
                                     {"nbf", options_.not_before.has_value()},
                                     {"jti", options_.with_jti}}) {
    if (both(name, option)) return usage("--claim: '" + std::string{name} + "' has an option too");
  }
  return {};
}

Result<void> ClaimsWriter::add_option_claims(Claims& claims) {
  for (const auto* text : {&options_.subject, &options_.issuer}) {
    if (*text && !token::is_utf8(**text)) return usage("not UTF-8: " + btcw::quoted(**text));
  }
  if (options_.profile == TokenProfile::freqtrade) {
    if (!options_.subject) return usage("--profile freqtrade needs --sub USER");
    std::string user;
    token::append_json_string(*options_.subject, user);
    claims.set_json("identity", "{\"u\":" + user + '}');
  } else if (options_.subject) {
    claims.set_string("sub", *options_.subject);
  }
  const std::string issuer = options_.issuer.value_or(configured_.issuer);
  if (!issuer.empty() && (options_.issuer || !claims.has("iss"))) claims.set_string("iss", issuer);
  const auto& audiences = options_.audiences.empty() ? configured_.audience : options_.audiences;
  const bool adds_audience = !options_.audiences.empty() || !claims.has("aud");
  if (adds_audience && audiences.size() == 1) claims.set_string("aud", audiences.front());
  if (adds_audience && audiences.size() > 1) {
    std::string list = "[";
    for (const std::string& audience : audiences) {
      if (list.size() > 1) list += ',';
      token::append_json_string(audience, list);
    }
    claims.set_json("aud", list + ']');
  }
  if (!options_.scopes.empty()) claims.set_string("scope", joined(options_.scopes));
  return {};
}

Result<void> ClaimsWriter::add_times(Claims& claims, UtcTime now) {
  if (options_.not_before) claims.set_time("nbf", resolve(*options_.not_before, now));
  if (options_.with_jti) {
    claims.set_string("jti",
                      options_.jti.empty() ? token::new_token_id(session_.random) : options_.jti);
  }
  const bool is_freqtrade = options_.profile == TokenProfile::freqtrade;
  const std::string* const type = claims.find("type");
  const bool refreshes = is_freqtrade && type != nullptr && *type == "\"refresh\"";
  const milliseconds usual = !is_freqtrade ? configured_.ttl
                             : refreshes   ? kFreqtradeRefresh
                                           : kFreqtradeAccess;
  const UtcTime expires =
      options_.expires ? resolve(*options_.expires, now) : now + options_.ttl.value_or(usual);
  if (expires < UtcTime{}) return usage("--exp: before 1970");
  const bool is_given = options_.expires || options_.ttl;
  if (is_freqtrade && !claims.has("exp")) claims.set_time("exp", expires);
  if (!claims.has("iat")) claims.set_time("iat", now);
  if (is_given || !claims.has("exp")) claims.set_time("exp", expires);
  if (is_freqtrade && !claims.has("type")) claims.set_string("type", "access");
  return {};
}

Result<Claims> ClaimsWriter::complete(Claims claims) {
  auto added = add_option_claims(claims);
  if (added) added = add_spelled_claims(claims);
  if (added) added = add_times(claims, now_of(options_.now, session_));
  if (!added) return added.error();
  return claims;
}

Result<std::string> ClaimsWriter::payload_of(const Claims& claims) {
  std::string payload;
  claims.append_json(payload);
  const auto members = reader_.object(payload);
  if (!members) return usage("the claims: " + members.error().message);
  const auto registered = token::read_registered(*members);
  if (const auto* const refusal = std::get_if<Refusal>(&registered)) return usage(refusal->message);
  return payload;
}

}  // namespace btcw::cli
