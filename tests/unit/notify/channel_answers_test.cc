#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "support/channel_ports.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::respond;
using test::ScriptedAnswer;
using test::ScriptedPorts;

namespace {

constexpr auto kDelivered = DeliveryResult::delivered;
constexpr auto kTransient = DeliveryResult::transient;
constexpr auto kRateLimited = DeliveryResult::rate_limited;
constexpr auto kPermanent = DeliveryResult::permanent;
constexpr auto kAmbiguous = DeliveryResult::ambiguous;

struct Case {
  std::string_view type;
  std::string_view why;
  ScriptedAnswer answer;
  DeliveryResult result;
  std::string detail = {};                          // behind "host: "
  std::optional<milliseconds> wait = std::nullopt;  // until retry_at
};

// The clock stands at 2024-11-22 15:40:00 UTC.
void check(const Case& row) {
  CAPTURE(row.type, row.why);
  ScriptedPorts world;
  auto channel = test::make_channel(row.type, test::sample_values(row.type, "http://127.0.0.1:9"),
                                    world.ports());
  REQUIRE(channel.has_value());
  world.http.add(row.answer);

  const Delivery delivery =
      test::deliver(**channel, world.http, {.id = "1", .title = "t", .body = "b", .created = {}});

  CHECK(delivery.result == row.result);
  CHECK(delivery.detail == (row.detail.empty() ? "" : "127.0.0.1:9: " + row.detail));
  CHECK(delivery.retry_at ==
        (row.wait ? std::optional{world.clock.now() + *row.wait} : std::nullopt));
}

}  // namespace

TEST_CASE("Telegram's answers") {
  check(GENERATE(values<Case>({
      {"telegram", "done", respond(200, R"({"ok":true,"result":{"message_id":7}})"), kDelivered},
      {"telegram", "bad token",
       respond(401, R"({"ok":false,"error_code":401,"description":"Unauthorized"})"), kPermanent,
       "HTTP 401: Unauthorized"},
      {"telegram", "no such chat",
       respond(400, R"({"ok":false,"error_code":400,"description":"Bad Request: chat not found"})"),
       kPermanent, "HTTP 400: Bad Request: chat not found"},
      {"telegram", "blocked",
       respond(403, R"({"ok":false,"error_code":403,"description":"Forbidden: bot was blocked"})"),
       kPermanent, "HTTP 403: Forbidden: bot was blocked"},
      {"telegram", "too fast",
       respond(429,
               R"({"ok":false,"error_code":429,"description":"Too Many Requests: retry after 11",)"
               R"("parameters":{"retry_after":11}})"),
       kRateLimited, "HTTP 429: Too Many Requests: retry after 11", seconds{11}},
      {"telegram", "an error inside a 200",
       respond(200, R"({"ok":false,"error_code":429,"parameters":{"retry_after":2}})"),
       kRateLimited, "HTTP 429", seconds{2}},
      {"telegram", "too fast, without a time",
       respond(429, R"({"ok":false,"error_code":429,"description":"slow"})"), kRateLimited,
       "HTTP 429: slow", seconds{30}},
      {"telegram", "the group moved",
       respond(400, R"({"ok":false,"error_code":400,"description":"Bad Request: group chat was )"
                    R"(upgraded","parameters":{"migrate_to_chat_id":-1001}})"),
       kPermanent, "the group was upgraded: its chat is -1001 now"},
      {"telegram", "its own trouble",
       respond(502, R"({"ok":false,"error_code":502,"description":"Bad Gateway"})"), kTransient,
       "HTTP 502: Bad Gateway"},
  })));
}

