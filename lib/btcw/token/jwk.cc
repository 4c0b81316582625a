#include "btcw/token/jwk.h"

#include <algorithm>
#include <utility>

#include "btcw/base/time.h"
#include "btcw/token/base64url.h"

namespace btcw::token {
namespace {

using Members = std::span<const JsonMember>;

Error malformed(std::string_view what) { return Error{Errc::bad_data, std::string{what}}; }

std::string member_name(std::string_view name) { return "member '" + std::string{name} + "' "; }

// nullopt when it is not there.
Result<std::optional<std::string>> optional_string(Members members, std::string_view name) {
  const JsonValue* const value = find(members, name);
  if (value == nullptr) return std::optional<std::string>{};
  if (value->kind != JsonKind::string) return malformed(member_name(name) + "is not a string");
  return std::optional<std::string>{value->string()};
}

Result<std::string> number(Members members, std::string_view name) {
  auto text = optional_string(members, name);
  if (!text) return text.error();
  if (!text->has_value()) return malformed(member_name(name) + "is missing");
  Secret wiped{**std::move(text)};
  auto bytes = from_base64url(wiped.reveal());
  if (!bytes) return malformed(member_name(name) + "is not canonical base64url");
  return *std::move(bytes);
}

bool has(Members members, std::string_view name) { return find(members, name) != nullptr; }

Result<KeyKind> kind_of(Members members) {
  auto kty = optional_string(members, "kty");
  if (!kty) return kty.error();
  if (!kty->has_value()) return malformed("member 'kty' is missing");
  if (**kty == "oct") return KeyKind::oct;
  if (**kty == "RSA") return KeyKind::rsa;
  if (**kty != "EC" && **kty != "OKP") return Error{Errc::rejected, "kty is none that signs"};
  auto crv = optional_string(members, "crv");
  if (!crv) return crv.error();
  if (!crv->has_value()) return malformed("member 'crv' is missing");
  if (**kty == "OKP" && **crv == "Ed25519") return KeyKind::ed25519;
  if (**kty == "EC" && **crv == "P-256") return KeyKind::p256;
  if (**kty == "EC" && **crv == "P-384") return KeyKind::p384;
  if (**kty == "EC" && **crv == "P-521") return KeyKind::p521;
  return Error{Errc::rejected, "crv is none that signs tokens"};
}

Result<void> read_into(Members members, std::string_view name, std::string& into) {
  auto bytes = number(members, name);
  if (!bytes) return bytes.error();
  into = *std::move(bytes);
  return {};
}

Result<void> read_into(Members members, std::string_view name, Secret& into) {
  auto bytes = number(members, name);
  if (!bytes) return bytes.error();
  into = Secret{*std::move(bytes)};
  if (into.empty()) return malformed(member_name(name) + "is empty");
  return {};
}

Result<void> read_rsa(Members members, KeyNumbers& numbers) {
  for (const auto& [name, into] : {std::pair{"n", &numbers.n}, std::pair{"e", &numbers.e}}) {
    auto read = read_into(members, name, *into);
    if (!read) return read;
    if (into->empty()) return malformed(member_name(name) + "is empty");
  }
  if (has(members, "oth")) return Error{Errc::rejected, "an RSA key of more than two primes"};
  if (!has(members, "d")) return {};
  auto read = read_into(members, "d", numbers.d);
  const bool any_factor = has(members, "p") || has(members, "q") || has(members, "dp") ||
                          has(members, "dq") || has(members, "qi");
  if (!read || !any_factor) return read;
  for (const auto& [name, into] :
       {std::pair{"p", &numbers.p}, std::pair{"q", &numbers.q}, std::pair{"dp", &numbers.dp},
        std::pair{"dq", &numbers.dq}, std::pair{"qi", &numbers.qi}}) {
    read = read_into(members, name, *into);
    if (!read) return read;
  }
  return {};
}

Result<void> read_curve(Members members, KeyNumbers& numbers) {
  const std::size_t size = number_size(numbers.kind);
  auto read = read_into(members, "x", numbers.x);
  if (!read) return read;
  if (numbers.x.size() != size) return malformed("member 'x' has not the length of its curve");
  if (numbers.kind != KeyKind::ed25519) {
    read = read_into(members, "y", numbers.y);
    if (!read) return read;
    if (numbers.y.size() != size) return malformed("member 'y' has not the length of its curve");
  }
  if (!has(members, "d")) return {};
  read = read_into(members, "d", numbers.d);
  if (!read) return read;
  if (numbers.d.reveal().size() != size) {
    return malformed("member 'd' has not the length of its curve");
  }
  return {};
}

Result<KeyNumbers> read_numbers(Members members) {
  const auto kind = kind_of(members);
  if (!kind) return kind.error();
  KeyNumbers numbers{.kind = *kind};
  Result<void> read;
  if (*kind == KeyKind::oct) {
    auto secret = number(members, "k");
    if (!secret) return secret.error();
    numbers.k = Secret{*std::move(secret)};
  } else if (*kind == KeyKind::rsa) {
    read = read_rsa(members, numbers);
  } else {
    read = read_curve(members, numbers);
  }
  if (!read) return read.error();
  return numbers;
}

// RFC 7517 section 4.3: which of the operations there are it allows.
Result<KeyUse> read_key_ops(const JsonValue& value) {
  JsonReader reader;
  const auto elements = reader.array(value.text);
  if (!elements) return malformed("member 'key_ops' is not an array");
  bool sign = false;
  bool verify = false;
  for (const JsonMember& element : *elements) {
    if (element.value.kind != JsonKind::string) {
      return malformed("member 'key_ops' holds what is not a string");
    }
    bool* const operation = element.value.is_string("sign")     ? &sign
                            : element.value.is_string("verify") ? &verify
                                                                : nullptr;
    if (operation == nullptr) continue;
    if (*operation) return malformed("member 'key_ops' names an operation twice");
    *operation = true;
  }
  if (sign && verify) return KeyUse::sign_and_verify;
  if (sign) return KeyUse::sign;
  if (verify) return KeyUse::verify;
  return Error{Errc::rejected, "key_ops allows neither to sign nor to verify"};
}

Result<KeyUse> read_use(Members members) {
  auto use = optional_string(members, "use");
  if (!use) return use.error();
  if (use->has_value() && **use != "sig") {
    return Error{Errc::rejected, "use says that it is not for signatures"};
  }
  const JsonValue* const operations = find(members, "key_ops");
  if (operations == nullptr) return KeyUse::sign_and_verify;
  return read_key_ops(*operations);
}

Result<std::optional<Algorithm>> read_algorithm(Members members, const KeyRules& rules) {
  auto name = optional_string(members, "alg");
  if (!name) return name.error();
  if (!name->has_value()) return rules.algorithm;
  const auto algorithm = parse_algorithm(**name);
  if (!algorithm) return Error{Errc::rejected, "alg is none that signs tokens"};
  if (rules.algorithm && *rules.algorithm != *algorithm) {
    return Error{Errc::rejected,
                 "it is for " + **name + ", not for " + std::string{to_string(*rules.algorithm)}};
  }
  return algorithm;
}

Result<std::optional<UtcTime>> read_not_after(Members members) {
  const JsonValue* const value = find(members, "not_after");
  if (value == nullptr) return std::optional<UtcTime>{};
  const bool is_text = value->kind == JsonKind::string;
  if (!is_text && value->kind != JsonKind::number) {
    return malformed("member 'not_after' is not a time");
  }
  auto time = parse_time(is_text ? value->string() : std::string{value->text});
  if (!time) return malformed("member 'not_after' is not a time");
  return std::optional<UtcTime>{*time};
}

Result<KeyLabel> read_label(Members members, const KeyRules& rules) {
  auto kid = optional_string(members, "kid");
  if (!kid) return kid.error();
  const auto algorithm = read_algorithm(members, rules);
  if (!algorithm) return algorithm.error();
  const auto use = read_use(members);
  if (!use) return use.error();
  const auto not_after = read_not_after(members);
  if (!not_after) return not_after.error();
  return KeyLabel{.kid = kid->value_or(std::string{}),
                  .algorithm = *algorithm,
                  .use = *use,
                  .not_after = *not_after};
}

}  // namespace

Result<Key> read_jwk(Members members, const KeyRules& rules) {
  auto label = read_label(members, rules);
  if (!label) return label.error();
  auto numbers = read_numbers(members);
  if (!numbers) return numbers.error();
  return Key::make(*std::move(numbers), *std::move(label), rules.weak);
}

}  // namespace btcw::token
