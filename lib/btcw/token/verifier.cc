#include "btcw/token/verifier.h"

#include <cassert>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/token/base64url.h"

namespace btcw::token {
namespace {

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{.header = token.substr(0, first),
               .payload = token.substr(first + 1, second - first - 1),
               .signature = token.substr(second + 1),
               .signed_text = token.substr(0, second)};
}

Refusal too_large(std::size_t max_bytes) {
  return {Reason::too_large, "a token of more than " + std::to_string(max_bytes) + " bytes"};
}

Refusal not_three_parts() {
  return {Reason::not_three_parts, "not a token: it has not three parts with a dot between them"};
}

Refusal bad_base64(std::string_view part) {
  return {Reason::bad_base64, "the " + std::string{part} + " is not canonical base64url"};
}

}  // namespace

Verifier::Verifier(const KeySet& keys, VerifierOptions options, RevocationCheck* revocations)
    : keys_{keys}, options_{std::move(options)}, revocations_{revocations} {
  assert(options_.expectations.leeway <= Expectations::kMostLeeway);
}

std::optional<Refusal> Verifier::take_header(std::string_view encoded) {
  // The same text means the same; only its meaning is remembered, never that a token was good.
  if (!encoded_header_.empty() && encoded == encoded_header_) return std::nullopt;
  encoded_header_.clear();
  if (!read_base64url(encoded, header_json_)) return bad_base64("header");
  auto read = read_header(header_json_, reader_);
  if (auto* const refusal = std::get_if<Refusal>(&read)) return std::move(*refusal);
  header_ = std::get<Header>(std::move(read));
  encoded_header_ = encoded;
  return std::nullopt;
}

std::variant<Verified, Refusal> Verifier::verify(std::string_view token, UtcTime now) {
  if (token.size() > options_.max_bytes) return too_large(options_.max_bytes);
  const auto parts = split(token);
  if (!parts) return not_three_parts();
  if (auto refusal = take_header(parts->header)) return *std::move(refusal);
  const std::optional<std::string_view> kid =
      header_.kid ? std::optional<std::string_view>{*header_.kid} : std::nullopt;
  auto key = keys_.verifying_key(kid, header_.alg, now);
  if (auto* const refusal = std::get_if<Refusal>(&key)) return std::move(*refusal);
  if (!read_base64url(parts->signature, signature_)) return bad_base64("signature");
  const Key& chosen = *std::get<const Key*>(key);
  if (!chosen.verify(parts->signed_text, signature_)) {
    return Refusal{Reason::bad_signature, "the signature does not hold"};
  }
  if (!read_base64url(parts->payload, payload_)) return bad_base64("payload");
  if (options_.type && !means_type(header_.typ, *options_.type)) {
    return Refusal{Reason::type_mismatch, "the header's typ is " +
                                              btcw::quoted(header_.typ.value_or("")) + ", not " +
                                              btcw::quoted(*options_.type)};
  }
  claims_ = {};
  if (options_.payload == PayloadKind::claims) {
    if (auto refusal = check_payload(now)) return *std::move(refusal);
  }
  return Verified{.header = header_json_, .payload = payload_, .claims = claims_, .key = &chosen};
}

std::optional<Refusal> Verifier::check_payload(UtcTime now) {
  const auto claims = reader_.object(payload_);
  if (!claims) return Refusal{Reason::bad_payload, "the payload: " + claims.error().message};
  auto registered = read_registered(*claims);
  if (auto* const refusal = std::get_if<Refusal>(&registered)) return std::move(*refusal);
  const auto& known = std::get<RegisteredClaims>(registered);
  if (auto refusal = check_claims(*claims, known, options_.expectations, now)) return refusal;
  claims_ = *claims;
  return check_revocation(known.jti);
}

std::optional<Refusal> Verifier::check_revocation(const JsonValue* jti) {
  if (revocations_ == nullptr || jti == nullptr) return std::nullopt;
  const std::string id = jti->string();
  const auto revoked = revocations_->contains(id);
  // Who cannot see the list cannot say that a token is not on it.
  if (!revoked) return Refusal{Reason::revocations_unusable, revoked.error().message};
  if (!*revoked) return std::nullopt;
  return Refusal{Reason::revoked, "the token " + btcw::quoted(id) + " is revoked"};
}

std::variant<Unverified, Refusal> take_apart(std::string_view token, std::size_t max_bytes) {
  if (token.size() > max_bytes) return too_large(max_bytes);
  const auto parts = split(token);
  if (!parts) return not_three_parts();
  auto header = from_base64url(parts->header);
  if (!header) return bad_base64("header");
  auto payload = from_base64url(parts->payload);
  if (!payload) return bad_base64("payload");
  return Unverified{*std::move(header), *std::move(payload)};
}

}  // namespace btcw::token
