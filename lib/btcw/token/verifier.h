#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "btcw/base/time.h"
#include "btcw/token/claim_checks.h"
#include "btcw/token/header.h"
#include "btcw/token/key_set.h"
#include "btcw/token/refusal.h"
#include "btcw/token/revocation_check.h"
#include "btcw/token/strict_json.h"

namespace btcw::token {

/// What is signed: claims, or anything at all (`--jws`), of which nothing but the signature is
/// checked.
enum class PayloadKind : std::uint8_t { claims, anything };

struct VerifierOptions {
  static constexpr std::size_t kUsualMaxBytes = 8192;

  Expectations expectations = {};
  PayloadKind payload = PayloadKind::claims;
  /// The header's typ has to mean this.
  std::optional<std::string> type = std::nullopt;
  std::size_t max_bytes = kUsualMaxBytes;
};

/// A token that holds. It borrows from the verifier, until its next call.
struct Verified {
  std::string_view header;   ///< JSON
  std::string_view payload;  ///< JSON, or anything
  std::span<const JsonMember> claims;
  const Key* key;
};

/// Decides about tokens: size, form, header, key, signature, and only then what is inside.
///
/// It does all of that for every token, whatever it saw before; what it keeps is memory, and the
/// meaning of the last header. One thread uses an object.
class Verifier {
 public:
  /// `revocations` may be nullptr: none are revoked. Both outlive the verifier.
  Verifier(const KeySet& keys, VerifierOptions options, RevocationCheck* revocations);

  [[nodiscard]] std::variant<Verified, Refusal> verify(std::string_view token, UtcTime now);

 private:
  [[nodiscard]] std::optional<Refusal> take_header(std::string_view encoded);
  [[nodiscard]] std::optional<Refusal> check_payload(UtcTime now);
  [[nodiscard]] std::optional<Refusal> check_revocation(const JsonValue* jti);

  const KeySet& keys_;
  VerifierOptions options_;
  RevocationCheck* revocations_;
  JsonReader reader_;
  std::string encoded_header_;  ///< of header_; empty: none
  std::string header_json_;
  Header header_;
  std::string signature_;
  std::string payload_;
  std::span<const JsonMember> claims_;
};

/// A token taken apart and not verified: for people to look at, never to decide upon.
struct Unverified {
  std::string header;
  std::string payload;
};

/// Refused as by a verifier: a token too large, not of three parts, or not base64url.
std::variant<Unverified, Refusal> take_apart(
    std::string_view token, std::size_t max_bytes = VerifierOptions::kUsualMaxBytes);

}  // namespace btcw::token
