#include "channel_token.h"

#include <utility>
#include <variant>

#include "btcw/token/claims.h"
#include "btcw/token/signer.h"
#include "token_options.h"

namespace btcw::cli {
namespace {

constexpr milliseconds kLifetime = std::chrono::minutes{5};

}  // namespace

Result<std::string> make_channel_token(const token::TokenOptions& configured,
                                       std::string_view audience, Session& session) {
  auto loaded = load_keys({}, configured, session);
  if (const auto* const refusal = std::get_if<token::Refusal>(&loaded)) {
    return Error{Errc::rejected, refusal->message};
  }
  const auto& keys = std::get<token::KeySet>(loaded);
  const auto key = keys.signing_key(std::nullopt, session.clock.now());
  if (!key) return key.error();
  token::Claims claims;
  if (!configured.issuer.empty()) claims.set_string("iss", configured.issuer);
  claims.set_string("aud", audience);
  claims.set_string("jti", token::new_token_id(session.random));
  return token::issue(**key, std::move(claims), session.clock.now(), kLifetime);
}

}  // namespace btcw::cli
