// Revoked tokens in Redis: token revoke on one host, token verify on another.
#include "btcw/token/redis_revocations.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/redis_server.h"
#include "support/run_btcw.h"
#include "support/token_forge.h"

using namespace btcw;
using namespace btcw::test;
using Catch::Contains;
using nlohmann::json;
using token::RedisRevocations;
using token::Revocation;

namespace {

UtcTime now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

/// A host with its own home and the same key as the others.
class Host {
 public:
  explicit Host(const RedisServer& server, std::string_view more = "") {
    key_ = sandbox_.write_file("key.json", forge_jwk()).string();
    ::chmod(key_.c_str(), 0600);
    sandbox_.write_config(fmt::format(
        "[deployment]\nsessions = \"redis\"\n[redis]\nurl = \"{}\"\nprefix = \"t[1]*:\"\n"
        "connect_timeout = \"200ms\"\ntimeout = \"200ms\"\n{}",
        server.url(), more));
  }
  [[nodiscard]] Outcome run(std::vector<std::string> words) const {
    words.insert(words.begin(), "token");
    if (words[1] != "revoked") words.insert(words.end(), {"--key", key_});
    return sandbox_.run(std::move(words));
  }

 private:
  Sandbox sandbox_{BTCW_EXECUTABLE};
  std::string key_;
};

std::string token_of(std::string_view jti) {
  return forge(kPlainHeader, fmt::format(R"({{"jti":"{}","exp":4000000000}})", jti));
}

}  // namespace

TEST_CASE("a revocation in Redis lasts until no leeway can bring its token back") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const auto client = server.client();
  RedisRevocations list{*client, "p:"};
  const UtcTime until = now() + seconds{3600};
  CHECK_FALSE(list.contains("a").value());

  REQUIRE(list.add(std::vector<Revocation>{{"a", until, now()}, {"b", std::nullopt, now()}}));

  CHECK(list.contains("a").value());
  CHECK(list.contains("b").value());
  CHECK_FALSE(list.contains("c").value());
  const auto ttl = server.ask({"TTL", "p:btcw:revoked:a"}).integer;
  CHECK(ttl > 3600);
  CHECK(ttl <= 3900);
  CHECK(server.ask({"TTL", "p:btcw:revoked:b"}).integer == -1);
  const auto all = list.list().value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].jti == "a");
  CHECK(all[0].until == until);
  CHECK(all[1].until == std::nullopt);
  // One that has expired is not worth a key.
  REQUIRE(list.add(std::vector<Revocation>{{"old", now() - seconds{301}, now()}}));
  CHECK_FALSE(list.contains("old").value());
}

TEST_CASE("of two revocations of a token in Redis the later end stays") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const auto client = server.client();
  RedisRevocations list{*client, ""};
  struct Case {
    std::string_view why;
    std::optional<UtcTime> first;
    std::optional<UtcTime> second;
    std::optional<UtcTime> stays;
  };
  const UtcTime soon = now() + seconds{60};
  const UtcTime late = now() + seconds{7200};
  const auto row = GENERATE_COPY(values<Case>({
      {"longer", soon, late, late},
      {"shorter", late, soon, late},
      {"for good", late, std::nullopt, std::nullopt},
      {"for good before", std::nullopt, late, std::nullopt},
  }));
  CAPTURE(row.why);
  const std::string jti{row.why};
  REQUIRE(list.add(std::vector<Revocation>{{jti, row.first, now()}}));
  REQUIRE(list.add(std::vector<Revocation>{{jti, row.second, now()}}));
  CHECK(list.list().value().at(0).until == row.stays);
}

TEST_CASE("a token that one host revokes is refused on every other") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const Host one{server};
  const Host other{server};
  const std::string token = token_of("id 1");
  CHECK(other.run({"verify", token}).exit_code == 0);

  CHECK(one.run({"revoke", token}).exit_code == 0);

  CHECK(other.run({"verify", token}).exit_code == 10);
  CHECK(other.run({"verify", token_of("id 2")}).exit_code == 0);
  CHECK(one.run({"revoke", "by-name"}).exit_code == 0);
  CHECK(other.run({"verify", token_of("by-name")}).exit_code == 10);
  const json listed = json::parse(other.run({"revoked", "--json"}).out);
  REQUIRE(listed.size() == 2);
  CHECK(listed[0]["jti"] == "by-name");
  CHECK(listed[1]["until"] == "2096-10-02T07:06:40Z");
  CHECK(json::parse(one.run({"revoked", "--json"}).out).size() == 2);
}

TEST_CASE("while Redis is away tokens are refused, or pass where that is allowed") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Host strict{server};
  const Host lenient{server, "[token]\non_revocation_unknown = \"allow\"\n"};
  const std::string token = token_of("x");
  REQUIRE(lenient.run({"revoke", "known-here"}).exit_code == 0);
  server.kill();

  const Outcome refused = strict.run({"verify", token, "--json"});
  const Outcome passed = lenient.run({"verify", token});

  CHECK(refused.exit_code == 1);
  CHECK(json::parse(refused.out)["reason"] == "revocations_unusable");
  CHECK_THAT(refused.out, Contains("the list of revoked tokens"));
  CHECK(passed.exit_code == 0);
  CHECK_THAT(passed.err, Contains("tokens pass that may be revoked"));
  // A token without an identity cannot be revoked, and what is revoked here needs nobody else.
  CHECK(strict.run({"verify", forge(kPlainHeader, "{}")}).exit_code == 0);
  CHECK(lenient.run({"verify", token_of("known-here")}).exit_code == 10);
  const Outcome revoke = strict.run({"revoke", token});
  CHECK(revoke.exit_code == 1);
  CHECK_THAT(revoke.err, Contains("revoked on this host only"));
  CHECK(strict.run({"verify", token}).exit_code == 10);
  CHECK(strict.run({"revoked"}).exit_code == 1);
  server.start();
  CHECK(strict.run({"revoke", token}).exit_code == 0);
  CHECK(lenient.run({"verify", token}).exit_code == 10);
}
