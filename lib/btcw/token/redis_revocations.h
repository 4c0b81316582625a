#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/redis/redis_client.h"
#include "btcw/token/revocation_check.h"
#include "btcw/token/revocation_record.h"

namespace btcw::token {

/// The tokens that were revoked, in Redis, for all hosts: a key "btcw:revoked:JTI" each, which goes
/// when no leeway can make the token valid again. Anything that can ask EXISTS can use it.
///
/// As durable as the server, which must not evict keys (maxmemory-policy noeviction).
///
/// Errors beside those named: those of RedisClient::run() and read_redis_error(). One thread uses
/// an object.
class RedisRevocations final : public RevocationCheck {
 public:
  /// `redis` outlives it; `prefix` is before every key.
  RedisRevocations(RedisClient& redis, std::string prefix)
      : redis_{redis}, prefix_{std::move(prefix)} {}

  Result<bool> contains(std::string_view jti) override;

  /// Adds them; one that is there already keeps the later end. When it fails, which of them were
  /// added is not known, and adding them again does no harm.
  /// Precondition: no jti is empty or longer than kMaxJtiBytes.
  Result<void> add(std::span<const Revocation> revocations);

  /// All of them, by jti.
  Result<std::vector<Revocation>> list();

 private:
  [[nodiscard]] std::string key_of(std::string_view jti) const;

  RedisClient& redis_;
  std::string prefix_;
};

}  // namespace btcw::token
