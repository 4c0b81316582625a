#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/config/keys.h"
#include "support/config_text.h"

using btcw::Config;
using btcw::config_keys;
using btcw::ConfigKey;
using btcw::ConfigOrigin;
using btcw::Environment;
using btcw::ExchangeName;
using btcw::LoadedConfig;
using btcw::milliseconds;
using btcw::seconds;
using btcw::test::lines_of;
using btcw::test::load_texts;

namespace {

const ConfigOrigin& origin_of(const LoadedConfig& loaded, std::string_view key) {
  const auto found = std::find_if(loaded.origins.begin(), loaded.origins.end(),
                                  [&](const ConfigOrigin& one) { return one.key == key; });
  REQUIRE(found != loaded.origins.end());
  return *found;
}

std::vector<std::string> symbols_of(const Config& config) {
  std::vector<std::string> texts;
  for (const auto& symbol : config.general.symbols) texts.push_back(symbol.to_string());
  return texts;
}

constexpr std::string_view kEverything = R"(
exchanges = ["kraken", "okx"]
[general]
quote = "eur"
symbols = ["BTC", "eth-usdt", "kraken:XRP/USD"]
state_dir = "/var/lib/btcw"
cache_dir = "cache"
[price]
max_age = "1m30s"
[watch]
interval = "5s"
[cache]
ttl = "45s"
keep = "2d"
max_entries = 100
[http]
connect_timeout = "1s"
timeout = "2s"
ca_file = "~/ca.pem"
[proxy]
url = "socks5h://127.0.0.1:1080"
user = "me"
password = "hunter2"
no_proxy = "localhost"
fallback_direct = true
[exchange.kraken]
enabled = false
rest_url = "http://127.0.0.1:9000/kraken/"
ws_url = "ws://127.0.0.1:9000/kraken"
)";

}  // namespace

TEST_CASE("every key of a file arrives in the options of its module") {
  const LoadedConfig loaded = load_texts({kEverything}, Environment{{{"HOME", "/home/me"}}});

  REQUIRE(lines_of(loaded.errors).empty());
  const Config& config = loaded.config;
  REQUIRE(config.market.order.size() == 2);
  CHECK(config.market.order[0].text() == "kraken");
  CHECK(config.market.order[1].text() == "okx");
  CHECK(config.general.quote == "EUR");
  CHECK(symbols_of(config) == std::vector<std::string>{"BTC/EUR", "ETH/USDT", "kraken:XRP/USD"});
  CHECK(config.general.state_dir == "/var/lib/btcw");
  CHECK(config.general.cache_dir == "/etc/btcw/cache");
  CHECK(config.price.max_age == seconds{90});
  CHECK(config.watch.interval == seconds{5});
  CHECK(config.cache.ttl == seconds{45});
  CHECK(config.cache.keep == std::chrono::hours{48});
  CHECK(config.cache.max_entries == 100);
  CHECK(config.http.connect_timeout == seconds{1});
  CHECK(config.http.timeout == seconds{2});
  CHECK(config.market.connect_timeout == seconds{1});
  CHECK(config.market.timeout == seconds{2});
  CHECK(config.http.ca_file == "/home/me/ca.pem");
  CHECK(config.http.proxy_url == "socks5h://127.0.0.1:1080");
  CHECK(config.http.proxy_user == "me");
  CHECK(config.http.proxy_password.reveal() == "hunter2");
  CHECK(config.http.no_proxy == "localhost");
  CHECK(config.http.fallback_direct);
  const auto& kraken = config.market.exchanges.at(*ExchangeName::parse("kraken"));
  CHECK_FALSE(kraken.enabled);
  CHECK(kraken.rest_url == "http://127.0.0.1:9000/kraken");
  CHECK(kraken.ws_url == "ws://127.0.0.1:9000/kraken");
  REQUIRE(loaded.secrets.size() == 1);
  CHECK(loaded.secrets[0].reveal() == "hunter2");
}

TEST_CASE("what is in force can be written as TOML and read back unchanged") {
  const Environment environment{{{"HOME", "/home/me"}}};
  const LoadedConfig first = load_texts({kEverything}, environment);
  std::string text;
  for (const ConfigOrigin& origin : first.origins) {
    if (!origin.masked) text += origin.key + " = " + origin.value + "\n";
  }
  CAPTURE(text);

  const LoadedConfig second = load_texts({text}, environment);

  CHECK(lines_of(second.errors).empty());
  REQUIRE(second.origins.size() == first.origins.size());
  for (std::size_t i = 0; i < first.origins.size(); ++i) {
    CHECK(second.origins[i].key == first.origins[i].key);
    if (!first.origins[i].masked) CHECK(second.origins[i].value == first.origins[i].value);
  }
}

TEST_CASE("without any source the defaults are in force") {
  const LoadedConfig loaded = load_texts({});
  CHECK(loaded.errors.empty());
  CHECK(loaded.warnings.empty());
  CHECK(loaded.config.general.quote == "USDT");
  CHECK(loaded.config.price.max_age == seconds{30});
  CHECK_FALSE(loaded.config.market.order.empty());
  CHECK(loaded.config.market.exchanges.empty());
  CHECK(loaded.secrets.empty());
  for (const ConfigOrigin& origin : loaded.origins) CHECK(origin.origin == "default");
}

