// The table of everything that can be configured. A new key is a row here, in the module's option
// struct, and in config.example.toml; what ties it to other keys is a row of config_rules.cc.
#include "btcw/config/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "btcw/config/agenda_sections.h"
#include "btcw/config/alert_sections.h"
#include "btcw/config/channel_sections.h"
#include "btcw/config/exchange_text.h"
#include "btcw/config/url_text.h"
#include "btcw/market/call_rate.h"
#include "btcw/market/exchange_names.h"
#include "btcw/process/command_words.h"
#include "btcw/redis/redis_url.h"
#include "btcw/signals/signal_template.h"
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
    return config.market.of(name(place));
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

/// One table of a list of them, made with those before it.
template <auto Member>
struct OneOf {
  static const auto& in(const Config& config, const KeyPlace& place) {
    using Item = typename std::remove_cvref_t<decltype(config.*Member)>::value_type;
    // Of a table that sets nothing.
    static const Item kDefaults;
    const auto& items = config.*Member;
    return place.index < items.size() ? items[place.index] : kDefaults;
  }
  static auto& in(Config& config, const KeyPlace& place) {
    auto& items = config.*Member;
    if (items.size() <= place.index) items.resize(place.index + 1);
    return items[place.index];
  }
};
using OneAlert = OneOf<&Config::alerts>;
using OneSchedule = OneOf<&Config::schedules>;
using OneHeartbeat = OneOf<&Config::heartbeats>;

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
constexpr MemberPath<OneAlert, Members...> kOfAlert{};
template <auto... Members>
constexpr MemberPath<OneExchange, Members...> kOfExchange{};

template <auto... Members>
constexpr MemberPath<OneSchedule, Members...> kOfSchedule{};
template <auto... Members>
constexpr MemberPath<OneHeartbeat, Members...> kOfHeartbeat{};

constexpr std::array<std::string_view, 3> kRepeatWords{"once", "rearm", "every"};

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

Result<std::string> read_rate(std::string_view text) {
  if (text.empty()) return std::string{};
  const auto rate = parse_call_rate(text);
  if (!rate) return rate.error();
  return std::string{text};
}

const Secret& exchange_key(const Config& config, const KeyPlace& place) {
  static const Secret kNone;
  const auto& key = OneExchange::in(config, place).key;
  return key ? *key : kNone;
}

