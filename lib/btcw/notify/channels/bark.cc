// Bark: https://github.com/Finb/bark-server/blob/master/docs/API_V2.md
#include <array>
#include <utility>

#include "btcw/notify/base_url.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{
        .key = "device_key", .help = "key of the device", .required = true, .secret = true},
    ChannelOption{.key = "group", .help = "the group they are shown in", .fallback = "btcw"},
    ChannelOption{.key = "sound", .help = "name of a sound"},
    ChannelOption{.key = "urgent",
                  .help = "urgent ones as timeSensitive or critical (heard when muted)",
                  .fallback = "timeSensitive"},
    ChannelOption{.key = "base_url", .help = "the server", .fallback = "https://api.day.app"},
};
constexpr std::array<std::string_view, 2> kSchemes{"bark", "barks"};
constexpr std::string_view kSpelling = "bark(s)://HOST[/PATH]/DEVICE_KEY";

// Apple takes 4 KB with all that is around the text.
constexpr std::size_t kMaxTitleBytes = 300;
constexpr std::size_t kMaxBodyBytes = 2800;
constexpr std::size_t kMaxPieces = 5;

struct BarkOptions {
  std::string url;
  Secret device_key;
  std::string group;
  std::string sound;
  std::string urgent;
};

class BarkService : public HttpService {
 public:
  explicit BarkService(BarkOptions options) : options_{std::move(options)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    MessageText text = marked_message_text(notification);
    // A body is what it requires.
    if (text.body.empty()) text.body = std::exchange(text.title, {});
    const std::string title = truncate_text(text.title, kMaxTitleBytes, cost_in_json_bytes);
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(text.body, {.first = kMaxBodyBytes,
                                                          .rest = kMaxBodyBytes,
                                                          .cost = cost_in_json_bytes,
                                                          .max_pieces = kMaxPieces})) {
      JsonObject body;
      body.text("device_key", options_.device_key.reveal());
      if (requests.empty() && !title.empty()) body.text("title", title);
      body.text("body", piece).text("level", level_of(notification.priority));
      if (!options_.group.empty()) body.text("group", options_.group);
      if (!options_.sound.empty()) body.text("sound", options_.sound);
      requests.push_back(json_post(options_.url, body.str()));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    const auto code = answer ? answer->number("code") : std::nullopt;
    if (!code) return delivery_of_silence(response);
    if (*code == 200 && is_success(response.status)) return {};
    std::string says = answer->text("message").value_or("");
    // It hands Apple's refusals on as a 500.
    for (const std::string_view word :
         {"BadDeviceToken", "Unregistered", "DeviceTokenNotForTopic", "PayloadTooLarge"}) {
      if (says.find(word) != std::string::npos) return permanent_failure(says);
    }
    const bool has_status = *code >= 300 && *code <= 599;
    return delivery_of_refusal(has_status ? static_cast<int>(*code) : 400, response,
                               {.says = says});
  }

 private:
  [[nodiscard]] std::string_view level_of(Priority priority) const {
    switch (priority) {
      case Priority::urgent:
        return options_.urgent;
      case Priority::normal:
        return "active";
      case Priority::low:
        return "passive";
    }
    return "active";
  }

  BarkOptions options_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("bark", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto base_url = values.base_url();
  if (!base_url) return std::move(base_url).error().within("bark");
  auto urgent = values.word("urgent", {"timeSensitive", "critical"});
  if (!urgent) return std::move(urgent).error().within("bark");
  SecretMask mask;
  mask.add(values.secret("device_key"));
  return make_http_channel(std::make_unique<BarkService>(BarkOptions{
                               .url = *base_url + "/push",
                               .device_key = Secret{std::string{values.secret("device_key")}},
                               .group = values.text("group"),
                               .sound = values.text("sound"),
                               .urgent = *std::move(urgent)}),
                           std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || url.path.empty()) return wrong_channel_url(kSpelling);
  put_setting(*settings, kOptions, "device_key", url.path.back());
  put_setting(*settings, kOptions, "base_url",
              server_of(url, url.scheme == "barks" ? "https" : "http", url.path.size() - 1));
  return settings;
}

}  // namespace

ChannelKind bark_channel() {
  return {"bark", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
