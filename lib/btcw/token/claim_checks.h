#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "btcw/base/time.h"
#include "btcw/token/claims.h"
#include "btcw/token/refusal.h"
#include "btcw/token/strict_json.h"

namespace btcw::token {

/// A claim that has to be there, and with a value has to say just that.
struct RequiredClaim {
  std::string name;
  /// Compact JSON.
  std::optional<std::string> json = std::nullopt;
};

/// Whether a token that is meant for somebody may be taken by a verifier that says not who it is.
/// RFC 7519 section 4.1.3 forbids it.
enum class AudienceRule : std::uint8_t { must_name_us, any };

/// What a verifier asks of the claims. Empty lists ask nothing.
struct Expectations {
  static constexpr milliseconds kMostLeeway = seconds{300};

  std::vector<std::string> audiences = {};  ///< one of them has to be meant
  AudienceRule audience_rule = AudienceRule::must_name_us;
  std::vector<std::string> issuers = {};  ///< one of them
  std::optional<std::string> subject = std::nullopt;
  std::vector<std::string> scopes = {};  ///< all of them, in "scope" (a text) or "scp" (a list)
  std::vector<RequiredClaim> required = {};
  milliseconds leeway{0};                              ///< at most kMostLeeway
  std::optional<milliseconds> max_age = std::nullopt;  ///< since iat, which then has to be there
};

/// nullopt when the claims hold at `now`. Expired is: now >= exp + leeway.
std::optional<Refusal> check_claims(std::span<const JsonMember> claims,
                                    const RegisteredClaims& registered,
                                    const Expectations& expectations, UtcTime now);

}  // namespace btcw::token