void set_exchange_key(Config& config, const KeyPlace& place, Secret key) {
  OneExchange::in(config, place).key = std::make_shared<const Secret>(std::move(key));
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
    {"watch.grace", DurationKey{kIn<&Config::watch, &WatchOptions::grace>, {}, minutes{5}},
     "how long commands of schedules get to end when 'btcw watch' is told to end"},
    {"watch.ping_url", ScalarKey{kIn<&Config::watch, &WatchOptions::ping_url>, nullptr, Shown::masked},
     "is told while 'btcw watch' is alive: a dead man's switch, as of healthchecks.io"},
    {"watch.ping_every", DurationKey{kIn<&Config::watch, &WatchOptions::ping_every>, seconds{1}, hours{24}},
     "how often it is told"},

    {"history.enabled", FlagKey{kIn<&Config::history, &HistoryOptions::enabled>},
     "whether 'btcw watch' remembers prices"},
    {"history.seed", FlagKey{kIn<&Config::history, &HistoryOptions::seed>},
     "whether exchanges are asked for the candles that indicators of alerts miss at the start"},
    {"history.keep_ticks", DurationKey{kIn<&Config::history, &HistoryOptions::keep_ticks>, {}, kNever},
     "how long prices are kept, one a second; 0: for ever"},
    {"history.keep_1m", DurationKey{kIn<&Config::history, &HistoryOptions::keep_1m>, {}, kNever},
     "how long candles of one minute are kept"},
    {"history.keep_5m", DurationKey{kIn<&Config::history, &HistoryOptions::keep_5m>, {}, kNever},
     "likewise of five minutes"},
    {"history.keep_15m", DurationKey{kIn<&Config::history, &HistoryOptions::keep_15m>, {}, kNever},
     "likewise of a quarter of an hour"},
    {"history.keep_1h", DurationKey{kIn<&Config::history, &HistoryOptions::keep_1h>, {}, kNever},
     "likewise of one hour"},
    {"history.keep_4h", DurationKey{kIn<&Config::history, &HistoryOptions::keep_4h>, {}, kNever},
     "likewise of four hours"},
    {"history.keep_1d", DurationKey{kIn<&Config::history, &HistoryOptions::keep_1d>, {}, kNever},
     "likewise of one day"},

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
    {"redis.durable_url", unless(kIn<&Config::redis, &RedisOptions::durable_url>, is_url_without_password),
     "another Redis for messages and revoked tokens, one that throws nothing away"},
    {"redis.durable_password", kIn<&Config::redis, &RedisOptions::durable_password>,
     "password there, in place of that URL's"},
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

    {"alert[].name", TextKey{kOfAlert<&AlertOptions::name>, read_alert_name},
     "what it is called in messages, and by --explain", Need::required},
    {"alert[].enabled", FlagKey{kOfAlert<&AlertOptions::enabled>},
     "false: it is not judged"},
    {"alert[].symbol", TextKey{kOfAlert<&AlertOptions::symbol>, read_alert_symbol},
     "what it is about: \"BTC/USDT\", \"kraken:BTC/EUR\", \"*/USDT\""},
    {"alert[].symbols", TextListKey{kOfAlert<&AlertOptions::symbols>, read_alert_symbol},
     "likewise, several"},
    {"alert[].when", TextKey{kOfAlert<&AlertOptions::when>, read_condition},
     "the condition, in the alert language", Need::required},
    {"alert[].for", DurationKey{kOfAlert<&AlertOptions::hold_for>, {}, kNever},
     "how long the condition must hold before it fires"},
    {"alert[].cooldown", DurationKey{kOfAlert<&AlertOptions::cooldown>, {}, kNever},
     "how long after it has fired it does not fire again"},
    {"alert[].hysteresis", TextKey{kOfAlert<&AlertOptions::hysteresis>, read_hysteresis},
     "how far the price must come back before it fires again: \"0.5%\" or \"500\""},
    {"alert[].repeat", ChoiceKey{kOfAlert<&AlertOptions::repeat>, kRepeatWords},
     "how often: once, rearm (when the condition has been false), or every (cooldown)"},
    {"alert[].expires", MomentKey{kOfAlert<&AlertOptions::expires>},
     "from then on it is silent"},
    {"alert[].priority", ChoiceKey{kOfAlert<&AlertOptions::priority>, kUrgencyWords},
     "of its messages: urgent, normal or low"},
    {"alert[].channels", TextListKey{kOfAlert<&AlertOptions::channels>},
     "where its messages go; none: as the channels have it"},
    {"alert[].tags", TextListKey{kOfAlert<&AlertOptions::tags>},
     "of its messages, for the routing"},
    {"alert[].title", TextKey{kOfAlert<&AlertOptions::title>, read_message_template},
     "title of its messages, with fields in braces"},
    {"alert[].message", TextKey{kOfAlert<&AlertOptions::message>, read_message_template},
     "text of the message when it fires, with fields in braces"},
    {"alert[].resolve", FlagKey{kOfAlert<&AlertOptions::resolve>},
     "whether a message tells that it is over"},
    {"alert[].resolve_message", TextKey{kOfAlert<&AlertOptions::resolve_message>, read_message_template},
     "text of that message"},
    {"alert[].quiet", TextKey{kOfAlert<&AlertOptions::quiet>, read_quiet_hours},
     "all but urgent messages wait for the end of these hours"},
    {"alert[].timezone", TextKey{kOfAlert<&AlertOptions::timezone>, read_time_zone},
     "in which the quiet hours are meant"},
    {"alert[].ttl", DurationKey{kOfAlert<&AlertOptions::ttl>, {}, kNever},
     "how long a message is worth delivering; 0: as queue.ttl has it"},

    {"exchange.*.enabled", FlagKey{kOfExchange<&ExchangeOptions::enabled>},
     "false: never ask this exchange"},
    {"exchange.*.rest_url", TextKey{kOfExchange<&ExchangeOptions::rest_url>, read_http_url},
     "another host for its REST calls: a mirror, a proxy, a test server"},
    {"exchange.*.ws_url", TextKey{kOfExchange<&ExchangeOptions::ws_url>, read_websocket_url},
     "another host for its streams"},
    {"exchange.*.rate", TextKey{kOfExchange<&ExchangeOptions::rate>, read_rate},
     "how often it may be asked, such as 30/1m, in place of what its rules allow"},
    {"exchange.*.key", SecretKey{exchange_key, set_exchange_key},
     "your key there, where it is asked with one: coingecko"},

    {"signals.dir", PathKey{kIn<&Config::signals, &SignalOptions::dir>},
     "folder of a trading bot's signals, which 'btcw watch' makes messages of"},
    {"signals.strong", DecimalKey{kIn<&Config::signals, &SignalOptions::strong>, NumberRange::not_negative},
     "from this strength on a signal is urgent"},
    {"signals.medium", DecimalKey{kIn<&Config::signals, &SignalOptions::medium>, NumberRange::not_negative},
     "from this strength on a signal is of normal priority"},
    {"signals.weak", DecimalKey{kIn<&Config::signals, &SignalOptions::weak>, NumberRange::not_negative},
     "from this strength on a signal is of low priority; a weaker one is passed over"},
    {"signals.dedup_window", DurationKey{kIn<&Config::signals, &SignalOptions::dedup_window>, {}, kNever},
     "how long a second signal of the same pair and action is passed over"},
    {"signals.dedup_rise", DecimalKey{kIn<&Config::signals, &SignalOptions::dedup_rise>, NumberRange::not_negative},
     "unless it is stronger by so many percent"},
    {"signals.channels", TextListKey{kIn<&Config::signals, &SignalOptions::channels>},
     "where its messages go; none: as the routing says"},
    {"signals.title", TextKey{kIn<&Config::signals, &SignalOptions::title>, read_signal_template},
     "template of the messages' title"},
    {"signals.message", TextKey{kIn<&Config::signals, &SignalOptions::message>, read_signal_template},
     "template of the messages' text"},

    {"schedule[].name", TextKey{kOfSchedule<&ScheduleOptions::name>, read_agenda_name},
     "name of the schedule, one of its own", Need::required},
    {"schedule[].cron", TextKey{kOfSchedule<&ScheduleOptions::cron>, read_cron},
     "when it runs: \"0 8 * * mon-fri\", \"@daily\""},
    {"schedule[].every", DurationKey{kOfSchedule<&ScheduleOptions::every>, milliseconds{1}, hours{24 * 366}},
     "or every so often: \"30s\""},
    {"schedule[].timezone", TextKey{kOfSchedule<&ScheduleOptions::timezone>, read_time_zone},
     "time zone of cron"},
    {"schedule[].action", ChoiceKey{kOfSchedule<&ScheduleOptions::action>, kActionWords},
     "what it does: digest, drain, prune, check, backup or exec", Need::required},
    {"schedule[].overlap", ChoiceKey{kOfSchedule<&ScheduleOptions::overlap>, kOverlapWords},
     "what is done when the run before still goes on: skip, queue or allow"},
    {"schedule[].timeout", DurationKey{kOfSchedule<&ScheduleOptions::timeout>, milliseconds{10}, hours{24 * 7}},
     "how long a run may take"},
    {"schedule[].jitter", DurationKey{kOfSchedule<&ScheduleOptions::jitter>, {}, hours{24}},
     "runs are later by up to this, always the same for a name"},
    {"schedule[].catch_up", FlagKey{kOfSchedule<&ScheduleOptions::catch_up>},
     "make up, once, for runs that were missed"},
    {"schedule[].ping_url", ScalarKey{kOfSchedule<&ScheduleOptions::ping_url>, nullptr, Shown::masked},
     "is told of each run's start, success and failure"},
    {"schedule[].channels", TextListKey{kOfSchedule<&ScheduleOptions::channels>},
     "where messages of digest and check go; none: as the routing says"},
    {"schedule[].priority", ChoiceKey{kOfSchedule<&ScheduleOptions::priority>, kUrgencyWords},
     "of these messages: urgent, normal or low"},
    {"schedule[].symbols", SymbolListKey{kOfSchedule<&ScheduleOptions::symbols>},
     "of digest; none: what is watched"},
    {"schedule[].command", TextListKey{kOfSchedule<&ScheduleOptions::command>},
     "of exec: program and arguments, run without a shell"},
    {"schedule[].path", PathKey{kOfSchedule<&ScheduleOptions::path>},
     "of backup: the folder for the copies"},
    {"schedule[].keep", IntegerKey{kOfSchedule<&ScheduleOptions::keep>, 1, 10'000},
     "of backup: how many copies stay"},
    {"schedule[].dead_after", DurationKey{kOfSchedule<&ScheduleOptions::dead_after>, {}, kNever},
     "of prune: how long dead letters stay"},
    {"schedule[].deliveries_after", DurationKey{kOfSchedule<&ScheduleOptions::deliveries_after>, hours{24}, kNever},
     "of prune: how long records of deliveries stay"},
    {"schedule[].max_pending", IntegerKey{kOfSchedule<&ScheduleOptions::max_pending>, 1, 1'000'000},
     "of check: more messages than this in the queue are a fault"},

    {"heartbeat[].name", TextKey{kOfHeartbeat<&HeartbeatOptions::name>, read_agenda_name},
     "name of the heartbeat, one of its own", Need::required},
    {"heartbeat[].path", PathKey{kOfHeartbeat<&HeartbeatOptions::path>},
     "the file that another program keeps writing to", Need::required},
    {"heartbeat[].contains", TextKey{kOfHeartbeat<&HeartbeatOptions::contains>},
     "the last line with this text is the sign of life; none: the file's own time"},
    {"heartbeat[].max_age", DurationKey{kOfHeartbeat<&HeartbeatOptions::max_age>, seconds{1}, kNever},
     "how old the last sign of life may be"},
    {"heartbeat[].every", DurationKey{kOfHeartbeat<&HeartbeatOptions::every>, milliseconds{100}, hours{24}},
     "how often it is looked at"},
    {"heartbeat[].channels", TextListKey{kOfHeartbeat<&HeartbeatOptions::channels>},
     "where its messages go; none: as the routing says"},
    {"heartbeat[].priority", ChoiceKey{kOfHeartbeat<&HeartbeatOptions::priority>, kUrgencyWords},
     "of its messages: urgent, normal or low"},
    {"heartbeat[].resolve", FlagKey{kOfHeartbeat<&HeartbeatOptions::resolve>},
     "whether its coming back is told too"},
};
// clang-format on

constexpr NamedTable kNamedTables[] = {
    {"exchange", check_exchange_name},
    {"channel", check_channel_name},
};

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }
std::span<const NamedTable> named_tables() { return kNamedTables; }

Config default_config() {
  Config config;
  for (const std::string_view name : exchange_names()) {
    config.market.order.push_back(ExchangeName::parse(name).value_or(ExchangeName{}));
  }
  return config;
}

}  // namespace btcw
