#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "btcw/token/claims.h"
#include "token_options.h"

namespace btcw::cli {

/// Whose form of tokens is meant.
enum class TokenProfile { none, freqtrade };
inline constexpr std::array kTokenProfiles{
    Choice<TokenProfile>{"none", TokenProfile::none},
    Choice<TokenProfile>{"freqtrade", TokenProfile::freqtrade}};

/// What `btcw token issue` is asked for.
struct IssueOptions {
  TokenKeyOptions keys = {};
  std::optional<std::string> subject = std::nullopt;
  std::optional<std::string> issuer = std::nullopt;
  std::vector<std::string> audiences = {};
  std::vector<std::string> scopes = {};
  std::vector<std::string> claims = {};
  std::optional<std::string> claims_file = std::nullopt;
  std::optional<milliseconds> ttl = std::nullopt;
  std::optional<TimeArgument> expires = std::nullopt;
  std::optional<TimeArgument> not_before = std::nullopt;
  std::optional<TimeArgument> now = std::nullopt;
  bool with_jti = false;
  std::string jti = {};
  std::optional<std::string> kid = std::nullopt;
  std::string type = "JWT";
  TokenProfile profile = TokenProfile::none;
  std::size_t max_bytes = token::VerifierOptions::kUsualMaxBytes;
  bool ndjson = false;
  bool json = false;
};

/// Makes the claims of one run's tokens. It borrows what it is made with.
class ClaimsWriter {
 public:
  ClaimsWriter(const IssueOptions& options, const token::TokenOptions& configured, Session& session)
      : options_{options}, configured_{configured}, session_{session} {}

  /// The claims as given, with all that the options add.
  /// Errors: invalid_input.
  Result<token::Claims> complete(token::Claims claims);
  /// The payload, if a verifier would accept its form.
  Result<std::string> payload_of(const token::Claims& claims);

 private:
  Result<void> add_spelled_claims(token::Claims& claims);
  Result<void> add_option_claims(token::Claims& claims);
  Result<void> add_times(token::Claims& claims, UtcTime now);

  const IssueOptions& options_;
  const token::TokenOptions& configured_;
  Session& session_;
  token::JsonReader reader_;
};

}  // namespace btcw::cli
