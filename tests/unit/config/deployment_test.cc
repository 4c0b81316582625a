#include "btcw/config/deployment.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "support/config_text.h"

using namespace btcw;
using test::lines_of;
using test::load_texts;

TEST_CASE("a plan gives roles to Redis, and each role can be chosen by itself") {
  struct Case {
    std::string_view text;
    std::string_view by_redis;  // c, s, q, f
  };
  const auto row = GENERATE(values<Case>({
      {"", ""},
      {"plan = \"none\"", ""},
      {"plan = \"minimal\"", "c"},
      {"plan = \"minimal\"\nprice_cache = \"local\"", ""},
      {"plan = \"minimal\"\nprice_cache = \"redis\"", "c"},
      {"price_cache = \"redis\"", "c"},
      {"plan = \"full\"", "csqf"},
      {"plan = \"full\"\nsessions = \"file\"\nqueue = \"file\"", "cf"},
      {"plan = \"full\"\nfan_out = \"memory\"", "csq"},
      {"queue = \"redis\"", "q"},
      {"sessions = \"redis\"\nfan_out = \"redis\"", "sf"},
  }));
  CAPTURE(row.text);

  const auto config = load_texts({"[deployment]\n" + std::string{row.text}}).config;

  std::string by_redis;
  const std::string_view letters = "csqf";
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    if (config.deployment.backing(kRoles[i]) == Backing::redis) by_redis += letters[i];
  }
  CHECK(by_redis == row.by_redis);
  CHECK(config.deployment.uses_redis() == !row.by_redis.empty());
}

TEST_CASE("the words of a role are in the order of its choices") {
  for (const Role role : kRoles) {
    CAPTURE(to_string(role));
    REQUIRE(role_words(role).size() == 3);
    CHECK(role_words(role)[0] == "plan");
    CHECK(describe(role, Backing::redis) == "redis");
    CHECK(describe(role, Backing::local) == role_words(role)[1]);
  }
}

TEST_CASE("a wrong URL of Redis is told where a role uses it, and only there") {
  const std::string url = "[redis]\nurl = \"rediss://:hunter2@cache\"\n";
  CHECK(lines_of(load_texts({url}).errors).empty());

  const auto errors = lines_of(load_texts({url + "[deployment]\nplan = \"minimal\"\n"}).errors);

  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0], Catch::StartsWith("1.toml:2:7: redis.url: not a URL of Redis: "
                                          "rediss:// needs TLS"));
  CHECK_THAT(errors[0], !Catch::Contains("hunter2"));
}

TEST_CASE("a wrong URL of the durable Redis is told likewise") {
  const std::string url = "[redis]\ndurable_url = \"rediss://:hunter2@cache\"\n";
  CHECK(lines_of(load_texts({url}).errors).empty());
  CHECK(lines_of(load_texts({url + "[deployment]\nplan = \"minimal\"\n"}).errors).empty());

  const auto errors = lines_of(load_texts({url + "[deployment]\nplan = \"full\"\n"}).errors);

  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0], Catch::StartsWith("1.toml:2:15: redis.durable_url: not a URL of Redis: "));
  CHECK_THAT(errors[0], !Catch::Contains("hunter2"));
}

TEST_CASE("the secrets of Redis are fetched only where a role uses it") {
  const std::string redis = "[redis]\npassword_env = \"NOT_THERE\"\n";
  CHECK(lines_of(load_texts({redis}).errors).empty());
  CHECK(load_texts({redis + "[deployment]\nplan = \"minimal\"\n"}).errors.size() == 1);

  const std::string durable = "[redis]\ndurable_password_env = \"NOT_THERE\"\n";
  CHECK(lines_of(load_texts({durable + "[deployment]\nplan = \"minimal\"\n"}).errors).empty());
  CHECK(load_texts({durable + "[deployment]\nqueue = \"redis\"\n"}).errors.size() == 1);
}

TEST_CASE("every plan and every role of Redis is accepted") {
  for (const auto* text : {"plan = \"full\"", "queue = \"redis\"", "sessions = \"redis\"",
                           "fan_out = \"redis\"", "plan = \"full\"\nprice_cache = \"local\""}) {
    CAPTURE(text);
    CHECK(lines_of(load_texts({"[deployment]\n" + std::string{text}}).errors).empty());
  }
}

TEST_CASE("a URL of Redis is shown unless it holds a password") {
  struct Case {
    std::string_view url;
    bool masked;
  };
  const auto row = GENERATE(values<Case>({
      {"redis://cache:6379/1", false},
      {"unix:///run/redis.sock", false},
      {"redis://:hunter2@cache", true},
      {"redis://hunter2:@cache@", true},
      {"hunter2", true},
  }));
  CAPTURE(row.url);
  const auto loaded = load_texts({"redis.url = \"" + std::string{row.url} + "\""});
  const auto found = std::find_if(loaded.origins.begin(), loaded.origins.end(),
                                  [](const auto& one) { return one.key == "redis.url"; });
  REQUIRE(found != loaded.origins.end());
  CHECK(found->masked == row.masked);
  CHECK(found->value == (row.masked ? "\"********\"" : "\"" + std::string{row.url} + "\""));
}
