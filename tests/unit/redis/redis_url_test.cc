#include "btcw/redis/redis_url.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <string_view>

using btcw::Errc;
using btcw::read_redis_prefix;
using btcw::RedisInstance;
using btcw::RedisOptions;
using btcw::RedisUrl;
using btcw::Secret;

TEST_CASE("RedisUrl reads where the server is and who we are there") {
  struct Case {
    std::string_view text;
    std::string_view host;
    std::uint16_t port;
    std::string_view socket_path;
    std::string_view user;
    std::string_view password;
    std::uint32_t database;
    std::string_view label;
  };
  const auto row = GENERATE(values<Case>({
      {"", "127.0.0.1", 6379, "", "", "", 0, "127.0.0.1:6379"},
      {"redis://cache.example.org", "cache.example.org", 6379, "", "", "", 0,
       "cache.example.org:6379"},
      {"redis://cache/", "cache", 6379, "", "", "", 0, "cache:6379"},
      {"redis://cache:7000/3", "cache", 7000, "", "", "", 3, "cache:7000/3"},
      {"redis://cache?db=4", "cache", 6379, "", "", "", 4, "cache:6379/4"},
      {"redis://:secret@cache", "cache", 6379, "", "", "secret", 0, "cache:6379"},
      {"redis://me:secret@cache:1/2", "cache", 1, "", "me", "secret", 2, "cache:1/2"},
      {"redis://me:a:b@cache", "cache", 6379, "", "me", "a:b", 0, "cache:6379"},
      {"redis://me:a@b@cache", "cache", 6379, "", "me", "a@b", 0, "cache:6379"},
      {"redis://m%40e:p%2Fw%20%C3%A9%25@cache", "cache", 6379, "", "m@e", "p/w \xC3\xA9%", 0,
       "cache:6379"},
      {"redis://me@cache", "cache", 6379, "", "me", "", 0, "cache:6379"},
      {"redis://[::1]:7000/1", "::1", 7000, "", "", "", 1, "[::1]:7000/1"},
      {"unix:///run/redis.sock", "", 6379, "/run/redis.sock", "", "", 0, "/run/redis.sock"},
      {"unix://:pw@/run/a%20b.sock?db=5", "", 6379, "/run/a b.sock", "", "pw", 5,
       "/run/a b.sock?db=5"},
  }));
  CAPTURE(row.text);

  const auto url = RedisUrl::parse(row.text);

  REQUIRE(url.has_value());
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
  CHECK(url->socket_path == row.socket_path);
  CHECK(url->user == row.user);
  CHECK(url->password.reveal() == row.password);
  CHECK(url->database == row.database);
  CHECK(url->label() == row.label);
}

