#include "btcw/notify/http_channel.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/channel_ports.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::fail_with;
using test::respond;
using test::ScriptedPorts;

namespace {

/// Each line of a message is a piece.
class LineService : public HttpService {
 public:
  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    std::vector<HttpRequest> requests;
    std::string line;
    for (const char c : notification.body + '\n') {
      if (c == '\n') {
        requests.push_back(json_post("https://h.example/s3cret", std::exchange(line, {})));
      } else {
        line += c;
      }
    }
    return requests;
  }
  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    if (is_success(response.status)) return {};
    return delivery_of_refusal(response.status, response);
  }
};

std::unique_ptr<Channel> line_channel(ScriptedPorts& world) {
  SecretMask mask;
  mask.add("s3cret");
  return make_http_channel(std::make_unique<LineService>(), std::move(mask), world.ports());
}

Notification lines(std::string body) { return {.id = "1", .body = std::move(body), .created = {}}; }

}  // namespace

TEST_CASE("pieces go one after the other within one time limit") {
  ScriptedPorts world;
  const auto channel = line_channel(world);
  for (int i = 0; i < 3; ++i) {
    auto answer = respond(200);
    answer.after = seconds{2};
    world.http.add(answer);
  }

  const Delivery delivery = test::deliver(*channel, world.http, lines("a\nb\nc"), seconds{10});

  CHECK(delivery.result == DeliveryResult::delivered);
  CHECK(world.http.most_at_once() == 1);
  REQUIRE(world.http.requests().size() == 3);
  CHECK(world.http.requests()[0].body == "a");
  CHECK(world.http.requests()[2].body == "c");
  CHECK(world.http.requests()[0].timeout == seconds{10});
  CHECK(world.http.requests()[0].connect_timeout == seconds{5});
  CHECK(world.http.requests()[2].timeout == seconds{6});
  CHECK(world.http.requests()[0].max_body_bytes == 64 * 1024);
}

TEST_CASE("a failure of the first piece is what it is, one of a later piece is ambiguous") {
  struct Case {
    std::string_view why;
    test::ScriptedAnswer answer;
    DeliveryResult alone;
    DeliveryResult later;
  };
  const auto row = GENERATE(values<Case>({
      {"transient", respond(503), DeliveryResult::transient, DeliveryResult::ambiguous},
      {"rate-limited", respond(429), DeliveryResult::rate_limited, DeliveryResult::ambiguous},
      {"not sent", fail_with(Errc::unavailable, "h: refused"), DeliveryResult::transient,
       DeliveryResult::ambiguous},
      // To try again would bring the first piece again and the second never.
      {"permanent", respond(400), DeliveryResult::permanent, DeliveryResult::permanent},
  }));
  CAPTURE(row.why);
  ScriptedPorts world;
  const auto channel = line_channel(world);

  world.http.add(row.answer);
  const Delivery alone = test::deliver(*channel, world.http, lines("a\nb"));
  CHECK(alone.result == row.alone);
  CHECK(alone.detail.starts_with("piece 1 of 2: h"));
  CHECK(world.http.requests().size() == 1);

  world.http.add(respond(200));
  world.http.add(row.answer);
  const Delivery later = test::deliver(*channel, world.http, lines("a\nb"));
  CHECK(later.result == row.later);
  CHECK(later.detail.starts_with("piece 2 of 2: h"));
  CHECK(later.retry_at.has_value() == (row.alone == DeliveryResult::rate_limited));
}

TEST_CASE("when the time is up between two pieces, the rest is not begun") {
  ScriptedPorts world;
  const auto channel = line_channel(world);
  auto slow = respond(200);
  slow.after = seconds{3};
  world.http.add(slow);

  const Delivery delivery = test::deliver(*channel, world.http, lines("a\nb"), seconds{3});

  CHECK(delivery.result == DeliveryResult::ambiguous);
  CHECK(delivery.detail == "piece 2 of 2: no time left");
  CHECK(world.http.requests().size() == 1);
}

TEST_CASE("an attempt outlives its channel") {
  ScriptedPorts world;
  auto channel = line_channel(world);
  world.http.add(respond(200));
  world.http.add(respond(200));
  std::vector<DeliveryResult> results;
  channel->deliver(lines("a\nb"), seconds{5},
                   [&results](const Delivery& delivery) { results.push_back(delivery.result); });

  channel.reset();
  while (world.http.drive(SteadyTime::max()) > 0) {
  }

  CHECK(results == std::vector{DeliveryResult::delivered});
}

TEST_CASE("a detail names the host and nothing more of the URL") {
  ScriptedPorts world;
  const auto channel = line_channel(world);
  world.http.add(respond(404, "no hook /s3cret\nhere"));

  const Delivery delivery = test::deliver(*channel, world.http, lines("a"));

  CHECK(delivery.detail == "h.example: HTTP 404: no hook /******** here");
}

TEST_CASE("a preview is the requests with secrets masked") {
  ScriptedPorts world;
  CHECK(line_channel(world)->preview(lines("a\nb")) ==
        "POST https://h.example/********\nContent-Type: application/json; charset=utf-8\n\na\n"
        "\n"
        "POST https://h.example/********\nContent-Type: application/json; charset=utf-8\n\nb\n");
}

TEST_CASE("a 503 may say when to come back") {
  ScriptedPorts world;
  const auto channel = line_channel(world);
  world.http.add(respond(503, "", {{"retry-after", "5"}}));

  const Delivery delivery = test::deliver(*channel, world.http, lines("a"));

  CHECK(delivery.result == DeliveryResult::transient);
  CHECK(delivery.retry_at == world.clock.now() + seconds{5});
}
