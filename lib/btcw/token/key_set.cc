#include "btcw/token/key_set.h"

#include <algorithm>
#include <utility>

#include "btcw/base/quoted.h"

namespace btcw::token {
namespace {

std::string_view without_space_before(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

bool is_json(std::string_view text) { return without_space_before(text).starts_with('{'); }

bool is_secret(std::span<const JsonMember> members) {
  const JsonValue* const kty = find(members, "kty");
  return kty != nullptr && kty->is_string("oct");
}

}  // namespace

Reason reason_of(const Error& error) {
  switch (error.code) {
    case Errc::not_found:
      return Reason::key_missing;
    case Errc::unavailable:
    case Errc::rate_limited:
      return Reason::key_unreadable;
    case Errc::bad_data:
    case Errc::invalid_input:
      return Reason::key_malformed;
    case Errc::rejected:
      return Reason::key_refused;
  }
  return Reason::key_refused;
}

KeySet KeySet::of(Key key) {
  KeySet set;
  std::string kid = key.kid();
  set.entries_.push_back({std::move(kid), std::move(key)});
  return set;
}

Result<KeySet> KeySet::read(std::string_view text, const KeyRules& rules) {
  if (is_json(text)) return read_json(text, rules);
  if (!without_space_before(text).starts_with("-----BEGIN ")) {
    return Error{Errc::bad_data, "neither a JWK, a JWKS nor PEM"};
  }
  const auto crypto = load_crypto();
  if (!crypto) return crypto.error();
  auto numbers = (*crypto)->read_pem(text);
  if (!numbers) return numbers.error();
  auto key = Key::make(*std::move(numbers), {.algorithm = rules.algorithm}, rules.weak);
  if (!key) return key.error();
  return of(*std::move(key));
}

Result<KeySet> KeySet::read_secret(std::string_view bytes, const KeyRules& rules) {
  if (is_json(bytes) && bytes.find("\"kty\"") != std::string_view::npos) {
    return Error{Errc::rejected, "a JWK is no HMAC secret"};
  }
  KeyNumbers numbers{.kind = KeyKind::oct};
  numbers.k = Secret{std::string{bytes}};
  auto key = Key::make(std::move(numbers), {.algorithm = rules.algorithm}, rules.weak);
  if (!key) return key.error();
  return of(*std::move(key));
}

Result<KeySet> KeySet::read_json(std::string_view text, const KeyRules& rules) {
  JsonReader reader;
  const auto members = reader.object(text);
  if (!members) return members.error();
  const JsonValue* const keys = find(*members, "keys");
  if (keys != nullptr) return read_jwks(keys->text, rules);
  auto key = read_jwk(*members, rules);
  if (!key) return key.error();
  return of(*std::move(key));
}

Result<KeySet> KeySet::read_jwks(std::string_view keys, const KeyRules& rules) {
  JsonReader outer;
  const auto elements = outer.array(keys);
  if (!elements) return Error{Errc::bad_data, "member 'keys' is not an array"};
  KeySet set;
  set.is_jwks_ = true;
  std::size_t secrets = 0;
  for (const JsonMember& element : *elements) {
    JsonReader inner;
    const auto members = inner.object(element.value.text);
    if (!members) return Error{Errc::bad_data, "member 'keys' holds what is not an object"};
    if (is_secret(*members)) ++secrets;
    const JsonValue* const kid = find(*members, "kid");
    const bool has_kid = kid != nullptr && kid->kind == JsonKind::string;
    set.entries_.push_back({has_kid ? kid->string() : std::string{}, read_jwk(*members, rules)});
  }
  if (set.entries_.empty()) return Error{Errc::bad_data, "a set without a key"};
  if (secrets != 0 && secrets != set.entries_.size()) {
    return Error{Errc::rejected, "a set that mixes secrets with keys of two halves"};
  }
  const bool usable = std::any_of(set.entries_.begin(), set.entries_.end(),
                                  [](const Entry& entry) { return entry.key.has_value(); });
  if (!usable) return set.entries_.front().key.error();
  return set;
}

Result<const Key*> KeySet::signing_key(std::optional<std::string_view> kid, UtcTime now) const {
  const bool many = kid && std::count_if(entries_.begin(), entries_.end(),
                                         [&](const Entry& entry) { return entry.kid == *kid; }) > 1;
  if (many) return Error{Errc::rejected, "more than one key has the kid " + btcw::quoted(*kid)};
  Error last{Errc::not_found,
             kid ? "no key has the kid " + btcw::quoted(*kid) : "no key that can sign"};
  for (const Entry& entry : entries_) {
    if (kid && entry.kid != *kid) continue;
    if (!entry.key) {
      last = entry.key.error();
    } else if (!entry.key->may_sign()) {
      last = Error{Errc::rejected, "a public key, or one that may not sign, cannot sign"};
    } else if (!entry.key->in_force(now)) {
      last =
          Error{Errc::rejected, "the key's not_after was " + to_rfc3339(*entry.key->not_after())};
    } else {
      return &*entry.key;
    }
  }
  return last;
}

std::variant<const KeySet::Entry*, Refusal> KeySet::find_entry(std::optional<std::string_view> kid,
                                                               std::string_view algorithm) const {
  if (entries_.size() == 1 && !kid) return &entries_.front();
  // A key that was given alone and bears no name is the key, whatever the header calls it.
  if (!is_jwks_ && entries_.front().kid.empty()) return &entries_.front();
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    const bool fits = kid ? entry.kid == *kid
                          : entry.key && entry.key->may_verify() &&
                                to_string(entry.key->algorithm()) == algorithm;
    if (!fits) continue;
    if (found != nullptr) {
      return Refusal{Reason::ambiguous_key,
                     kid ? "more than one key has the kid " + btcw::quoted(*kid)
                         : "without a kid, more than one key would do"};
    }
    found = &entry;
  }
  if (found != nullptr) return found;
  if (kid) return Refusal{Reason::unknown_kid, "no key has the kid " + btcw::quoted(*kid)};
  return Refusal{Reason::alg_mismatch, "no key is for " + btcw::quoted(algorithm)};
}

std::variant<const Key*, Refusal> KeySet::verifying_key(std::optional<std::string_view> kid,
                                                        std::string_view algorithm,
                                                        UtcTime now) const {
  auto found = find_entry(kid, algorithm);
  if (auto* const refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const Result<Key>& key = std::get<const Entry*>(found)->key;
  if (!key) return Refusal{reason_of(key.error()), "the key: " + key.error().message};
  if (to_string(key->algorithm()) != algorithm) {
    return Refusal{Reason::alg_mismatch, "the header says " + btcw::quoted(algorithm) +
                                             ", the key is for " +
                                             std::string{to_string(key->algorithm())}};
  }
  if (!key->may_verify()) {
    return Refusal{Reason::key_refused, "the key: key_ops does not allow to verify"};
  }
  if (!key->in_force(now)) {
    return Refusal{Reason::key_expired,
                   "the key: its not_after was " + to_rfc3339(*key->not_after())};
  }
  return &*key;
}

bool KeySet::has_secrets() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
    return entry.key && entry.key->numbers().is_secret();
  });
}

bool KeySet::has_weak_keys() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.key && entry.key->is_weak(); });
}

std::vector<const Key*> KeySet::keys() const {
  std::vector<const Key*> keys;
  for (const Entry& entry : entries_) {
    if (entry.key) keys.push_back(&*entry.key);
  }
  return keys;
}

}  // namespace btcw::token
