#include "btcw/token/header.h"

#include <algorithm>

namespace btcw::token {
namespace {

constexpr std::string_view kMediaPrefix = "application/";

Refusal bad(std::string_view what) {
  return {Reason::bad_header, "the header: " + std::string{what}};
}

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string media_type(std::string_view typ) {
  std::string type = lower_case(typ);
  if (type.starts_with(kMediaPrefix)) type.erase(0, kMediaPrefix.size());
  return type;
}

// False when it is there and no string.
bool read_string(std::span<const JsonMember> members, std::string_view name,
                 std::optional<std::string>& into) {
  const JsonValue* const value = find(members, name);
  if (value == nullptr) return true;
  if (value->kind != JsonKind::string) return false;
  into = value->string();
  return true;
}

}  // namespace

std::variant<Header, Refusal> read_header(std::string_view json, JsonReader& reader) {
  const auto members = reader.object(json);
  if (!members) return bad(members.error().message);
  Header header;
  std::optional<std::string> alg;
  if (!read_string(*members, "alg", alg)) return bad("alg is not a string");
  if (!alg) return bad("alg is missing");
  if (lower_case(*alg) == "none") {
    return Refusal{Reason::alg_none, "an unsigned token (alg none) is never valid"};
  }
  if (find(*members, "crit") != nullptr) {
    return Refusal{Reason::critical_header,
                   "the header has crit: it asks for an extension that is not known"};
  }
  if (!read_string(*members, "kid", header.kid)) return bad("kid is not a string");
  if (!read_string(*members, "typ", header.typ)) return bad("typ is not a string");
  header.alg = *std::move(alg);
  return header;
}

bool means_type(const std::optional<std::string>& typ, std::string_view expected) {
  return typ && media_type(*typ) == media_type(expected);
}

}  // namespace btcw::token
