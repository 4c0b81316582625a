#include "deployed_revocations.h"

#include <algorithm>
#include <utility>

#include "redis_connector.h"

namespace btcw::cli {

using token::RedisRevocations;
using token::Revocation;

DeployedRevocations::DeployedRevocations(const TokenSetting& setting, Session& session)
    : file_{setting.revocations}, setting_{setting}, session_{session} {}

Result<RedisRevocations*> DeployedRevocations::redis() {
  if (!setting_.redis) return static_cast<RedisRevocations*>(nullptr);
  if (redis_) return &*redis_;
  if (!*setting_.redis) return setting_.redis->error();
  client_ = (**setting_.redis)->connect();
  redis_.emplace(*client_, setting_.redis_prefix);
  return &*redis_;
}

Result<bool> DeployedRevocations::contains(std::string_view jti) {
  auto here = file_.contains(jti);
  if (!here || *here) return here;
  const auto redis = this->redis();
  if (redis && *redis == nullptr) return false;
  auto there = redis ? (*redis)->contains(jti) : Result<bool>{redis.error()};
  if (there) return there;
  Error error = std::move(there).error().within("the list of revoked tokens");
  switch (setting_.options.on_revocation_unknown) {
    case token::RevocationUnknown::deny:
      return error;
    case token::RevocationUnknown::allow:
      break;
  }
  if (!std::exchange(told_, true)) {
    session_.log.warning("tokens pass that may be revoked", {{"why", error.message}});
  }
  return false;
}

Result<void> DeployedRevocations::add(std::span<const Revocation> revocations) {
  // First where it cannot fail to be seen here.
  if (auto added = file_.add(revocations); !added) return added;
  const auto redis = this->redis();
  if (redis && *redis == nullptr) return {};
  auto added = redis ? (*redis)->add(revocations) : Result<void>{redis.error()};
  return std::move(added).within("revoked on this host only");
}

Result<std::vector<Revocation>> DeployedRevocations::list() {
  auto all = file_.list();
  if (!all) return all;
  const auto redis = this->redis();
  if (!redis) return redis.error();
  if (*redis == nullptr) return all;
  auto shared = (*redis)->list();
  if (!shared) return shared;
  for (Revocation& one : *shared) {
    const bool is_known = std::any_of(
        all->begin(), all->end(), [&](const Revocation& known) { return known.jti == one.jti; });
    if (!is_known) all->push_back(std::move(one));
  }
  std::sort(all->begin(), all->end(),
            [](const Revocation& a, const Revocation& b) { return a.jti < b.jti; });
  return all;
}

}  // namespace btcw::cli
