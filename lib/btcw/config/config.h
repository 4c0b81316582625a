#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/agenda/heartbeat_options.h"
#include "btcw/agenda/schedule_options.h"
#include "btcw/base/decimal.h"
#include "btcw/base/environment.h"
#include "btcw/base/paths.h"
#include "btcw/base/secret.h"
#include "btcw/base/symbol.h"
#include "btcw/cache/price_cache.h"
#include "btcw/config/deployment.h"
#include "btcw/drain/routing.h"
#include "btcw/history/history_options.h"
#include "btcw/market/market.h"
#include "btcw/net/http_options.h"
#include "btcw/queue/queue_options.h"
#include "btcw/redis/redis_options.h"
#include "btcw/signals/signal_options.h"
#include "btcw/token/token_options.h"
#include "btcw/watch/alert.h"

namespace btcw {

/// The `[general]` section.
struct GeneralOptions {
  std::string quote = "USDT";               ///< completes a symbol that is only a base
  std::vector<SymbolRequest> symbols = {};  ///< the watch list
  std::filesystem::path state_dir =
      {};  ///< empty in the file: Paths::state_dir; never empty once loaded
  std::filesystem::path cache_dir = {};  ///< likewise
};

/// The `[price]` section: defaults of `btcw price`.
struct PriceOptions {
  milliseconds max_age = seconds{30};
  /// So many percent off the median, an exchange's price is marked as an outlier.
  Decimal outlier_percent = Decimal::from_parts(2, 0);
};

/// The `[watch]` section: defaults of `btcw watch`.
struct WatchOptions {
  milliseconds interval = seconds{10};
  milliseconds grace = seconds{5};                    ///< what running schedules get to end
  std::string ping_url = {};                          ///< is told that watch is alive …
  milliseconds ping_every = std::chrono::minutes{1};  ///< … so often
};

/// Everything that is configured: made of the modules' own option structs. Move-only, for it may
/// hold secrets.
struct Config {
  GeneralOptions general = {};
  PriceOptions price = {};
  WatchOptions watch = {};
  HistoryOptions history = {};
  CacheOptions cache = {};
  DeploymentOptions deployment = {};
  RedisOptions redis = {};
  HttpOptions http = {};                          ///< `[http]` and `[proxy]`
  MarketOptions market = {};                      ///< `exchanges = […]` and `[exchange.NAME]`
  token::TokenOptions token = {};                 ///< `[token]`
  QueueOptions queue = {};                        ///< `[queue]`
  ChannelRoutes channels = {};                    ///< `[channel.NAME]`
  std::vector<AlertOptions> alerts = {};          ///< `[[alert]]`
  SignalOptions signals = {};                     ///< `[signals]`
  std::vector<ScheduleOptions> schedules = {};    ///< `[[schedule]]`
  std::vector<HeartbeatOptions> heartbeats = {};  ///< `[[heartbeat]]`
};

/// One thing wrong with (or worth a warning about) the configuration.
struct ConfigProblem {
  std::string where;    ///< "config.toml:12:5", "BTCW__CACHE__TTL", "--config"
  std::string message;  ///< "unknown key 'cache.tll': did you mean 'cache.ttl'?"
};

/// Where a value in force comes from.
struct ConfigOrigin {
  std::string key = {};     ///< "cache.ttl"
  std::string value = {};   ///< as TOML, which is JSON as well; a secret is "********"
  std::string origin = {};  ///< "default", "/etc/btcw/config.toml:3", "BTCW__CACHE__TTL"
  bool masked = false;
};

struct LoadedConfig {
  Config config = {};
  std::vector<ConfigProblem> errors =
      {};  ///< all of them; config is usable only when there are none
  std::vector<ConfigProblem> warnings = {};
  std::vector<std::filesystem::path> files = {};  ///< that were read, in their order
  /// Every key there is, in the order of config.example.toml; empty unless it was asked for.
  std::vector<ConfigOrigin> origins = {};
  /// Another copy of every secret that is in force: for the log's mask.
  std::vector<Secret> secrets = {};
};

/// Whether the files are read and the commands run that hold secrets. Those of channels that are
/// not enabled never are, nor those of Redis when no role is its own.
enum class SecretFetching {
  all,
  /// As `all`, but a channel whose secret cannot be had has that as its `fault`, and is no error:
  /// it is not to hold up the others.
  deliveries,
  all_but_channels,
  redis_only,
  none
};

/// What is read: `files` in order, later ones win; none given: $BTCW_CONFIG, else the user's file,
/// else `system_file`, else nothing but defaults. Then BTCW__SECTION__KEY variables.
struct ConfigSources {
  std::vector<std::filesystem::path> files = {};
  const Environment& environment;
  SecretFetching secrets = SecretFetching::all;
  bool list_origins = false;
  std::filesystem::path system_file = "/etc/btcw/config.toml";
};

/// Every key is judged in every source; a file that is not TOML ends at its first error, the others
/// go on. A file that was named and is not there is an error; a default one that is not there is
/// not, but one that cannot be read is. Never throws, never prints.
LoadedConfig load_config(const ConfigSources& sources);

}  // namespace btcw