TEST_CASE("Discord's answers") {
  check(GENERATE(values<Case>({
      {"discord", "done", respond(200, R"({"id":"99","type":0})"), kDelivered},
      {"discord", "done, without waiting", respond(204), kDelivered},
      {"discord", "done, and the next one has to wait",
       respond(200, R"({"id":"99"})",
               {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset-after", "1.5"}}),
       kDelivered, "", milliseconds{1500}},
      {"discord", "done, and there is room",
       respond(200, R"({"id":"99"})",
               {{"x-ratelimit-remaining", "3"}, {"x-ratelimit-reset-after", "1.5"}}),
       kDelivered},
      {"discord", "too fast",
       respond(429,
               R"({"message":"You are being rate limited.","retry_after":0.6521,"global":false})",
               {{"retry-after", "1"}}),
       kRateLimited, "HTTP 429: You are being rate limited.", milliseconds{653}},
      {"discord", "too fast, by its headers", respond(429, "", {{"x-ratelimit-reset-after", "4"}}),
       kRateLimited, "HTTP 429", seconds{4}},
      {"discord", "too fast, by who stands before it",
       respond(429, "<html>", {{"retry-after", "9"}, {"x-ratelimit-reset-after", "4"}}),
       kRateLimited, "HTTP 429", seconds{9}},
      {"discord", "the webhook is gone",
       respond(404, R"({"message":"Unknown Webhook","code":10015})"), kPermanent,
       "HTTP 404: Unknown Webhook"},
      {"discord", "a wrong token",
       respond(401, R"({"message":"Invalid Webhook Token","code":50027})"), kPermanent,
       "HTTP 401: Invalid Webhook Token"},
  })));
}

TEST_CASE("Slack's answers") {
  check(GENERATE(values<Case>({
      {"slack", "done", respond(200, "ok"), kDelivered},
      {"slack", "done, with a line end", respond(200, "ok\n"), kDelivered},
      {"slack", "a wrong token", respond(403, "invalid_token"), kPermanent,
       "HTTP 403: invalid_token"},
      {"slack", "no such webhook", respond(404, "no_service"), kPermanent, "HTTP 404: no_service"},
      {"slack", "an archived channel", respond(410, "channel_is_archived"), kPermanent,
       "HTTP 410: channel_is_archived"},
      {"slack", "not a payload", respond(400, "invalid_blocks"), kPermanent,
       "HTTP 400: invalid_blocks"},
      {"slack", "too fast", respond(429, "rate_limited", {{"retry-after", "30"}}), kRateLimited,
       "HTTP 429: rate_limited", seconds{30}},
      {"slack", "its own trouble", respond(500, "rollup_error"), kTransient,
       "HTTP 500: rollup_error"},
      {"slack", "a 200 that is none", respond(200, "no_text"), kAmbiguous,
       "an answer that is not understood: HTTP 200: no_text"},
  })));
}

TEST_CASE("Feishu's and Lark's answers") {
  check(GENERATE(values<Case>({
      {"feishu", "done", respond(200, R"({"code":0,"msg":"success","data":{}})"), kDelivered},
      {"lark", "done", respond(200, R"({"code":0,"msg":"success"})"), kDelivered},
      {"feishu", "done, in the first spelling",
       respond(200, R"({"StatusCode":0,"StatusMessage":"success"})"), kDelivered},
      {"feishu", "sign",
       respond(200,
               R"({"code":19021,"msg":"sign match fail or timestamp is not within one hour"})"),
       kPermanent, "HTTP 400: 19021: sign match fail or timestamp is not within one hour"},
      {"feishu", "keyword", respond(200, R"({"code":19024,"msg":"Key Words Not Found"})"),
       kPermanent, "HTTP 400: 19024: Key Words Not Found"},
      {"feishu", "no such bot",
       respond(400,
               R"({"code":19001,"msg":"param invalid: incoming webhook access token invalid"})"),
       kPermanent, "HTTP 400: 19001: param invalid: incoming webhook access token invalid"},
      {"feishu", "too fast", respond(200, R"({"code":9499,"msg":"too many request"})"),
       kRateLimited, "HTTP 429: 9499: too many request", seconds{30}},
      {"feishu", "9499 that is not about speed",
       respond(400, R"({"code":9499,"msg":"Bad Request"})"), kPermanent,
       "HTTP 400: 9499: Bad Request"},
      {"feishu", "too fast, as a frequency limit",
       respond(200, R"({"code":11232,"msg":"frequency limited psm[lark.oapi]"})",
               {{"x-ogw-ratelimit-reset", "7"}}),
       kRateLimited, "HTTP 429: 11232: frequency limited psm[lark.oapi]", seconds{7}},
      {"feishu", "its own trouble", respond(500, R"({"code":1500,"msg":"internal"})"), kTransient,
       "HTTP 500: 1500: internal"},
  })));
}

TEST_CASE("DingTalk's answers") {
  check(GENERATE(values<Case>({
      {"dingtalk", "done", respond(200, R"({"errcode":0,"errmsg":"ok"})"), kDelivered},
      {"dingtalk", "too fast", respond(200, R"({"errcode":130101,"errmsg":"send too fast"})"),
       kRateLimited, "130101: send too fast", std::chrono::minutes{10}},
      {"dingtalk", "too fast, in newer words",
       respond(200, R"({"errcode":410100,"errmsg":"limit"})"), kRateLimited, "410100: limit",
       std::chrono::minutes{10}},
      {"dingtalk", "over the day's limit",
       respond(200, R"({"errcode":90030,"errmsg":"over limit"})"), kRateLimited,
       "90030: over limit", std::chrono::minutes{10}},
      {"dingtalk", "sign or keyword",
       respond(200, R"({"errcode":310000,"errmsg":"sign not match, more: [https://x]"})"),
       kPermanent, "310000: sign not match, more: [https://x]"},
      {"dingtalk", "no such token",
       respond(200, R"({"errcode":300001,"errmsg":"token is not exist"})"), kPermanent,
       "300001: token is not exist"},
      {"dingtalk", "busy", respond(200, R"({"errcode":-1,"errmsg":"system busy"})"), kTransient,
       "-1: system busy"},
      {"dingtalk", "429", respond(429), kRateLimited, "HTTP 429", std::chrono::minutes{10}},
  })));
}

TEST_CASE("WeCom's answers") {
  check(GENERATE(values<Case>({
      {"wecom", "done", respond(200, R"({"errcode":0,"errmsg":"ok"})"), kDelivered},
      {"wecom", "too fast", respond(200, R"({"errcode":45009,"errmsg":"api freq out of limit"})"),
       kRateLimited, "45009: api freq out of limit", seconds{60}},
      {"wecom", "too many at once", respond(200, R"({"errcode":45033,"errmsg":"concurrent"})"),
       kRateLimited, "45033: concurrent", seconds{60}},
      {"wecom", "no such key", respond(200, R"({"errcode":93000,"errmsg":"invalid webhook url"})"),
       kPermanent, "93000: invalid webhook url"},
      {"wecom", "too long", respond(200, R"({"errcode":40058,"errmsg":"exceed max length 4096"})"),
       kPermanent, "40058: exceed max length 4096"},
      {"wecom", "busy", respond(200, R"({"errcode":-1,"errmsg":"system busy"})"), kTransient,
       "-1: system busy"},
  })));
}

TEST_CASE("the answers of ntfy and Gotify") {
  check(GENERATE(values<Case>({
      {"ntfy", "done", respond(200, R"({"id":"x1","event":"message","topic":"prices"})"),
       kDelivered},
      {"ntfy", "signed in wrongly",
       respond(401, R"({"code":40101,"http":401,"error":"unauthorized"})"), kPermanent,
       "HTTP 401: unauthorized"},
      {"ntfy", "too fast", respond(429, R"({"code":42901,"http":429,"error":"limit reached"})"),
       kRateLimited, "HTTP 429: limit reached", seconds{30}},
      {"ntfy", "no subscriber", respond(507, R"({"code":50701,"error":"insufficient storage"})"),
       kTransient, "HTTP 507: insufficient storage"},
      {"gotify", "done", respond(200, R"({"id":25,"appid":1,"message":"b"})"), kDelivered},
      {"gotify", "a wrong token",
       respond(401, R"({"error":"Unauthorized","errorCode":401,)"
                    R"("errorDescription":"you need to provide a valid access token"})"),
       kPermanent, "HTTP 401: you need to provide a valid access token"},
      {"gotify", "no room", respond(500, R"({"errorDescription":"disk full"})"), kTransient,
       "HTTP 500: disk full"},
  })));
}

TEST_CASE("Pushover's answers") {
  check(GENERATE(values<Case>({
      {"pushover", "done", respond(200, R"({"status":1,"request":"r"})"), kDelivered},
      {"pushover", "a wrong user",
       respond(400, R"({"user":"invalid","errors":["user identifier is invalid"],"status":0})"),
       kPermanent, "HTTP 400: user identifier is invalid"},
      {"pushover", "refused inside a 200", respond(200, R"({"status":0,"errors":["no"]})"),
       kPermanent, "no"},
      {"pushover", "refused without a word", respond(200, R"({"status":0})"), kPermanent,
       "status is not 1"},
      {"pushover", "the month's quota",
       respond(429, R"({"errors":["over quota"],"status":0})",
               {{"x-limit-app-reset", "1733011200"}}),
       kRateLimited, "HTTP 429: over quota", seconds{1733011200 - 1732290000}},
      {"pushover", "a quota that ends in the past", respond(429, "", {{"x-limit-app-reset", "1"}}),
       kRateLimited, "HTTP 429", std::chrono::hours{1}},
      {"pushover", "a quota that never ends",
       respond(429, "", {{"x-limit-app-reset", "9999999999"}}), kRateLimited, "HTTP 429",
       std::chrono::hours{1}},
      {"pushover", "a quota without sense", respond(429, "", {{"x-limit-app-reset", "1d"}}),
       kRateLimited, "HTTP 429", std::chrono::hours{1}},
      {"pushover", "its own trouble", respond(503), kTransient, "HTTP 503"},
  })));
}

TEST_CASE("Bark's answers") {
  check(GENERATE(values<Case>({
      {"bark", "done", respond(200, R"({"code":200,"message":"success","timestamp":1})"),
       kDelivered},
      {"bark", "no such key",
       respond(400, R"({"code":400,"message":"failed to get device token"})"), kPermanent,
       "HTTP 400: failed to get device token"},
      {"bark", "an error inside a 200", respond(200, R"({"code":400,"message":"no key"})"),
       kPermanent, "HTTP 400: no key"},
      {"bark", "the device is gone",
       respond(500, R"({"code":500,"message":"push failed: Unregistered"})"), kPermanent,
       "push failed: Unregistered"},
      {"bark", "Apple does not answer",
       respond(500, R"({"code":500,"message":"push failed: timeout"})"), kTransient,
       "HTTP 500: push failed: timeout"},
      {"bark", "a code without sense", respond(200, R"({"code":-7,"message":"?"})"), kPermanent,
       "HTTP 400: ?"},
  })));
}

TEST_CASE("Matrix' answers") {
  check(GENERATE(values<Case>({
      {"matrix", "done", respond(200, R"({"event_id":"$x"})"), kDelivered},
      {"matrix", "too fast",
       respond(
           429,
           R"({"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":2001})"),
       kRateLimited, "HTTP 429: M_LIMIT_EXCEEDED: Too Many Requests", milliseconds{2001}},
      {"matrix", "a wrong token",
       respond(401, R"({"errcode":"M_UNKNOWN_TOKEN","error":"Unknown access token"})"), kPermanent,
       "HTTP 401: M_UNKNOWN_TOKEN: Unknown access token"},
      {"matrix", "not in the room",
       respond(403, R"({"errcode":"M_FORBIDDEN","error":"not in room"})"), kPermanent,
       "HTTP 403: M_FORBIDDEN: not in room"},
      {"matrix", "its own trouble", respond(502, "<html>bad gateway</html>"), kTransient,
       "HTTP 502"},
  })));
}

TEST_CASE("ServerChan's answers") {
  check(GENERATE(values<Case>({
      {"serverchan", "done", respond(200, R"({"code":0,"message":"","data":{"errno":0}})"),
       kDelivered},
      {"serverchan", "a wrong key", respond(400, R"({"code":40001,"message":"[AUTH]错误的Key"})"),
       kPermanent, "HTTP 400: 40001: [AUTH]错误的Key"},
      {"serverchan", "the day's quota, which begins anew at 16:00 UTC",
       respond(200, R"({"code":40001,"message":"[AUTH]超过当天的发送次数限制[5]"})"), kRateLimited,
       "[AUTH]超过当天的发送次数限制[5]", std::chrono::minutes{20}},
      {"serverchan", "refused inside a 200", respond(200, R"({"code":1,"info":"no title"})"),
       kPermanent, "HTTP 400: 1: no title"},
      {"serverchan", "its own trouble", respond(500, "oops"), kTransient, "HTTP 500: oops"},
  })));
}

TEST_CASE("Twilio's answers") {
  check(GENERATE(values<Case>({
      {"twilio", "done", respond(201, R"({"sid":"SM1","status":"queued"})"), kDelivered},
      {"twilio", "no such number",
       respond(400, R"({"code":21211,"message":"Invalid 'To' Phone Number","status":400})"),
       kPermanent, "HTTP 400: 21211: Invalid 'To' Phone Number"},
      {"twilio", "a wrong token", respond(401, R"({"code":20003,"message":"Authenticate"})"),
       kPermanent, "HTTP 401: 20003: Authenticate"},
      {"twilio", "too fast",
       respond(429, R"({"code":20429,"message":"Too Many Requests"})", {{"retry-after", "2"}}),
       kRateLimited, "HTTP 429: 20429: Too Many Requests", seconds{2}},
      {"twilio", "its own trouble", respond(503, R"({"code":20503,"message":"down"})"), kTransient,
       "HTTP 503: 20503: down"},
  })));
}
