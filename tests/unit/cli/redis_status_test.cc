#include "redis_status.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace btcw;
using namespace btcw::cli;
using nlohmann::json;

namespace {

const UtcTime kThen = from_unix_ms(1'732'290'000'000);

RedisStatus leader() {
  return {.roles = {"price_cache", "fan_out"},
          .leadership = LeadershipStatus{.standing = Standing::leads,
                                         .token = 1'790'000'000'123,
                                         .lease_left = milliseconds{5200}},
          .connections = {{"prices", {.since = kThen}},
                          {"lease",
                           {.since = std::nullopt,
                            .failure = RedisLink::Failure{kThen, "cannot \"connect\""}}}}};
}

}  // namespace

TEST_CASE("the status of Redis tells who leads, and how each connection stands") {
  CHECK(as_text(leader()) ==
        "\n  redis: price_cache fan_out; this watch leads, token 1790000000123, lease 5s200ms left"
        "\n    prices: connected since 2024-11-22T15:40:00Z"
        "\n    lease: not connected; the last failure, 2024-11-22T15:40:00Z: cannot \"connect\"");
  const json status = json::parse(as_json(leader()));
  CHECK(status["roles"] == json{"price_cache", "fan_out"});
  CHECK(status["standing"] == "leads");
  CHECK(status["leader"] == true);
  CHECK(status["token"] == 1'790'000'000'123);
  CHECK(status["lease_ms"] == 5200);
  CHECK(status["connections"][0] == json{{"use", "prices"},
                                         {"since", "2024-11-22T15:40:00Z"},
                                         {"error", nullptr},
                                         {"error_at", nullptr}});
  CHECK(status["connections"][1] == json{{"use", "lease"},
                                         {"since", nullptr},
                                         {"error", "cannot \"connect\""},
                                         {"error_at", "2024-11-22T15:40:00Z"}});
}

TEST_CASE("the status of Redis names no token but a leader's") {
  struct Case {
    std::optional<LeadershipStatus> leadership;
    std::string_view text;
    json standing;
  };
  const auto row = GENERATE(values<Case>({
      {std::nullopt, "\n  redis: price_cache", nullptr},
      {LeadershipStatus{}, "\n  redis: price_cache; not asked yet who leads", "unknown"},
      {LeadershipStatus{.standing = Standing::follows},
       "\n  redis: price_cache; another watch leads", "follows"},
      {LeadershipStatus{.standing = Standing::alone},
       "\n  redis: price_cache; away, this watch asks for itself", "alone"},
  }));
  const RedisStatus status{.roles = {"price_cache"}, .leadership = row.leadership};
  CHECK(as_text(status) == row.text);
  const json parsed = json::parse(as_json(status));
  CHECK(parsed["standing"] == row.standing);
  CHECK(parsed["leader"] == false);
  CHECK(parsed["token"].is_null());
  CHECK(parsed["lease_ms"].is_null());
  CHECK(parsed["connections"] == json::array());
}

TEST_CASE("an error of Redis that is no UTF-8 does not spoil the JSON of the status") {
  RedisStatus status = leader();
  status.connections[1].link.failure->why = "\xff";
  CHECK(json::parse(as_json(status))["connections"][1]["error"] == "\xEF\xBF\xBD");
}
