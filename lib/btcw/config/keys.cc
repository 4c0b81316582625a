// The table of everything that can be configured. A new key is a row here, in the module's option
// struct, and in config.example.toml.
#include "btcw/config/keys.h"

#include <chrono>
#include <vector>

#include "btcw/config/exchange_text.h"
#include "btcw/config/url_text.h"
#include "btcw/market/exchange_names.h"
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

template <auto... Members>
constexpr MemberPath<WholeConfig, Members...> kIn{};
template <auto... Members>
constexpr MemberPath<OneExchange, Members...> kOfExchange{};

constexpr milliseconds kNever = hours{24 * 365 * 10};

Result<std::string> read_quote(std::string_view text) {
  const auto symbol = Symbol::of("BTC", text);
  if (!symbol) return Error{Errc::invalid_input, "not a currency such as \"USDT\""};
  return std::string{symbol->quote()};
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

constexpr ConfigRule kRules[] = {
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
