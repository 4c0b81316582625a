// Gotify: https://gotify.net/docs/pushmsg
#include <array>
#include <utility>

#include "btcw/notify/base_url.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "base_url", .help = "the server", .required = true},
    ChannelOption{
        .key = "token", .help = "token of an application", .required = true, .secret = true},
};
constexpr std::array<std::string_view, 2> kSchemes{"gotify", "gotifys"};
constexpr std::string_view kSpelling = "gotify(s)://HOST[/PATH]/TOKEN";

int number_of(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return 8;
    case Priority::normal:
      return 5;
    case Priority::low:
      return 2;
  }
  return 5;
}

class GotifyService : public HttpService {
 public:
  GotifyService(std::string url, Secret token) : url_{std::move(url)}, token_{std::move(token)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    MessageText text = marked_message_text(notification);
    // The message is what it requires.
    if (text.body.empty()) text.body = std::exchange(text.title, {});
    JsonObject body;
    if (!text.title.empty()) body.text("title", text.title);
    body.text("message", text.body).number("priority", number_of(notification.priority));
    HttpRequest request = json_post(url_, body.str());
    // Not in the query, which servers log.
    request.headers.emplace_back("X-Gotify-Key", token_.reveal());
    return {std::move(request)};
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    if (!is_success(response.status)) {
      return delivery_of_refusal(
          response.status, response,
          {.says = answer ? answer->text("errorDescription").value_or("") : std::string{}});
    }
    if (answer && answer->number("id")) return {};
    return delivery_of_unclear_answer(response);
  }

 private:
  std::string url_;
  Secret token_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("gotify", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto base_url = values.base_url();
  if (!base_url) return std::move(base_url).error().within("gotify");
  SecretMask mask;
  mask.add(values.secret("token"));
  return make_http_channel(std::make_unique<GotifyService>(
                               *base_url + "/message", Secret{std::string{values.secret("token")}}),
                           std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || url.path.empty()) return wrong_channel_url(kSpelling);
  put_setting(*settings, kOptions, "token", url.path.back());
  put_setting(*settings, kOptions, "base_url",
              server_of(url, url.scheme == "gotifys" ? "https" : "http", url.path.size() - 1));
  return settings;
}

}  // namespace

ChannelKind gotify_channel() {
  return {"gotify", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
