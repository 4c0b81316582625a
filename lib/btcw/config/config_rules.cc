// The table of what single keys cannot tell, and the rules that take a line or two; those of
// alerts, channels, schedules and signals stand with their sections.
#include "btcw/config/config_rules.h"

#include "btcw/base/time.h"
#include "btcw/config/agenda_sections.h"
#include "btcw/config/alert_sections.h"
#include "btcw/config/channel_sections.h"
#include "btcw/redis/redis_url.h"

namespace btcw {
namespace {

std::optional<std::string> find_short_keep(const Config& config) {
  if (config.cache.keep >= config.cache.ttl) return std::nullopt;
  return "cache.keep (" + to_string(config.cache.keep) + ") is shorter than cache.ttl (" +
         to_string(config.cache.ttl) + ")";
}

std::optional<std::string> find_short_timeout(const Config& config) {
  if (config.http.timeout >= config.http.connect_timeout) return std::nullopt;
  return "http.timeout (" + to_string(config.http.timeout) + ") is shorter than " +
         "http.connect_timeout (" + to_string(config.http.connect_timeout) + ")";
}

std::optional<std::string> find_no_exchange(const Config& config) {
  if (!config.market.enabled().empty()) return std::nullopt;
  return "exchanges: none that is enabled";
}

std::optional<std::string> find_nameless_password(const Config& config) {
  if (config.http.proxy_password.empty() || !config.http.proxy_user.empty()) return std::nullopt;
  return "proxy.password without proxy.user";
}

std::optional<std::string> find_wrong_redis(const Config& config) {
  // Secrets may not have been fetched: an empty URL is right.
  if (!config.deployment.uses_redis()) return std::nullopt;
  const auto url = RedisUrl::of(config.redis, RedisInstance::prices);
  if (url) return std::nullopt;
  return "redis.url: " + url.error().message;
}

std::optional<std::string> find_wrong_durable_redis(const Config& config) {
  if (!config.deployment.uses_durable_redis() || config.redis.durable_url.empty()) {
    return std::nullopt;
  }
  const auto url = RedisUrl::of(config.redis, RedisInstance::durable);
  if (url) return std::nullopt;
  return "redis.durable_url: " + url.error().message;
}

std::optional<std::string> find_wrong_ping(const Config& config) {
  if (config.watch.ping_url.empty()) return std::nullopt;
  const auto url = read_ping_url(config.watch.ping_url);
  return url ? std::nullopt : std::optional{"watch.ping_url: " + url.error().message};
}

constexpr ConfigRule kRules[] = {
    {"watch.ping_url", "watch.ping_every", find_wrong_ping},
    {"signals.strong", "signals.medium", find_wrong_strengths},
    {"signals.channels", "signals.dir", find_unknown_signal_channel},
    {"redis.url", "deployment.plan", find_wrong_redis},
    {"redis.durable_url", "deployment.plan", find_wrong_durable_redis},
    {"channel.*.type", "channel.*.enabled", find_channel_fault},
    {"alert[].name", "alert[].when", find_alert_fault},
    {"exchanges", "exchange.*.enabled", find_no_exchange},
    {"cache.keep", "cache.ttl", find_short_keep},
    {"http.timeout", "http.connect_timeout", find_short_timeout},
    {"proxy.password", "proxy.user", find_nameless_password},
};

constexpr ListRule kListRules[] = {
    {"schedule[]", find_schedule_faults},
    {"heartbeat[]", find_heartbeat_faults},
};

}  // namespace

std::span<const ConfigRule> config_rules() { return kRules; }
std::span<const ListRule> list_rules() { return kListRules; }

}  // namespace btcw
