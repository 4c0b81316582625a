#include "btcw/drain/routing.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace btcw;

namespace {

using Names = std::vector<std::string>;

ChannelRoutes sample_routes() {
  ChannelRoutes routes;
  const auto add = [&routes](const std::string& name, Names tags) -> ChannelRoute& {
    ChannelRoute& route = routes[name];
    route.settings.name = name;
    route.tags = std::move(tags);
    return route;
  };
  add("desk", {"price", "ops"});
  add("phone", {"price", "urgent"}).by_default = false;
  add("archive", {});
  add("old", {"price"}).enabled = false;
  return routes;
}

Notification message_with(Names channels, Names tags) {
  Notification message{.id = "a", .body = "text", .created = {}};
  message.channels = std::move(channels);
  message.tags = std::move(tags);
  return message;
}

}  // namespace

TEST_CASE("a message goes where it says, else where its tags lead, else to the default channels") {
  struct Case {
    std::string why;
    Names channels;
    Names tags;
    Names to;
    Names unknown;
  };
  const auto row = GENERATE(values<Case>({
      {"nothing said", {}, {}, {"archive", "desk"}, {}},
      {"named, not a default one too", {"phone"}, {}, {"phone"}, {}},
      {"names before tags", {"archive"}, {"price"}, {"archive"}, {}},
      {"named twice", {"desk", "desk"}, {}, {"desk"}, {}},
      {"in the order of the names", {"phone", "desk"}, {}, {"phone", "desk"}, {}},
      {"unknown", {"nope"}, {}, {}, {"nope"}},
      {"known and unknown", {"desk", "nope", "nope"}, {}, {"desk"}, {"nope"}},
      {"disabled is unknown", {"old"}, {}, {}, {"old"}},
      {"ad-hoc", {"adhoc:12ab"}, {}, {"adhoc:12ab"}, {}},
      {"a tag, disabled ones left out", {}, {"price"}, {"desk", "phone"}, {}},
      {"either tag", {}, {"ops", "urgent"}, {"desk", "phone"}, {}},
      {"both tags", {}, {"price,urgent"}, {"phone"}, {}},
      {"both tags or another", {}, {"price,urgent", "ops"}, {"desk", "phone"}, {}},
      {"empty parts do not matter", {}, {",ops,,"}, {"desk"}, {}},
      {"no channel has both", {}, {"ops,urgent"}, {"archive", "desk"}, {}},
      {"no such tag", {}, {"weather"}, {"archive", "desk"}, {}},
  }));
  CAPTURE(row.why);

  const RoutePlan plan = plan_routes(message_with(row.channels, row.tags), sample_routes());

  CHECK(plan.channels == row.to);
  CHECK(plan.unknown == row.unknown);
}

TEST_CASE("the hash of a plan changes with its channels and their order") {
  const auto hash = [](Names names) {
    return plan_routes(message_with(std::move(names), {}), sample_routes()).hash;
  };

  CHECK(hash({"desk", "phone"}) == hash({"desk", "phone"}));
  CHECK(hash({"desk", "phone"}) != hash({"phone", "desk"}));
  CHECK(hash({"desk"}) != hash({"desk", "phone"}));
}

TEST_CASE("channels beyond the thirty-second are not forgotten but named") {
  Names names;
  for (int i = 0; i < 34; ++i) names.push_back(fmt::format("adhoc:{}", i));

  const RoutePlan plan = plan_routes(message_with(names, {}), {});

  CHECK(plan.channels.size() == RoutePlan::kMostChannels);
  CHECK(plan.unknown.size() == 2);
}
