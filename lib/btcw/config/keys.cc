// The table of everything that can be configured. A new key is a row here, in the module's option
// struct, and in config.example.toml.
#include "btcw/config/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "btcw/config/channel_sections.h"
#include "btcw/config/exchange_text.h"
#include "btcw/config/url_text.h"
#include "btcw/market/exchange_names.h"
#include "btcw/process/command_words.h"
#include "btcw/redis/redis_url.h"
#include "btcw/token/claim_checks.h"

namespace btcw {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct WholeConfig {
  static const Config& in(const Config& config, const KeyPlace&) { return config; }
  static Config& in(Config& config, const KeyPlace&) { return config; }
};

struct OneExchange {
  static const ExchangeOptions& in(const Config& config, const KeyPlace& place) {
    // Of a table that sets nothing.
    static const ExchangeOptions kDefaults;
    const auto found = config.market.exchanges.find(name(place));
    return found == config.market.exchanges.end() ? kDefaults : found->second;
  }
  static ExchangeOptions& in(Config& config, const KeyPlace& place) {
    return config.market.exchanges[name(place)];
  }
  // named_tables() has seen to it that it is one.
  static ExchangeName name(const KeyPlace& place) {
    return ExchangeName::parse(place.instance).value_or(ExchangeName{});
  }
};

struct OneChannel {
  static const ChannelRoute& in(const Config& config, const KeyPlace& place) {
    // Of a table that sets nothing.
    static const ChannelRoute kDefaults;
    const auto found = config.channels.find(place.instance);
    return found == config.channels.end() ? kDefaults : found->second;
  }
  static ChannelRoute& in(Config& config, const KeyPlace& place) {
    return config.channels[std::string{place.instance}];
  }
};

/// A text as a template's argument.
template <std::size_t Size>
struct KeyName {
  char text[Size];
  constexpr KeyName(const char (&name)[Size]) { std::copy_n(name, Size, text); }
};

/// A key of a channel's type: among the values of its settings.
template <KeyName Name>
struct ChannelValue {
  constexpr operator Access<std::string>() const {
    return {[](const Config& config, const KeyPlace& place) {
              const auto& values = OneChannel::in(config, place).settings.values;
              const auto found = values.find(std::string_view{Name.text});
              return found == values.end() ? std::string{} : found->second;
            },
            [](Config& config, const KeyPlace& place, std::string value) {
              OneChannel::in(config, place)
                  .settings.values.insert_or_assign(Name.text, std::move(value));
            }};
  }
};
/// Likewise among the secrets.
template <KeyName Name>
struct ChannelSecret {
  constexpr operator KeyType() const {
    return SecretKey{[](const Config& config, const KeyPlace& place) -> const Secret& {
                       static const Secret kNone;
                       const auto& secrets = OneChannel::in(config, place).settings.secrets;
                       const auto found = secrets.find(std::string_view{Name.text});
                       return found == secrets.end() ? kNone : found->second;
                     },
                     [](Config& config, const KeyPlace& place, Secret value) {
                       OneChannel::in(config, place)
                           .settings.secrets.insert_or_assign(Name.text, std::move(value));
                     }};
  }
};

template <auto... Members>
constexpr MemberPath<WholeConfig, Members...> kIn{};
template <auto... Members>
constexpr MemberPath<OneChannel, Members...> kOfChannel{};
template <auto... Members>
constexpr MemberPath<OneExchange, Members...> kOfExchange{};

constexpr milliseconds kNever = hours{24 * 365 * 10};

Result<std::string> read_quote(std::string_view text) {
  const auto symbol = Symbol::of("BTC", text);
  if (!symbol) return Error{Errc::invalid_input, "not a currency such as \"USDT\""};
  return std::string{symbol->quote()};
}

std::string join_words(const std::vector<std::string>& words) { return join_command(words); }

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

bool is_url_without_password(std::string_view text) {
  const auto url = RedisUrl::parse(text);
  return url && url->password.empty();
}

// clang-format off
const ConfigKey kKeys[] = {
    {"exchanges", ExchangeListKey{kIn<&Config::market, &MarketOptions::order>},
     "the order in which exchanges are asked when a request names none"},

    {"general.quote", TextKey{kIn<&Config::general, &GeneralOptions::quote>, read_quote},
     "completes a symbol that is only a base: BTC becomes BTC/USDT"},
    {"general.symbols", SymbolListKey{kIn<&Config::general, &GeneralOptions::symbols>},
     "the watch list: what 'btcw price' and 'btcw watch' show when no symbol is given"},
    {"general.state_dir", PathKey{kIn<&Config::general, &GeneralOptions::state_dir>},
     "folder of the store, the queue and the locks"},
    {"general.cache_dir", PathKey{kIn<&Config::general, &GeneralOptions::cache_dir>},
     "folder of the local price cache"},

    {"price.max_age", DurationKey{kIn<&Config::price, &PriceOptions::max_age>, {}, kNever},
     "a cached price up to this old is an answer for 'btcw price'"},

    {"price.outlier_percent", DecimalKey{kIn<&Config::price, &PriceOptions::outlier_percent>, NumberRange::not_negative},
     "--all-exchanges marks a price that is more than this many percent off the median"},

    {"watch.interval", DurationKey{kIn<&Config::watch, &WatchOptions::interval>, seconds{1}, hours{24}},
     "how often 'btcw watch' asks where it does not stream"},

    {"cache.ttl", DurationKey{kIn<&Config::cache, &CacheOptions::ttl>, {}, kNever},
     "how long an entry of the price cache counts as fresh"},
    {"cache.keep", DurationKey{kIn<&Config::cache, &CacheOptions::keep>, {}, kNever},
     "how long an entry serves as the last known price"},
    {"cache.max_entries", IntegerKey{kIn<&Config::cache, &CacheOptions::max_entries>, 16, 1'000'000},
     "how many entries the local cache holds; the oldest goes first"},

    {"deployment.plan", ChoiceKey{kIn<&Config::deployment, &DeploymentOptions::plan>, kPlanWords},
     "how much is left to Redis: none, minimal (the price cache) or full (all four roles)"},
    {"deployment.price_cache", ChoiceKey{kIn<&Config::deployment, &DeploymentOptions::price_cache>, kPriceCacheWords},
     "where prices are kept: local, redis, or as the plan has it"},
    {"deployment.sessions", ChoiceKey{kIn<&Config::deployment, &DeploymentOptions::sessions>, kSessionsWords},
     "where revoked tokens are kept: file, redis, or as the plan has it"},
    {"deployment.queue", ChoiceKey{kIn<&Config::deployment, &DeploymentOptions::queue>, kQueueWords},
     "where messages wait: file, redis, or as the plan has it"},
    {"deployment.fan_out", ChoiceKey{kIn<&Config::deployment, &DeploymentOptions::fan_out>, kFanOutWords},
     "whether prices go to other hosts: memory (they do not), redis, or as the plan has it"},

    {"redis.url", unless(kIn<&Config::redis, &RedisOptions::url>, is_url_without_password),
     "redis://[user:password@]host[:port][/db] or unix:///path[?db=N]"},
    {"redis.password", kIn<&Config::redis, &RedisOptions::password>,
     "password at Redis, in place of the URL's"},
    {"redis.prefix", TextKey{kIn<&Config::redis, &RedisOptions::prefix>, read_redis_prefix},
     "stands before every key in Redis"},
    {"redis.connect_timeout", DurationKey{kIn<&Config::redis, &RedisOptions::connect_timeout>, milliseconds{10}, minutes{1}},
     "how long a connection to Redis may take to come about"},
    {"redis.timeout", DurationKey{kIn<&Config::redis, &RedisOptions::timeout>, milliseconds{10}, minutes{1}},
     "how long Redis may take to answer"},

    {"http.connect_timeout", DurationKey{kIn<&Config::http, &HttpOptions::connect_timeout>, milliseconds{50}, minutes{10}},
     "how long a connection may take to come about"},
    {"http.timeout", DurationKey{kIn<&Config::http, &HttpOptions::timeout>, milliseconds{50}, minutes{10}},
     "how long one request may take in all"},
    {"http.ca_file", PathKey{kIn<&Config::http, &HttpOptions::ca_file>},
     "PEM file of the certificate authorities to trust in place of the system's"},

    {"proxy.url", TextKey{kIn<&Config::http, &HttpOptions::proxy_url>, read_proxy_url},
     "http://, https://, socks5:// or socks5h:// proxy for all requests"},
    {"proxy.user", TextKey{kIn<&Config::http, &HttpOptions::proxy_user>},
     "user name at the proxy"},
    {"proxy.password", kIn<&Config::http, &HttpOptions::proxy_password>,
     "password at the proxy"},
    {"proxy.no_proxy", TextKey{kIn<&Config::http, &HttpOptions::no_proxy>},
     "hosts to reach without the proxy, separated by commas"},
    {"proxy.fallback_direct", FlagKey{kIn<&Config::http, &HttpOptions::fallback_direct>},
     "go without the proxy when it cannot be reached"},

    {"token.keys", PathKey{kIn<&Config::token, &token::TokenOptions::keys>},
     "file of the keys (JWKS, JWK or PEM): the first signs, kid selects when verifying"},
    {"token.key", telling(kIn<&Config::token, &token::TokenOptions::key>,
                          [](Config& config) -> std::string& { return config.token.key_exposure; }),
     "the key itself where token.keys is not set: JWK, JWKS, PEM or an HMAC secret"},
    {"token.issuer", TextKey{kIn<&Config::token, &token::TokenOptions::issuer>},
     "who issues tokens, and whose tokens are taken"},
    {"token.audience", TextListKey{kIn<&Config::token, &token::TokenOptions::audience>},
     "whom tokens are meant for, and who we are when we verify"},
    {"token.ttl", DurationKey{kIn<&Config::token, &token::TokenOptions::ttl>, seconds{1}, kNever},
     "how long a token is valid"},
    {"token.leeway", DurationKey{kIn<&Config::token, &token::TokenOptions::leeway>, {}, token::Expectations::kMostLeeway},
     "how far the clocks of who issues and who verifies may differ"},
    {"token.on_revocation_unknown", ChoiceKey{kIn<&Config::token, &token::TokenOptions::on_revocation_unknown>, token::kRevocationUnknownWords},
     "deny or allow tokens while Redis, which knows the revoked ones, cannot be asked"},

    {"queue.dir", PathKey{kIn<&Config::queue, &QueueOptions::dir>},
     "folder of the queue"},
    {"queue.max_attempts", IntegerKey{kIn<&Config::queue, &QueueOptions::max_attempts>, 1, 99},
     "how often a message is tried before it is given up"},
    {"queue.dedup_window", DurationKey{kIn<&Config::queue, &QueueOptions::dedup_window>, {}, kNever},
     "how long a second message with the same --dedup-key is taken for the first one"},
    {"queue.ttl", DurationKey{kIn<&Config::queue, &QueueOptions::ttl>, {}, kNever},
     "how long a message is worth delivering; 0: for ever"},
    {"queue.lease", DurationKey{kIn<&Config::queue, &QueueOptions::lease>, seconds{1}, minutes{60}},
     "in Redis, how long after its holder was last heard of a message is anybody's"},

    {"channel.*.type", TextKey{kOfChannel<&ChannelRoute::type>},
     "what it is: telegram, discord, email, file, ..."},
    {"channel.*.enabled", FlagKey{kOfChannel<&ChannelRoute::enabled>},
     "false: as if it were not there"},
    {"channel.*.default", FlagKey{kOfChannel<&ChannelRoute::by_default>},
     "whether messages reach it that name neither channels nor tags"},
    {"channel.*.tags", TextListKey{kOfChannel<&ChannelRoute::tags>},
     "messages with one of these tags reach it"},
    {"channel.*.per_minute", IntegerKey{kOfChannel<&ChannelRoute::caps, &Caps::per_minute>, 0, 1'000'000},
     "at most so many messages a minute; the rest waits"},
    {"channel.*.per_hour", IntegerKey{kOfChannel<&ChannelRoute::caps, &Caps::per_hour>, 0, 1'000'000},
     "likewise an hour"},
    {"channel.*.per_day", IntegerKey{kOfChannel<&ChannelRoute::caps, &Caps::per_day>, 0, 1'000'000},
     "likewise in 24 hours"},
    {"channel.*.quiet", TextKey{kOfChannel<&ChannelRoute::quiet>, read_quiet_hours},
     "quiet hours: all but urgent messages wait for their end"},
    {"channel.*.timezone", TextKey{kOfChannel<&ChannelRoute::timezone>, read_time_zone},
     "time zone of the quiet hours"},
    {"channel.*.batch", DurationKey{kOfChannel<&ChannelRoute::batch>, {}, hours{24}},
     "gathers normal and low messages for so long into one"},
    {"channel.*.escalate_to", TextKey{kOfChannel<&ChannelRoute::escalate_to>},
     "the channel that urgent messages go to when this one fails"},
    {"channel.*.escalate_after", DurationKey{kOfChannel<&ChannelRoute::escalate_after>, {}, hours{24}},
     "how long it is tried before that"},
    {"channel.*.url", ChannelSecret<"url">{},
     "the whole address of its webhook, or of the mail server"},
    {"channel.*.token", ChannelSecret<"token">{},
     "access token"},
    {"channel.*.key", ChannelSecret<"key">{},
     "access key"},
    {"channel.*.device_key", ChannelSecret<"device_key">{},
     "key of the device"},
    {"channel.*.secret", ChannelSecret<"secret">{},
     "what messages are signed with"},
    {"channel.*.user", ChannelSecret<"user">{},
     "name of a user"},
    {"channel.*.password", ChannelSecret<"password">{},
     "password of the user"},
    {"channel.*.bearer", ChannelSecret<"bearer">{},
     "token for Bearer authorization"},
    {"channel.*.base_url", ScalarKey{ChannelValue<"base_url">{}},
     "another host than the service's own: self-hosted, a proxy, a test server"},
    {"channel.*.chat", ScalarKey{ChannelValue<"chat">{}},
     "chat id or @channel"},
    {"channel.*.topic", ScalarKey{ChannelValue<"topic">{}},
     "topic"},
    {"channel.*.thread", ScalarKey{ChannelValue<"thread">{}},
     "id of a thread"},
    {"channel.*.room", ScalarKey{ChannelValue<"room">{}},
     "id of a room"},
    {"channel.*.group", ScalarKey{ChannelValue<"group">{}},
     "group in which messages are shown"},
    {"channel.*.device", ScalarKey{ChannelValue<"device">{}},
     "one device of the user's"},
    {"channel.*.sound", ScalarKey{ChannelValue<"sound">{}},
     "name of a sound"},
    {"channel.*.urgent", ScalarKey{ChannelValue<"urgent">{}},
     "how the service shows urgent messages"},
    {"channel.*.retry", ScalarKey{ChannelValue<"retry">{}},
     "seconds between repeats of an urgent message"},
    {"channel.*.expire", ScalarKey{ChannelValue<"expire">{}},
     "seconds until an urgent message is given up"},
    {"channel.*.format", ScalarKey{ChannelValue<"format">{}},
     "markup"},
    {"channel.*.from", ScalarKey{ChannelValue<"from">{}},
     "who sends"},
    {"channel.*.to", ScalarKey{ChannelValue<"to">{}},
     "who receives"},
    {"channel.*.sid", ScalarKey{ChannelValue<"sid">{}},
     "id of the account"},
    {"channel.*.id", ScalarKey{ChannelValue<"id">{}},
     "id of the webhook"},
    {"channel.*.username", ScalarKey{ChannelValue<"username">{}},
     "name that is shown"},
    {"channel.*.body", ScalarKey{ChannelValue<"body">{}},
     "template of a webhook's body"},
    {"channel.*.content_type", ScalarKey{ChannelValue<"content_type">{}},
     "of a webhook's body"},
    {"channel.*.method", ScalarKey{ChannelValue<"method">{}},
     "of a webhook's request"},
    {"channel.*.jwt_audience", ScalarKey{ChannelValue<"jwt_audience">{}},
     "whom a webhook's own token is meant for"},
    {"channel.*.path", ScalarKey{ChannelValue<"path">{}},
     "file that messages are appended to"},
    {"channel.*.sync", ScalarKey{ChannelValue<"sync">{}},
     "when the file is synced"},
    {"channel.*.bus", ScalarKey{ChannelValue<"bus">{}},
     "address of the session bus"},
    {"channel.*.program", ScalarKey{ChannelValue<"program">{}},
     "in place of notify-send"},
    {"channel.*.security", ScalarKey{ChannelValue<"security">{}},
     "of the way to the mail server"},
    {"channel.*.max_attachment_bytes", ScalarKey{ChannelValue<"max_attachment_bytes">{}},
     "largest attachments of a mail in all"},
    {"channel.*.command", ScalarKey{ChannelValue<"command">{}, join_words},
     "program that gets the message, and its arguments"},
    {"channel.*.headers", ScalarKey{ChannelValue<"headers">{}, join_lines, Shown::masked},
     "more headers of a webhook's request: \"Name: value\""},

    {"exchange.*.enabled", FlagKey{kOfExchange<&ExchangeOptions::enabled>},
     "false: never ask this exchange"},
    {"exchange.*.rest_url", TextKey{kOfExchange<&ExchangeOptions::rest_url>, read_http_url},
     "another host for its REST calls: a mirror, a proxy, a test server"},
    {"exchange.*.ws_url", TextKey{kOfExchange<&ExchangeOptions::ws_url>, read_websocket_url},
     "another host for its streams"},
};
// clang-format on

constexpr NamedTable kNamedTables[] = {
    {"exchange", check_exchange_name},
    {"channel", check_channel_name},
};

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
  for (const ExchangeName& name : config.market.order) {
    const auto options = config.market.exchanges.find(name);
    if (options == config.market.exchanges.end() || options->second.enabled) return std::nullopt;
  }
  return "exchanges: none that is enabled";
}

