#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace btcw::token {

/// Why a token is refused. Users' programs rely on the words (see to_string) and what they mean.
enum class Reason : std::uint8_t {
  too_large,
  not_three_parts,
  bad_base64,
  bad_header,
  critical_header,
  alg_none,
  alg_mismatch,
  unknown_kid,
  ambiguous_key,
  key_missing,
  key_unreadable,
  key_malformed,
  key_refused,
  key_expired,
  bad_signature,
  bad_payload,
  bad_claim,
  expired,
  too_old,
  not_yet_valid,
  issued_in_future,
  missing_claim,
  audience_mismatch,
  issuer_mismatch,
  subject_mismatch,
  scope_mismatch,
  type_mismatch,
  claim_mismatch,
  revoked,
  revocations_unusable,
};

/// What a caller can do about it; each kind has its exit code.
enum class RefusalKind : std::uint8_t {
  invalid,  ///< form or signature
  key,      ///< a key cannot be used
  expired,
  not_yet_valid,
  claim,
  revoked,
};

/// The stable word: "audience_mismatch".
std::string_view to_string(Reason reason);
RefusalKind kind_of(Reason reason);

/// A reason for the program, one line for the person. It never holds a part of a key.
struct Refusal {
  Reason reason;
  std::string message;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

}  // namespace btcw::token