TEST_CASE("a later file wins key by key, and a variable over all files") {
  const Environment environment{{{"BTCW__PRICE__MAX_AGE", "3s"}, {"BTCW_X", "1"}, {"PATH", "x"}}};
  const LoadedConfig loaded = load_texts(
      {"cache.ttl = \"1s\"\n[price]\nmax_age = \"1s\"", "\ncache.ttl = \"2s\"\n"}, environment);
  REQUIRE(loaded.errors.empty());
  CHECK(loaded.config.cache.ttl == seconds{2});
  CHECK(loaded.config.price.max_age == seconds{3});
  CHECK(origin_of(loaded, "cache.ttl").origin == "2.toml:2");
  CHECK(origin_of(loaded, "price.max_age").origin == "BTCW__PRICE__MAX_AGE");
  CHECK(origin_of(loaded, "cache.keep").origin == "default");
}

TEST_CASE("the quote completes symbols wherever it is set") {
  const Environment environment{{{"BTCW__GENERAL__QUOTE", "usd"}}};
  const LoadedConfig loaded = load_texts({"general.symbols = [\"BTC\"]"}, environment);
  CHECK(symbols_of(loaded.config) == std::vector<std::string>{"BTC/USD"});
}

TEST_CASE("a variable sets any kind of key") {
  const Environment environment{{{"BTCW__EXCHANGES", " okx , kraken"},
                                 {"BTCW__GENERAL__SYMBOLS", "[\"BTC\", 'ETH']"},
                                 {"BTCW__CACHE__MAX_ENTRIES", " 20 "},
                                 {"BTCW__PROXY__FALLBACK_DIRECT", "Yes"},
                                 {"BTCW__PROXY__USER", "me"},
                                 {"BTCW__PROXY__PASSWORD_ENV", "PROXY_PASSWORD"},
                                 {"PROXY_PASSWORD", "hunter2"},
                                 {"BTCW__HTTP__CA_FILE", "ca.pem"},
                                 {"BTCW__EXCHANGE__BINANCE__REST_URL", "http://127.0.0.1:1"}}};
  const LoadedConfig loaded = load_texts({}, environment);
  REQUIRE(lines_of(loaded.errors).empty());
  CHECK(loaded.config.market.order.size() == 2);
  CHECK(symbols_of(loaded.config) == std::vector<std::string>{"BTC/USDT", "ETH/USDT"});
  CHECK(loaded.config.cache.max_entries == 20);
  CHECK(loaded.config.http.fallback_direct);
  CHECK(loaded.config.http.proxy_password.reveal() == "hunter2");
  CHECK(loaded.config.http.ca_file == "ca.pem");
  CHECK(loaded.config.market.exchanges.at(*ExchangeName::parse("binance")).rest_url ==
        "http://127.0.0.1:1");
}

TEST_CASE("a variable adds to the table of an exchange that a file began") {
  const Environment environment{{{"BTCW__EXCHANGE__KRAKEN__ENABLED", "0"}}};
  const LoadedConfig loaded =
      load_texts({"[exchange.kraken]\nrest_url = \"http://x\""}, environment);
  REQUIRE(lines_of(loaded.errors).empty());
  REQUIRE(loaded.config.market.exchanges.size() == 1);
  const auto& kraken = loaded.config.market.exchanges.begin()->second;
  CHECK(kraken.rest_url == "http://x");
  CHECK_FALSE(kraken.enabled);
  CHECK(origin_of(loaded, "exchange.kraken.rest_url").origin == "1.toml:2");
  CHECK(origin_of(loaded, "exchange.kraken.ws_url").origin == "default");
  CHECK(origin_of(loaded, "exchange.kraken.enabled").origin == "BTCW__EXCHANGE__KRAKEN__ENABLED");
}

TEST_CASE("a table that sets nothing shows the defaults") {
  const LoadedConfig loaded = load_texts({"[exchange.kraken]"});
  CHECK(lines_of(loaded.errors).empty());
  CHECK(origin_of(loaded, "exchange.kraken.enabled").value == "true");
  CHECK(origin_of(loaded, "exchange.kraken.enabled").origin == "default");
}

TEST_CASE("a later way to give a secret takes the place of an earlier one") {
  const Environment environment{{{"BTCW__PROXY__PASSWORD", "second"}}};
  const LoadedConfig loaded =
      load_texts({"proxy.user = \"me\"\nproxy.password_file = \"/nowhere\""}, environment);
  CHECK(lines_of(loaded.errors).empty());
  CHECK(loaded.config.http.proxy_password.reveal() == "second");
}

TEST_CASE("a secret is shown as its reference, or masked") {
  struct Case {
    std::string_view text;
    std::string key;
    std::string value;
    bool masked;
  };
  const auto row = GENERATE(values<Case>({
      {"", "proxy.password", "\"\"", false},
      {"proxy.password = \"\"", "proxy.password", "\"\"", false},
      {"proxy.password = \"hunter2\"", "proxy.password", "\"********\"", true},
      {"proxy.password_file = \"p\"", "proxy.password_file", "\"/etc/btcw/p\"", false},
      {"proxy.password_env = \"X\"", "proxy.password_env", "\"X\"", false},
      {"proxy.password_command = \"pass show x\"", "proxy.password_command", "\"pass show x\"",
       false},
  }));
  CAPTURE(row.text);
  const LoadedConfig loaded = load_texts({row.text});
  const ConfigOrigin& origin = origin_of(loaded, row.key);
  CHECK(origin.value == row.value);
  CHECK(origin.masked == row.masked);
}

TEST_CASE("the table of keys is in order") {
  std::vector<std::string_view> seen;
  for (const ConfigKey& key : config_keys()) {
    CAPTURE(key.path);
    CHECK(std::find(seen.begin(), seen.end(), key.path) == seen.end());
    CHECK_FALSE(key.help.empty());
    CHECK(key.help.find('\n') == std::string_view::npos);
    seen.push_back(key.path);
  }
}