std::optional<std::string> find_nameless_password(const Config& config) {
  if (config.http.proxy_password.empty() || !config.http.proxy_user.empty()) return std::nullopt;
  return "proxy.password without proxy.user";
}

std::optional<std::string> find_wrong_redis(const Config& config) {
  // Secrets may not have been fetched: an empty URL is right.
  if (!config.deployment.uses_redis()) return std::nullopt;
  const auto url = RedisUrl::of(config.redis);
  if (url) return std::nullopt;
  return "redis.url: " + url.error().message;
}

constexpr ConfigRule kRules[] = {
    {"redis.url", "deployment.plan", find_wrong_redis},
    {"channel.*.type", "channel.*.enabled", find_channel_fault},
    {"exchanges", "exchange.*.enabled", find_no_exchange},
    {"cache.keep", "cache.ttl", find_short_keep},
    {"http.timeout", "http.connect_timeout", find_short_timeout},
    {"proxy.password", "proxy.user", find_nameless_password},
};

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }
std::span<const NamedTable> named_tables() { return kNamedTables; }
std::span<const ConfigRule> config_rules() { return kRules; }

Config default_config() {
  Config config;
  for (const std::string_view name : exchange_names()) {
    config.market.order.push_back(ExchangeName::parse(name).value_or(ExchangeName{}));
  }
  return config;
}

}  // namespace btcw
