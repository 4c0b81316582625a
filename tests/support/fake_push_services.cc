// The push services of fake_channels: what each of them takes and how it says no.
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "btcw/base/base64.h"
#include "support/fake_channel_services.h"

namespace btcw::test {
namespace {

using nlohmann::json;

ServedResponse json_answer(int status, const json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

ServedResponse with_retry_after(ServedResponse response, seconds retry_after) {
  response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return response;
}

FakeReading read_ntfy(const FakeRequest& request) {
  if (request.http.header("authorization") != "Bearer tk_s3cret") {
    return refuse(Refused::token, "unauthorized");
  }
  const json body = json::parse(request.http.body);
  if (body.at("topic") != "prices") return refuse(Refused::target, "forbidden");
  const auto text = body.value("message", std::string{});
  if (text.size() > 4096) return refuse(Refused::content, "it would become an attachment");
  return {.delivery = {.title = body.value("title", std::string{}),
                       .text = text,
                       .priority = std::to_string(body.at("priority").get<int>())}};
}

ServedResponse ntfy_taken() {
  return json_answer(200, {{"id", "x1"}, {"event", "message"}, {"topic", "prices"}});
}

ServedResponse ntfy_refused(Refused why, const std::string& words, seconds retry_after) {
  const auto answer = [](int status, const std::string& error) {
    return json_answer(status, {{"code", status * 100 + 1}, {"http", status}, {"error", error}});
  };
  switch (why) {
    case Refused::token:
      return answer(401, "unauthorized");
    case Refused::target:
      return answer(403, "forbidden");
    case Refused::content:
      return answer(400, words);
    case Refused::limit:
      return with_retry_after(answer(429, "limit reached: too many requests"), retry_after);
  }
  return {.status = 500};
}

FakeReading read_gotify(const FakeRequest& request) {
  if (request.target != "/message") return refuse(Refused::target, "page not found");
  if (request.http.header("x-gotify-key") != "As3cret") return refuse(Refused::token, "token");
  const json body = json::parse(request.http.body);
  const auto text = body.at("message").get<std::string>();
  if (text.empty()) return refuse(Refused::content, "Field 'message' is required");
  return {.delivery = {.title = body.value("title", std::string{}),
                       .text = text,
                       .priority = std::to_string(body.at("priority").get<int>())}};
}

ServedResponse gotify_taken() { return json_answer(200, {{"id", 25}, {"appid", 1}}); }

ServedResponse gotify_refused(Refused why, const std::string& words, seconds retry_after) {
  const auto answer = [](int status, const std::string& description) {
    return json_answer(status,
                       {{"error", "x"}, {"errorCode", status}, {"errorDescription", description}});
  };
  switch (why) {
    case Refused::token:
      return answer(401, "you need to provide a valid access token");
    case Refused::target:
      return answer(404, "page not found");
    case Refused::content:
      return answer(400, words);
    case Refused::limit:
      return with_retry_after({.status = 429}, retry_after);
  }
  return {.status = 500};
}

FakeReading read_pushover(const FakeRequest& request) {
  if (request.target != "/1/messages.json" || request.form_value("token") != "as3cret") {
    return refuse(Refused::token, "application token is invalid");
  }
  if (request.form_value("user") != "us3cret") return refuse(Refused::target, "user is invalid");
  const std::string text = request.form_value("message");
  const std::string priority = request.form_value("priority");
  if (text.empty()) return refuse(Refused::content, "message cannot be blank");
  if (characters(text) > 1024 || characters(request.form_value("title")) > 250) {
    return refuse(Refused::content, "message is too long");
  }
  const int retry = std::atoi(request.form_value("retry").c_str());
  const int expire = std::atoi(request.form_value("expire").c_str());
  if (priority == "2" && (retry < 30 || expire < 1 || expire > 10'800)) {
    return refuse(Refused::content, "expire must be supplied with priority=2");
  }
  return {.delivery = {.title = request.form_value("title"), .text = text, .priority = priority}};
}

ServedResponse pushover_taken() { return json_answer(200, {{"status", 1}, {"request", "r"}}); }

ServedResponse pushover_refused(Refused why, const std::string& words, seconds retry_after) {
  const auto answer = [](int status, const std::string& error) {
    return json_answer(status, {{"status", 0}, {"errors", {error}}, {"request", "r"}});
  };
  switch (why) {
    case Refused::token:
      return answer(400, "application token is invalid");
    case Refused::target:
      return answer(400, "user identifier is invalid");
    case Refused::content:
      return answer(400, words);
    case Refused::limit: {
      ServedResponse response = answer(429, "application is over its message quota");
      response.headers.emplace_back("X-Limit-App-Reset",
                                    std::to_string(std::time(nullptr) + retry_after.count()));
      return response;
    }
  }
  return {.status = 500};
}

FakeReading read_bark(const FakeRequest& request) {
  if (request.target != "/push") return refuse(Refused::target, "not found");
  const json body = json::parse(request.http.body);
  if (body.at("device_key") != "s3cret")
    return refuse(Refused::token, "failed to get device token");
  // What Apple takes; a little less than the whole of what the server is sent.
  if (request.http.body.size() > 4096)
    return refuse(Refused::content, "push failed: PayloadTooLarge");
  const auto text = body.at("body").get<std::string>();
  if (text.empty()) return refuse(Refused::content, "body is empty");
  return {.delivery = {.title = body.value("title", std::string{}),
                       .text = text,
                       .priority = body.at("level").get<std::string>()}};
}

ServedResponse bark_taken() {
  return json_answer(200, {{"code", 200}, {"message", "success"}, {"timestamp", 1}});
}

ServedResponse bark_refused(Refused why, const std::string& words, seconds retry_after) {
  switch (why) {
    case Refused::token:
      return json_answer(400, {{"code", 400}, {"message", "failed to get device token"}});
    case Refused::target:
      return json_answer(500, {{"code", 500}, {"message", "push failed: Unregistered"}});
    case Refused::content:
      return json_answer(400, {{"code", 400}, {"message", words}});
    case Refused::limit:
      return with_retry_after({.status = 429}, retry_after);
  }
  return {.status = 500};
}

FakeReading read_matrix(const FakeRequest& request) {
  const std::string room = "/_matrix/client/v3/rooms/%21room%3Aexample.org/send/m.room.message/";
  if (request.http.header("authorization") != "Bearer syt_s3cret") {
    return refuse(Refused::token, "Invalid access token passed.");
  }
  if (request.http.method != "PUT" || !request.target.starts_with(room)) {
    return refuse(Refused::target, "User not in room");
  }
  if (request.http.body.size() > 65'000) return refuse(Refused::content, "event too large");
  const json body = json::parse(request.http.body);
  const auto text = body.at("body").get<std::string>();
  if (text_of_html(body.at("formatted_body").get<std::string>()) != text) {
    return refuse(Refused::content, "body and formatted_body differ");
  }
  return {.delivery = {.text = text,
                       .priority = body.at("msgtype").get<std::string>(),
                       .transaction = request.target.substr(room.size())}};
}

ServedResponse matrix_taken() { return json_answer(200, {{"event_id", "$x"}}); }

ServedResponse matrix_refused(Refused why, const std::string& words, seconds retry_after) {
  switch (why) {
    case Refused::token:
      return json_answer(401, {{"errcode", "M_UNKNOWN_TOKEN"}, {"error", "Invalid access token"}});
    case Refused::target:
      return json_answer(403, {{"errcode", "M_FORBIDDEN"}, {"error", "User not in room"}});
    case Refused::content:
      return json_answer(400, {{"errcode", "M_BAD_JSON"}, {"error", words}});
    case Refused::limit:
      return json_answer(429, {{"errcode", "M_LIMIT_EXCEEDED"},
                               {"error", "Too Many Requests"},
                               {"retry_after_ms", retry_after.count() * 1000}});
  }
  return {.status = 500};
}

FakeReading read_serverchan(const FakeRequest& request) {
  if (request.target != "/SCTs3cret.send") return refuse(Refused::token, "[AUTH]错误的Key");
  const std::string title = request.form_value("title");
  if (title.empty() || characters(title) > 32) return refuse(Refused::content, "title");
  return {
      .delivery = {.title = title,
                   .text = replaced(text_of_markdown(request.form_value("desp")), "  \n", "\n")}};
}

ServedResponse serverchan_taken() {
  return json_answer(200, {{"code", 0}, {"message", ""}, {"data", {{"errno", 0}}}});
}

ServedResponse serverchan_refused(Refused why, const std::string& words, seconds) {
  switch (why) {
    case Refused::token:
    case Refused::target:
      return json_answer(400, {{"code", 40001}, {"message", "[AUTH]错误的Key"}});
    case Refused::content:
      return json_answer(400, {{"code", 40000}, {"message", words}});
    case Refused::limit:
      return json_answer(400, {{"code", 40001}, {"message", "[AUTH]超过当天的发送次数限制[5]"}});
  }
  return {.status = 500};
}

FakeReading read_twilio(const FakeRequest& request) {
  if (request.http.header("authorization") != "Basic " + to_base64("AC1:s3cret")) {
    return refuse(Refused::token, "Authenticate");
  }
  if (request.target != "/2010-04-01/Accounts/AC1/Messages.json" ||
      request.form_value("To") != "+15550002" || request.form_value("From") != "+15550001") {
    return refuse(Refused::target, "The 'To' number is not a valid phone number.");
  }
  const std::string text = request.form_value("Body");
  if (text.empty()) return refuse(Refused::content, "Message body is required.");
  if (utf16_units(text) > 1600) return refuse(Refused::content, "exceeds the 1600 character limit");
  return {.delivery = {.text = text}};
}

ServedResponse twilio_taken() { return json_answer(201, {{"sid", "SM1"}, {"status", "queued"}}); }

ServedResponse twilio_refused(Refused why, const std::string& words, seconds retry_after) {
  const auto answer = [](int status, int code, const std::string& message) {
    return json_answer(status, {{"code", code}, {"message", message}, {"status", status}});
  };
  switch (why) {
    case Refused::token:
      return answer(401, 20003, "Authenticate");
    case Refused::target:
      return answer(400, 21211, "Invalid 'To' Phone Number");
    case Refused::content:
      return answer(400, 21617, words);
    case Refused::limit:
      return with_retry_after(answer(429, 20429, "Too Many Requests"), retry_after);
  }
  return {.status = 500};
}

}  // namespace

std::span<const FakeService> fake_push_services() {
  static constexpr std::array kServices{
      FakeService{"ntfy", read_ntfy, ntfy_taken, ntfy_refused},
      FakeService{"gotify", read_gotify, gotify_taken, gotify_refused},
      FakeService{"pushover", read_pushover, pushover_taken, pushover_refused},
      FakeService{"bark", read_bark, bark_taken, bark_refused},
      FakeService{"matrix", read_matrix, matrix_taken, matrix_refused},
      FakeService{"serverchan", read_serverchan, serverchan_taken, serverchan_refused},
      FakeService{"twilio", read_twilio, twilio_taken, twilio_refused},
  };
  return kServices;
}

}  // namespace btcw::test
