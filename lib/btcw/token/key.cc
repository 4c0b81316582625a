#include "btcw/token/key.h"

#include <utility>

#include "btcw/token/base64url.h"

namespace btcw::token {
namespace {

std::string_view describe(KeyKind kind) {
  switch (kind) {
    case KeyKind::oct:
      return "a secret";
    case KeyKind::rsa:
      return "an RSA key";
    case KeyKind::p256:
      return "a key on P-256";
    case KeyKind::p384:
      return "a key on P-384";
    case KeyKind::p521:
      return "a key on P-521";
    case KeyKind::ed25519:
      return "an Ed25519 key";
  }
  return "a key";
}

Error does_not_fit(Algorithm algorithm, KeyKind kind) {
  return Error{Errc::rejected,
               std::string{describe(kind)} + " is not for " + std::string{to_string(algorithm)}};
}

// Whoever hands out a public key hands out an HMAC secret when it is taken for one.
bool looks_like_another_key(std::string_view secret) {
  for (const std::string_view mark : {"-----BEGIN ", "---- BEGIN SSH2", "ssh-rsa ", "ssh-dss ",
                                      "ssh-ed25519 ", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"}) {
    if (secret.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

Result<void> check_secret(std::string_view secret, Algorithm algorithm, WeakKeys weak) {
  if (secret.empty()) return Error{Errc::rejected, "an empty secret"};
  if (looks_like_another_key(secret)) {
    return Error{Errc::rejected, "a PEM or SSH key is no HMAC secret"};
  }
  const std::size_t least = hash_size(hash_of(algorithm));
  if (secret.size() >= least || weak == WeakKeys::accepted) return {};
  return Error{Errc::rejected, "a secret of " + std::to_string(secret.size()) +
                                   " bytes is too short for " + std::string{to_string(algorithm)} +
                                   " (" + std::to_string(least) + " at least)"};
}

}  // namespace

Algorithm usual_algorithm(KeyKind kind) {
  switch (kind) {
    case KeyKind::oct:
      return Algorithm::hs256;
    case KeyKind::rsa:
      return Algorithm::rs256;
    case KeyKind::p256:
      return Algorithm::es256;
    case KeyKind::p384:
      return Algorithm::es384;
    case KeyKind::p521:
      return Algorithm::es512;
    case KeyKind::ed25519:
      return Algorithm::eddsa;
  }
  return Algorithm::hs256;
}

bool fits(Algorithm algorithm, KeyKind kind) {
  switch (family_of(algorithm)) {
    case Family::hmac:
      return kind == KeyKind::oct;
    case Family::rsa_pkcs1:
    case Family::rsa_pss:
      return kind == KeyKind::rsa;
    case Family::ecdsa:
    case Family::eddsa:
      return algorithm == usual_algorithm(kind);
  }
  return false;
}

Key::Key(KeyNumbers numbers, KeyLabel label, Algorithm algorithm)
    : numbers_{std::move(numbers)}, label_{std::move(label)}, algorithm_{algorithm} {}

Result<Key> Key::make(KeyNumbers numbers, KeyLabel label, WeakKeys weak) {
  const Algorithm algorithm = label.algorithm.value_or(usual_algorithm(numbers.kind));
  if (!fits(algorithm, numbers.kind)) return does_not_fit(algorithm, numbers.kind);
  Key key{std::move(numbers), std::move(label), algorithm};
  if (key.is_symmetric()) {
    const std::string_view secret = key.numbers_.k.reveal();
    const auto checked = check_secret(secret, algorithm, weak);
    if (!checked) return checked.error();
    key.hmac_ = std::make_unique<HmacKey>(hash_of(algorithm), secret);
    return key;
  }
  const auto crypto = load_crypto();
  if (!crypto) return crypto.error();
  auto imported = (*crypto)->import_key(key.numbers_, weak);
  if (!imported) return imported.error();
  key.asymmetric_ = *std::move(imported);
  return key;
}

bool Key::may_sign() const { return numbers_.is_secret() && label_.use != KeyUse::verify; }

bool Key::in_force(UtcTime now) const { return !label_.not_after || now < *label_.not_after; }

bool Key::is_weak() const {
  return is_symmetric() && numbers_.k.reveal().size() < hash_size(hash_of(algorithm_));
}

bool Key::verify(std::string_view data, std::string_view signature) const {
  if (hmac_) return equal_in_constant_time(hmac_->mac(data).view(), signature);
  return asymmetric_->verify(algorithm_, data, signature);
}

Result<void> Key::sign(std::string_view data, std::string& out) const {
  if (hmac_) {
    const Digest mac = hmac_->mac(data);
    append_base64url(mac.view(), out);
    return {};
  }
  const auto signature = asymmetric_->sign(algorithm_, data);
  if (!signature) return signature.error();
  append_base64url(*signature, out);
  return {};
}

}  // namespace btcw::token
