// The chats of fake_channels: what each of them takes and how it says no.
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "btcw/base/base64.h"
#include "support/channel_ports.h"
#include "support/fake_channel_services.h"

namespace btcw::test {
namespace {

using nlohmann::json;

ServedResponse json_answer(int status, const json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

// Signatures are good for an hour.
bool is_recent(const std::string& timestamp, std::int64_t per_second) {
  const std::int64_t said = std::strtoll(timestamp.c_str(), nullptr, 10) / per_second;
  return std::llabs(said - std::time(nullptr)) <= 3600;
}

// The file of a multipart body, and whether it holds `needed` before it.
FakeReading read_file(const FakeRequest& request, std::string_view needed) {
  const auto type = std::string{request.http.header("content-type").value_or("")};
  const std::string_view body = request.http.body;
  const std::string boundary = "--" + type.substr(type.find("boundary=") + 9);
  const std::size_t name = body.find("; filename=\"");
  const std::size_t content = body.find("\r\n\r\n", name);
  const std::size_t end = body.find("\r\n" + boundary + "--\r\n", content);
  const std::size_t field = body.find(needed);
  if (!body.starts_with(boundary + "\r\n") || end == std::string_view::npos || field > name) {
    return refuse(Refused::content, "not a form with a file");
  }
  return {.delivery = {
              .title = std::string{body.substr(name + 12, body.find('"', name + 12) - name - 12)},
              .text = std::string{body.substr(content + 4, end - content - 4)}}};
}

FakeReading read_telegram(const FakeRequest& request) {
  if (request.target == "/bot123:s3cret/sendDocument") {
    return read_file(request, "name=\"chat_id\"\r\n\r\n-100\r\n");
  }
  if (request.target != "/bot123:s3cret/sendMessage") return refuse(Refused::token, "Unauthorized");
  const json body = json::parse(request.http.body);
  if (body.at("chat_id") != "-100") return refuse(Refused::target, "Bad Request: chat not found");
  if (body.at("parse_mode") != "HTML") return refuse(Refused::content, "Bad Request: parse mode");
  const auto text = text_of_html(body.at("text").get<std::string>());
  if (!text) return refuse(Refused::content, "Bad Request: can't parse entities");
  if (text->empty()) return refuse(Refused::content, "Bad Request: message text is empty");
  if (utf16_units(*text) > 4096)
    return refuse(Refused::content, "Bad Request: message is too long");
  return {.delivery = {.text = *text,
                       .priority = body.value("disable_notification", false) ? "silent" : "loud"}};
}

ServedResponse telegram_taken() {
  return json_answer(200, {{"ok", true}, {"result", {{"message_id", 7}}}});
}

ServedResponse telegram_refused(Refused why, const std::string& words, seconds retry_after) {
  const auto answer = [](int code, const std::string& description) {
    return json_answer(code, {{"ok", false}, {"error_code", code}, {"description", description}});
  };
  switch (why) {
    case Refused::token:
      return answer(401, "Unauthorized");
    case Refused::target:
      return answer(400, "Bad Request: chat not found");
    case Refused::content:
      return answer(400, words);
    case Refused::limit:
      return json_answer(429, {{"ok", false},
                               {"error_code", 429},
                               {"description", "Too Many Requests"},
                               {"parameters", {{"retry_after", retry_after.count()}}}});
  }
  return answer(500, words);
}

FakeReading read_discord(const FakeRequest& request) {
  if (request.target != "/api/webhooks/77/s3cret")
    return refuse(Refused::token, "Invalid Webhook Token");
  if (request.query_value("wait") != "true") return refuse(Refused::content, "wait");
  if (request.http.header("content-type").value_or("").starts_with("multipart/")) {
    return read_file(request, R"({"allowed_mentions":{"parse":[]}})");
  }
  const json body = json::parse(request.http.body);
  if (body.at("allowed_mentions") != json{{"parse", json::array()}}) {
    return refuse(Refused::content, "allowed_mentions");
  }
  if (body.at("embeds").size() != 1) return refuse(Refused::content, "embeds");
  const json& embed = body["embeds"][0];
  const auto title = embed.value("title", std::string{});
  const auto description = embed.value("description", std::string{});
  const std::size_t all = utf16_units(title) + utf16_units(description);
  if (all == 0) return refuse(Refused::content, "Cannot send an empty message");
  if (utf16_units(title) > 256 || utf16_units(description) > 4096 || all > 6000) {
    return refuse(Refused::content, "Must be 4096 or fewer in length.");
  }
  return {.delivery = {.title = text_of_markdown(title),
                       .text = text_of_markdown(description),
                       .priority = std::to_string(embed.at("color").get<int>())}};
}

ServedResponse discord_taken() {
  ServedResponse response = json_answer(200, {{"id", "99"}, {"type", 0}});
  response.headers.emplace_back("X-RateLimit-Remaining", "4");
  response.headers.emplace_back("X-RateLimit-Reset-After", "2");
  return response;
}

ServedResponse discord_refused(Refused why, const std::string& words, seconds retry_after) {
  switch (why) {
    case Refused::token:
      return json_answer(401, {{"message", "Invalid Webhook Token"}, {"code", 50027}});
    case Refused::target:
      return json_answer(404, {{"message", "Unknown Webhook"}, {"code", 10015}});
    case Refused::content:
      return json_answer(400, {{"message", words}, {"code", 50006}});
    case Refused::limit:
      return json_answer(429, {{"message", "You are being rate limited."},
                               {"retry_after", static_cast<double>(retry_after.count()) - 0.5},
                               {"global", false}});
  }
  return {.status = 500};
}

FakeReading read_slack(const FakeRequest& request) {
  if (request.target != "/services/T0/B0/s3cret") return refuse(Refused::token, "invalid_token");
  const json body = json::parse(request.http.body);
  if (!body.contains("text") || body.at("blocks").empty())
    return refuse(Refused::content, "no_text");
  FakeDelivery delivery;
  for (const json& block : body["blocks"]) {
    const auto text = block.at("text").at("text").get<std::string>();
    if (block["type"] == "header") {
      if (utf16_units(text) > 150) return refuse(Refused::content, "invalid_blocks");
      delivery.title = text;
      continue;
    }
    const auto plain = text_of_html(text);
    if (!plain || utf16_units(text) > 3000) return refuse(Refused::content, "invalid_blocks");
    delivery.text = *plain;
  }
  return {.delivery = std::move(delivery)};
}

ServedResponse slack_taken() { return {.body = "ok"}; }

ServedResponse slack_refused(Refused why, const std::string& words, seconds retry_after) {
  switch (why) {
    case Refused::token:
      return {.status = 403, .body = "invalid_token"};
    case Refused::target:
      return {.status = 404, .body = "no_service"};
    case Refused::content:
      return {.status = 400, .body = words};
    case Refused::limit:
      return {.status = 429,
              .headers = {{"Retry-After", std::to_string(retry_after.count())}},
              .body = "rate_limited"};
  }
  return {.status = 500};
}

FakeReading read_feishu(const FakeRequest& request) {
  if (request.target != "/open-apis/bot/v2/hook/s3cret-hook")
    return refuse(Refused::token, "token");
  if (request.http.body.size() > 20UL * 1024) return refuse(Refused::content, "too large");
  const json body = json::parse(request.http.body);
  const auto timestamp = body.at("timestamp").get<std::string>();
  const auto sign = to_base64(test_hmac_sha256(timestamp + "\ns3cret-key", ""));
  if (body.at("sign") != sign || !is_recent(timestamp, 1)) {
    return refuse(Refused::token, "sign match fail or timestamp is not within one hour");
  }
  if (body.at("msg_type") != "interactive") return refuse(Refused::content, "msg_type");
  const json& card = body.at("card");
  const auto text = card.at("elements").at(0).at("text").at("content").get<std::string>();
  if (text.empty()) return refuse(Refused::content, "empty element");
  FakeDelivery delivery{.text = text};
  if (card.contains("header")) {
    delivery.title = card["header"].at("title").at("content").get<std::string>();
    delivery.priority = card["header"].at("template").get<std::string>();
  }
  return {.delivery = std::move(delivery)};
}

ServedResponse feishu_taken() {
  return json_answer(200, {{"code", 0}, {"msg", "success"}, {"data", json::object()}});
}

ServedResponse feishu_refused(Refused why, const std::string& words, seconds retry_after) {
  switch (why) {
    case Refused::token:
      return json_answer(200, {{"code", 19021}, {"msg", "sign match fail"}});
    case Refused::target:
      return json_answer(400, {{"code", 19001}, {"msg", "incoming webhook access token invalid"}});
    case Refused::content:
      return json_answer(200, {{"code", 19024}, {"msg", words}});
    case Refused::limit: {
      ServedResponse response = json_answer(200, {{"code", 11232}, {"msg", "frequency limited"}});
      response.headers.emplace_back("x-ogw-ratelimit-reset", std::to_string(retry_after.count()));
      return response;
    }
  }
  return {.status = 500};
}

FakeReading read_dingtalk(const FakeRequest& request) {
  if (request.target != "/robot/send" || request.query_value("access_token") != "s3cret-robot") {
    return refuse(Refused::target, "token is not exist");
  }
  const std::string timestamp = request.query_value("timestamp");
  const auto sign = to_base64(test_hmac_sha256("SECs3cret", timestamp + "\nSECs3cret"));
  if (request.query_value("sign") != sign || !is_recent(timestamp, 1000)) {
    return refuse(Refused::token, "sign not match");
  }
  if (request.http.body.size() > 20'000) return refuse(Refused::content, "too large");
  const json body = json::parse(request.http.body);
  if (body.at("msgtype") != "markdown") return refuse(Refused::content, "msgtype");
  const json& markdown = body.at("markdown");
  const auto title = markdown.at("title").get<std::string>();
  const auto text = markdown.at("text").get<std::string>();
  if (title.empty() || text.empty()) return refuse(Refused::content, "empty");
  return {.delivery = {.title = title, .text = replaced(text_of_markdown(text), "  \n", "\n")}};
}

ServedResponse errcode_taken() { return json_answer(200, {{"errcode", 0}, {"errmsg", "ok"}}); }

ServedResponse dingtalk_refused(Refused why, const std::string& words, seconds) {
  switch (why) {
    case Refused::token:
      return json_answer(200, {{"errcode", 310000}, {"errmsg", "sign not match"}});
    case Refused::target:
      return json_answer(200, {{"errcode", 300001}, {"errmsg", "token is not exist"}});
    case Refused::content:
      return json_answer(200, {{"errcode", 400105}, {"errmsg", words}});
    case Refused::limit:
      return json_answer(200, {{"errcode", 130101}, {"errmsg", "send too fast"}});
  }
  return {.status = 500};
}

FakeReading read_wecom(const FakeRequest& request) {
  if (request.target != "/cgi-bin/webhook/send" || request.query_value("key") != "s3cret") {
    return refuse(Refused::token, "invalid webhook url");
  }
  const json body = json::parse(request.http.body);
  const bool is_text = body.at("msgtype") == "text";
  const auto content = body.at(is_text ? "text" : "markdown").at("content").get<std::string>();
  if (content.empty()) return refuse(Refused::content, "empty content");
  if (content.size() > (is_text ? 2048U : 4096U))
    return refuse(Refused::content, "exceed max length");
  return {.delivery = {.text = replaced(content, "\u200B", "")}};
}

ServedResponse wecom_refused(Refused why, const std::string& words, seconds) {
  switch (why) {
    case Refused::token:
    case Refused::target:
      return json_answer(200, {{"errcode", 93000}, {"errmsg", "invalid webhook url"}});
    case Refused::content:
      return json_answer(200, {{"errcode", 40058}, {"errmsg", words}});
    case Refused::limit:
      return json_answer(200, {{"errcode", 45009}, {"errmsg", "api freq out of limit"}});
  }
  return {.status = 500};
}

}  // namespace

std::span<const FakeService> fake_chat_services() {
  static constexpr std::array kServices{
      FakeService{"telegram", read_telegram, telegram_taken, telegram_refused},
      FakeService{"discord", read_discord, discord_taken, discord_refused},
      FakeService{"slack", read_slack, slack_taken, slack_refused},
      FakeService{"feishu", read_feishu, feishu_taken, feishu_refused},
      FakeService{"lark", read_feishu, feishu_taken, feishu_refused},
      FakeService{"dingtalk", read_dingtalk, errcode_taken, dingtalk_refused},
      FakeService{"wecom", read_wecom, errcode_taken, wecom_refused},
  };
  return kServices;
}

}  // namespace btcw::test
