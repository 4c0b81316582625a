// ntfy: https://docs.ntfy.sh/publish/#publish-as-json
#include <array>
#include <utility>

#include "btcw/base/base64.h"
#include "btcw/notify/base_url.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/clean_text.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "topic", .help = "who knows it can read it", .required = true},
    ChannelOption{.key = "token", .help = "access token", .secret = true},
    ChannelOption{.key = "user", .help = "or the name of a user …"},
    ChannelOption{.key = "password", .help = "… and the password", .secret = true},
    ChannelOption{.key = "base_url", .help = "the server", .fallback = "https://ntfy.sh"},
};
constexpr std::array<std::string_view, 2> kSchemes{"ntfy", "ntfys"};
constexpr std::string_view kSpelling =
    "ntfy://TOPIC or ntfy(s)://[USER:PASSWORD@|TOKEN@]HOST/TOPIC";

// A longer message arrives as an attachment.
constexpr std::size_t kMaxMessageBytes = 4096;
constexpr std::size_t kMaxTitleBytes = 250;

int number_of(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return 5;
    case Priority::normal:
      return 3;
    case Priority::low:
      return 2;
  }
  return 3;
}

class NtfyService : public HttpService {
 public:
  NtfyService(std::string url, std::string topic, Secret authorization)
      : url_{std::move(url)}, topic_{std::move(topic)}, authorization_{std::move(authorization)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    const MessageText text = marked_message_text(notification);
    std::vector<std::string> tags;
    for (const std::string& tag : notification.tags) tags.push_back(json_string(clean_line(tag)));
    std::vector<HttpRequest> requests;
    for (const std::string& piece :
         split_text(text.body,
                    {.first = kMaxMessageBytes, .rest = kMaxMessageBytes, .cost = cost_in_bytes})) {
      JsonObject body;
      body.text("topic", topic_);
      if (requests.empty() && !text.title.empty()) {
        body.text("title", truncate_text(text.title, kMaxTitleBytes, cost_in_bytes));
      }
      if (!piece.empty()) body.text("message", piece);
      body.number("priority", number_of(notification.priority));
      if (!tags.empty()) body.raw("tags", json_array(tags));
      HttpRequest request = json_post(url_, body.str());
      if (!authorization_.empty()) {
        request.headers.emplace_back("Authorization", authorization_.reveal());
      }
      requests.push_back(std::move(request));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    if (!is_success(response.status)) {
      return delivery_of_refusal(
          response.status, response,
          {.says = answer ? answer->text("error").value_or("") : std::string{}});
    }
    if (answer && answer->text("id")) return {};
    return delivery_of_unclear_answer(response);
  }

 private:
  std::string url_;
  std::string topic_;
  Secret authorization_;
};

// The header that signs in; "" for a topic that is open.
std::string authorization_of(const ChannelValues& values, SecretMask& mask) {
  if (const std::string_view token = values.secret("token"); !token.empty()) {
    mask.add(token);
    return "Bearer " + std::string{token};
  }
  const std::string user = values.text("user");
  if (user.empty()) return {};
  const std::string_view password = values.secret("password");
  const std::string basic = to_base64(user + ':' + std::string{password});
  mask.add(password);
  mask.add(basic);
  return "Basic " + basic;
}

bool is_topic(std::string_view topic) {
  return topic.size() <= 64 &&
         topic.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
             std::string_view::npos;
}

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("ntfy", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto base_url = values.base_url();
  if (!base_url) return std::move(base_url).error().within("ntfy");
  const std::string topic = values.text("topic");
  if (!is_topic(topic)) {
    return Error{Errc::invalid_input, "ntfy: 'topic' is at most 64 letters, digits, '_' and '-'"};
  }
  if (values.text("user").empty() != values.secret("password").empty() ||
      (!values.secret("token").empty() && !values.text("user").empty())) {
    return Error{Errc::invalid_input, "ntfy: either 'token', or 'user' and 'password', or neither"};
  }
  SecretMask mask;
  Secret authorization{authorization_of(values, mask)};
  return make_http_channel(
      std::make_unique<NtfyService>(*base_url + '/', topic, std::move(authorization)),
      std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || url.path.size() > 1) return wrong_channel_url(kSpelling);
  const bool is_public = url.path.empty();
  put_setting(*settings, kOptions, "topic", is_public ? url.host : url.path[0]);
  if (!is_public) {
    put_setting(*settings, kOptions, "base_url",
                server_of(url, url.scheme == "ntfys" ? "https" : "http"));
  }
  if (!url.password.empty()) {
    put_setting(*settings, kOptions, "user", url.user);
    put_setting(*settings, kOptions, "password", url.password);
  } else if (!url.user.empty()) {
    put_setting(*settings, kOptions, "token", url.user);
  }
  return settings;
}

}  // namespace

ChannelKind ntfy_channel() {
  return {"ntfy", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
