#include "btcw/token/claims.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "btcw/base/double_text.h"

namespace btcw::token {
namespace {

constexpr double kEndOfTime = 253'402'300'800;  // the first second of the year 10000

Refusal bad(std::string_view name, std::string_view what) {
  return {Reason::bad_claim, "claim '" + std::string{name} + "' " + std::string{what}};
}

std::optional<double> numeric_date(const JsonValue& value) {
  if (value.kind != JsonKind::number || value.text.front() == '-') return std::nullopt;
  const auto number = parse_double(value.text);
  if (!number || *number >= kEndOfTime) return std::nullopt;
  return number;
}

bool is_audience(const JsonValue& value) {
  if (value.kind == JsonKind::string) return true;
  if (value.kind != JsonKind::array) return false;
  JsonReader reader;
  const auto elements = reader.array(value.text);
  return elements && std::all_of(elements->begin(), elements->end(), [](const JsonMember& element) {
           return element.value.kind == JsonKind::string;
         });
}

}  // namespace

Result<Claims> Claims::parse(std::string_view json) {
  JsonReader reader;
  const auto members = reader.object(json);
  if (!members) return members.error();
  Claims claims;
  for (const JsonMember& member : *members) {
    std::string compact;
    append_compact(member.value.text, compact);
    claims.claims_.push_back({std::string{member.name}, std::move(compact)});
  }
  return claims;
}

void Claims::set_json(std::string_view name, std::string json) {
  for (Claim& claim : claims_) {
    if (claim.name != name) continue;
    claim.json = std::move(json);
    return;
  }
  claims_.push_back({std::string{name}, std::move(json)});
}

void Claims::set_string(std::string_view name, std::string_view text) {
  std::string json;
  append_json_string(text, json);
  set_json(name, std::move(json));
}

void Claims::set_number(std::string_view name, std::int64_t number) {
  set_json(name, std::to_string(number));
}

void Claims::set_time(std::string_view name, UtcTime time) {
  set_number(name, std::chrono::floor<seconds>(time).time_since_epoch().count());
}

bool Claims::has(std::string_view name) const { return find(name) != nullptr; }

const std::string* Claims::find(std::string_view name) const {
  for (const Claim& claim : claims_) {
    if (claim.name == name) return &claim.json;
  }
  return nullptr;
}

void Claims::append_json(std::string& out) const {
  out += '{';
  for (const Claim& claim : claims_) {
    if (&claim != claims_.data()) out += ',';
    append_json_string(claim.name, out);
    out += ':';
    out += claim.json;
  }
  out += '}';
}

std::variant<RegisteredClaims, Refusal> read_registered(std::span<const JsonMember> claims) {
  RegisteredClaims registered;
  for (const auto& [name, value] : claims) {
    // All of them have three letters.
    if (name.size() != 3) continue;
    const auto time = name == "exp"   ? &registered.exp
                      : name == "nbf" ? &registered.nbf
                      : name == "iat" ? &registered.iat
                                      : nullptr;
    const auto text = name == "iss"   ? &registered.iss
                      : name == "sub" ? &registered.sub
                      : name == "jti" ? &registered.jti
                                      : nullptr;
    if (time != nullptr) {
      *time = numeric_date(value);
      if (!*time) return bad(name, "is not a time in seconds since 1970");
    } else if (text != nullptr) {
      if (value.kind != JsonKind::string) return bad(name, "is not a string");
      *text = &value;
    } else if (name == "aud") {
      if (!is_audience(value)) return bad(name, "is neither a string nor an array of strings");
      registered.aud = &value;
    }
  }
  return registered;
}

}  // namespace btcw::token
