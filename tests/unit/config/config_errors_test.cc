#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/config_text.h"

using btcw::Environment;
using btcw::LoadedConfig;
using btcw::test::lines_of;
using btcw::test::load_texts;
using Lines = std::vector<std::string>;

TEST_CASE("everything that is wrong in a file is told with its line and column") {
  struct Case {
    std::string_view text;
    Lines errors;
  };
  const auto row = GENERATE(values<Case>({
      {"[cache]\ntll = \"1s\"", {"1.toml:2:1: unknown key 'cache.tll': did you mean 'cache.ttl'?"}},
      {"[cache]\n  TTL = \"1s\"",
       {"1.toml:2:3: unknown key 'cache.TTL': did you mean 'cache.ttl'?"}},
      {"max_entries = 20",
       {"1.toml:1:1: unknown key 'max_entries': did you mean 'cache.max_entries'?"}},
      {"[cache]\nzzzzzzzz = 1", {"1.toml:2:1: unknown key 'cache.zzzzzzzz'"}},
      {"[cahce]\nttl = \"1s\"\nkeep = \"1s\"",
       {"1.toml:1:2: unknown table [cahce]: did you mean [cache]?"}},
      {"[zzzzzzzz]", {"1.toml:1:2: unknown table [zzzzzzzz]"}},
      {"\"cache.ttl\" = \"1s\"",
       {"1.toml:1:1: unknown key '\"cache.ttl\"': did you mean 'cache.ttl'?"}},
      {"cache = 1", {"1.toml:1:9: cache: expected a table ([cache]), not a number"}},
      {"[[cache]]\nttl = \"1s\"", {"1.toml:1:1: cache: expected a table ([cache]), not a list"}},
      {"[exchange]\nbinance = true",
       {"1.toml:2:11: exchange.binance: expected a table ([exchange.binance]), not a boolean"}},
      {"[exchange.binanse]\nenabled = false",
       {"1.toml:1:11: [exchange.binanse]: unknown exchange \"binanse\": did you mean "
        "'binance'?"}},
      {"[exchange.kraken]\nrest_ulr = \"http://x\"",
       {"1.toml:2:1: unknown key 'exchange.kraken.rest_ulr': did you mean "
        "'exchange.kraken.rest_url'?"}},
      {"[exchange.kraken]\nrest_url = \"ftp://x\"",
       {"1.toml:2:12: exchange.kraken.rest_url: expected http:// or https:// and a host, not: "
        "\"ftp://x\""}},
      {"cache.ttl = 30",
       {"1.toml:1:13: cache.ttl: expected a duration with its unit, such as \"30s\", not the "
        "number "
        "30"}},
      {"cache.ttl = true",
       {"1.toml:1:13: cache.ttl: expected a duration such as \"30s\", not true"}},
      {"cache.max_entries = \"20\"",
       {"1.toml:1:21: cache.max_entries: expected a whole number, not the text \"20\""}},
      {"cache.max_entries = 20.5",
       {"1.toml:1:21: cache.max_entries: expected a whole number, not the number 20.5"}},
      {"cache.max_entries = 15",
       {"1.toml:1:21: cache.max_entries: expected a number from 16 to 1000000, not the number 15"}},
      {"watch.interval = \"999ms\"",
       {"1.toml:1:18: watch.interval: expected a duration from \"1s\" to \"1d\", not the text "
        "\"999ms\""}},
      {"proxy.fallback_direct = \"yes\"",
       {"1.toml:1:25: proxy.fallback_direct: expected true or false, not the text \"yes\""}},
      {"proxy.user = 7", {"1.toml:1:14: proxy.user: expected a text, not the number 7"}},
      {"general.quote = \"a/b\"", {"1.toml:1:17: general.quote: not a currency such as \"USDT\""}},
      {"general.state_dir = []", {"1.toml:1:21: general.state_dir: expected a path, not a list"}},
      {"general.state_dir = \"~bob/x\"",
       {"1.toml:1:21: general.state_dir: only '~/' is understood, not another user's folder: "
        "\"~bob/x\""}},
      {"general.state_dir = \"~/x\"",
       {"1.toml:1:21: general.state_dir: no home folder for '~': $HOME is not set"}},
      {"general.state_dir = \"a\\u0000b\"",
       {"1.toml:1:21: general.state_dir: a path cannot hold a NUL"}},
      {"general.symbols = \"BTC/USDT\"",
       {"1.toml:1:19: general.symbols: expected a list of symbols such as [\"BTC/USDT\"], not the "
        "text \"BTC/USDT\""}},
      {"general.symbols = [\n  \"BTC\",\n  7, \"btc-usdt\",\n  \"kraken2:ETH\"]",
       {"1.toml:3:3: general.symbols: expected a text, not the number 7",
        "1.toml:3:6: general.symbols: \"btc-usdt\" stands there twice",
        "1.toml:4:3: general.symbols: unknown exchange \"kraken2\": did you mean 'kraken'?"}},
      {"exchanges = []", {"1.toml:1:13: exchanges: expected at least one exchange, not a list"}},
      {"exchanges = [\"okx\", \"krakn\", \"okx\"]",
       {"1.toml:1:21: exchanges: unknown exchange \"krakn\": did you mean 'kraken'?",
        "1.toml:1:30: exchanges: \"okx\" stands there twice"}},
      {"proxy.password = 7", {"1.toml:1:18: proxy.password: expected a text, not a number"}},
      {"proxy.password_file = \"\"", {"1.toml:1:23: proxy.password_file: is empty"}},
      {"proxy.password_command = \"a 'b\"",
       {"1.toml:1:26: proxy.password_command: a quote in the command is not closed"}},
      {"[proxy]\npassword = \"x\"\npassword_env = \"Y\"",
       {"1.toml:3:16: proxy.password_env: there is proxy.password in this file already"}},
      {"[proxy]\npassword_fil = \"x\"",
       {"1.toml:2:1: unknown key 'proxy.password_fil': did you mean 'proxy.password_file'?"}},
      {"proxy.user_env = \"x\"",
       {"1.toml:1:7: unknown key 'proxy.user_env': did you mean 'proxy.user'?"}},
      {"price.max_age = \"soon\"\ncache.ttl = 1\n\n[x]",
       {"1.toml:1:17: price.max_age: not a duration",
        "1.toml:2:13: cache.ttl: expected a duration with its unit, such as \"1s\", not the number "
        "1",
        "1.toml:4:2: unknown table [x]"}},
  }));
  CAPTURE(row.text);

  const LoadedConfig loaded = load_texts({row.text});

  Lines lines = lines_of(loaded.errors);
  REQUIRE(lines.size() == row.errors.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    // The words of parse_duration and Symbol::parse are their own.
    if (row.errors[i].find("not a duration") != std::string::npos) {
      lines[i].resize(std::min(lines[i].size(), row.errors[i].size()));
    }
    CHECK(lines[i] == row.errors[i]);
  }
}