TEST_CASE("RedisUrl refuses what is no URL of Redis and never quotes it") {
  struct Case {
    std::string_view text;
    std::string_view why;
  };
  const auto row = GENERATE(values<Case>({
      {"rediss://me:hunter2@cache", "needs TLS"},
      {"http://hunter2", "begins with redis:// or unix://"},
      {"hunter2", "begins with redis:// or unix://"},
      {"REDIS://hunter2", "begins with redis:// or unix://"},
      {"redis:hunter2", "begins with redis:// or unix://"},
      {"redis://", "no host"},
      {"redis://:hunter2@", "no host"},
      {"redis://:hunter2@:6379", "no host"},
      {"redis://hun ter2", "a character that belongs in no URL"},
      {"redis://hunter2\n", "a character that belongs in no URL"},
      {"redis://hunt\xC3\xA9r2", "a character that belongs in no URL"},
      {"redis://:hunter2@ca$he", "a character that no host has"},
      {"redis://:hunter2@cache:0", "the port"},
      {"redis://:hunter2@cache:65536", "the port"},
      {"redis://:hunter2@cache:+80", "the port"},
      {"redis://:hunter2@cache:", "the port"},
      {"redis://:hunter2@cache/x", "the database"},
      {"redis://:hunter2@cache/-1", "the database"},
      {"redis://:hunter2@cache/99999999999", "the database"},
      {"redis://:hunter2@cache/1/2", "the database"},
      {"redis://:hunter2@cache?timeout=1", "only ?db=N"},
      {"redis://:hunter2@cache?db=", "the database"},
      {"redis://:hunter2@cache#x", "a fragment"},
      {"redis://:hun/ter2@cache", "stand for them in a password"},
      {"redis://:hunter%2@cache", "the password is not percent-encoded"},
      {"redis://%zz:hunter2@cache", "the user is not percent-encoded"},
      {"redis://:hunter2%00@cache", "the password is not percent-encoded"},
      {"redis://[hunter2]", "no IPv6 address"},
      {"redis://[fe80::1%25hunter2]", "no IPv6 address"},
      {"redis://[::1", "no address in the brackets"},
      {"redis://[]", "no address in the brackets"},
      {"redis://[::1]x", "text behind the brackets"},
      {"unix://run/hunter2.sock", "an absolute path"},
      {"unix://", "no path"},
      {"unix:///", "no path"},
      {"unix:///a%zz", "the path is not percent-encoded"},
  }));
  CAPTURE(row.text);

  const auto url = RedisUrl::parse(row.text);

  REQUIRE_FALSE(url.has_value());
  CHECK(url.error().code == Errc::invalid_input);
  CHECK_THAT(url.error().message, Catch::Contains(std::string{row.why}));
  CHECK_THAT(url.error().message, !Catch::Contains("hunt"));
}

TEST_CASE("RedisUrl refuses a socket's path that the system could not hold") {
  CHECK(RedisUrl::parse("unix:///" + std::string(106, 'a')));
  CHECK_FALSE(RedisUrl::parse("unix:///" + std::string(107, 'a')));
}

TEST_CASE("a password of its own stands in place of the URL's") {
  RedisOptions options{.url = Secret{"redis://me:one@cache"}, .password = Secret{"two"}};
  CHECK(RedisUrl::of(options, RedisInstance::prices)->password.reveal() == "two");
  options.password = Secret{};
  CHECK(RedisUrl::of(options, RedisInstance::prices)->password.reveal() == "one");
  options.url = Secret{"redis://me@cache"};
  CHECK(RedisUrl::of(options, RedisInstance::prices).error().message ==
        "not a URL of Redis: a user without a password");
}

TEST_CASE("what must not be lost has a server of its own where one is named") {
  const RedisOptions one{.url = Secret{"redis://cache/3"}, .password = Secret{"first"}};
  CHECK(RedisUrl::of(one, RedisInstance::durable)->label() == "cache:6379/3");
  CHECK(RedisUrl::of(one, RedisInstance::durable)->password.reveal() == "first");

  const RedisOptions two{.url = Secret{"redis://cache/3"},
                         .password = Secret{"first"},
                         .durable_url = Secret{"unix:///run/queue.sock"}};
  CHECK(RedisUrl::of(two, RedisInstance::prices)->label() == "cache:6379/3");
  CHECK(RedisUrl::of(two, RedisInstance::durable)->label() == "/run/queue.sock");
  CHECK(RedisUrl::of(two, RedisInstance::durable)->password.empty());

  const RedisOptions three{.durable_url = Secret{"redis://:url@queue"},
                           .durable_password = Secret{"second"}};
  CHECK(RedisUrl::of(three, RedisInstance::prices)->label() == "127.0.0.1:6379");
  CHECK(RedisUrl::of(three, RedisInstance::durable)->password.reveal() == "second");
}

TEST_CASE("a prefix of keys is short and of visible characters") {
  CHECK(*read_redis_prefix("") == "");
  CHECK(*read_redis_prefix("desk:*[1]") == "desk:*[1]");
  CHECK(read_redis_prefix(std::string(64, 'a')));
  for (const std::string& text :
       {std::string(65, 'a'), std::string{"a b"}, std::string{"a\n"}, std::string{"\xC3\xA9"}}) {
    CAPTURE(text);
    CHECK(read_redis_prefix(text).error().code == Errc::invalid_input);
  }
}
