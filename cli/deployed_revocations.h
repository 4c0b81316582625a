#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/redis/redis_client.h"
#include "btcw/token/redis_revocations.h"
#include "btcw/token/revocation_check.h"
#include "btcw/token/revocation_list.h"
#include "session.h"
#include "token_options.h"

namespace btcw::cli {

/// The revoked tokens as the deployment has them: the file of this host, or that and the list in
/// Redis. One thread uses an object.
class DeployedRevocations final : public token::RevocationCheck {
 public:
  /// The session outlives it.
  DeployedRevocations(const TokenSetting& setting, Session& session);

  /// In either list. Where Redis cannot be asked, `token.on_revocation_unknown` decides: deny is an
  /// error, allow is told once and counts as no.
  /// Errors: those of RevocationList; of RedisRevocations, unless allowed.
  Result<bool> contains(std::string_view jti) override;

  /// Adds them to the file, and then to Redis.
  /// Errors: as contains(); what was added to the file before Redis failed stays in it.
  Result<void> add(std::span<const token::Revocation> revocations);

  /// Both, each jti once.
  Result<std::vector<token::Revocation>> list();

 private:
  /// nullptr: the file alone is asked.
  Result<token::RedisRevocations*> redis();

  token::RevocationList file_;
  const TokenSetting& setting_;
  Session& session_;
  std::unique_ptr<RedisClient> client_ = nullptr;
  std::optional<token::RedisRevocations> redis_ = std::nullopt;
  bool told_ = false;
};

}  // namespace btcw::cli