TEST_CASE("values that do not fit together are told where they are set") {
  struct Case {
    std::string_view text;
    std::string error;
  };
  const auto row = GENERATE(values<Case>({
      {"[cache]\nkeep = \"10s\"", "1.toml:2:8: cache.keep (10s) is shorter than cache.ttl (30s)"},
      {"[cache]\nttl = \"8d\"", "1.toml:2:7: cache.keep (7d) is shorter than cache.ttl (8d)"},
      {"http.connect_timeout = \"20s\"",
       "1.toml:1:24: http.timeout (10s) is shorter than http.connect_timeout (20s)"},
      {"exchanges = [\"okx\"]\n[exchange.okx]\nenabled = false",
       "1.toml:1:13: exchanges: none that is enabled"},
      {"[proxy]\npassword = \"x\"", "1.toml:2:12: proxy.password without proxy.user"},
  }));
  CAPTURE(row.text);

  CHECK(lines_of(load_texts({row.text}).errors) == Lines{row.error});
}

TEST_CASE("everything that is wrong in a variable is told with its name") {
  struct Case {
    std::string name;
    std::string text;
    std::string message;
  };
  const auto row = GENERATE(values<Case>({
      {"BTCW__CACHE__TLL", "1s", "no key of that name: did you mean BTCW__CACHE__TTL?"},
      {"btcw__cache__ttl", "1x", "cache.ttl: not a duration"},
      {"BTCW__CACHE__MAX_ENTRIES", "20x", "expected a whole number, not \"20x\""},
      {"BTCW__CACHE__MAX_ENTRIES", "9",
       "cache.max_entries: expected a number from 16 to 1000000, not the number 9"},
      {"BTCW__PROXY__FALLBACK_DIRECT", "maybe", "expected true or false, not \"maybe\""},
      {"BTCW__EXCHANGES", "okx,krakn",
       "exchanges: unknown exchange \"krakn\": did you mean 'kraken'?"},
      {"BTCW__EXCHANGES", "", "exchanges: expected at least one exchange, not a list"},
      {"BTCW__EXCHANGES", "[\"okx\"", "not TOML"},
      {"BTCW__EXCHANGES", "[\"okx\"]\nx = 1", "expected one list"},
      {"BTCW__EXCHANGE__BINANSE__ENABLED", "1", "[exchange.binanse]: unknown exchange"},
      {"BTCW__EXCHANGE__BINANCE", "1", "exchange.binance: expected a table"},
      {"BTCW__CACHE", "1", "cache: expected a table"},
      {"BTCW__", "1", "no key of that name"},
      {"BTCW__CACHE____TTL", "1", "no key of that name"},
      {"BTCW__A__A__A__A__A__A__A__A__A__A__A__A__A__A__A__A", "1", "no key of that name"},
      {"BTCW__PROXY__PASSWORD_ENV", "UNSET",
       "proxy.password_env: there is no variable of that name"},
  }));
  CAPTURE(row.name, row.text);

  const LoadedConfig loaded = load_texts({}, Environment{{{row.name, row.text}}});

  REQUIRE(loaded.errors.size() == 1);
  CHECK(loaded.errors[0].where == row.name);
  CHECK_THAT(loaded.errors[0].message, Catch::StartsWith(row.message));
}

TEST_CASE("a variable that is set twice in different case is an error") {
  const Environment environment{{{"BTCW__CACHE__TTL", "1s"}, {"BTCW__cache__ttl", "2s"}}};
  CHECK(lines_of(load_texts({}, environment).errors) ==
        Lines{"BTCW__cache__ttl: BTCW__CACHE__TTL sets it too"});
}

TEST_CASE("what is wrong in one file does not hide what is wrong in another") {
  const Environment environment{{{"BTCW__PRICE__MAX_AGE", "7"}}};
  const LoadedConfig loaded =
      load_texts({"cache.ttl = 1", "x = = 1", "cache.ttl = \"2s\"\nprice.x = 1"}, environment);
  REQUIRE(loaded.errors.size() == 4);
  CHECK(loaded.errors[0].where == "1.toml:1:13");
  CHECK(loaded.errors[1].where == "2.toml:1:5");
  CHECK(loaded.errors[2].where == "3.toml:2:7");
  CHECK(loaded.errors[3].where == "BTCW__PRICE__MAX_AGE");
}

TEST_CASE("no error quotes a secret") {
  const auto text =
      GENERATE(as<std::string_view>{}, "proxy.password = [\"hunter2\"]",
               "[proxy]\npassword_env = \"hunter2\"", "[proxy]\npassword_command = \"'hunter2\"",
               "[proxy]\npassword = \"hunter2\"\npassword_env = \"X\"",
               "[proxy.password]\nhunter2 = 1", "proxy.url = \"http://a:hunter2@b\"");
  CAPTURE(text);
  const LoadedConfig loaded = load_texts({text});
  REQUIRE_FALSE(loaded.errors.empty());
  for (const std::string& line : lines_of(loaded.errors)) {
    CHECK(line.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a file of nothing but unknown keys is judged quickly") {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "cache.ttl" + std::to_string(i) + " = 1\n";
  CHECK(load_texts({text}).errors.size() == 2000);
}
