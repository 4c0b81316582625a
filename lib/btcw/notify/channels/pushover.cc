// Pushover: https://pushover.net/api
#include <array>
#include <utility>

#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{
        .key = "token", .help = "token of an application", .required = true, .secret = true},
    ChannelOption{
        .key = "user", .help = "key of a user or a group", .required = true, .secret = true},
    ChannelOption{.key = "device", .help = "one device of the user's"},
    ChannelOption{.key = "sound", .help = "name of a sound"},
    ChannelOption{.key = "urgent",
                  .help = "urgent ones as emergency (until confirmed) or high",
                  .fallback = "emergency"},
    ChannelOption{
        .key = "retry", .help = "seconds between repeats of an emergency", .fallback = "60"},
    ChannelOption{.key = "expire", .help = "seconds until it is given up", .fallback = "3600"},
    ChannelOption{
        .key = "base_url", .help = "where the API is", .fallback = "https://api.pushover.net"},
};
constexpr std::array<std::string_view, 1> kSchemes{"pover"};
constexpr std::string_view kSpelling = "pover://USER@TOKEN[/DEVICE]";

constexpr std::size_t kMaxMessage = 1024;
constexpr std::size_t kMaxTitle = 250;
// A month's quota begins anew on its first day.
constexpr milliseconds kLongestPause = std::chrono::hours{32 * 24};
constexpr milliseconds kPause = std::chrono::hours{1};

struct PushoverOptions {
  std::string url;
  Secret token;
  Secret user;
  std::string device;
  std::string sound;
  std::string urgent;
  int retry;
  int expire;
};

class PushoverService : public HttpService {
 public:
  explicit PushoverService(PushoverOptions options) : options_{std::move(options)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    MessageText text = marked_message_text(notification);
    // The message is what it requires.
    if (text.body.empty()) text.body = std::exchange(text.title, {});
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(
             text.body, {.first = kMaxMessage, .rest = kMaxMessage, .cost = cost_in_characters})) {
      std::vector<std::pair<std::string, std::string>> fields{
          {"token", std::string{options_.token.reveal()}},
          {"user", std::string{options_.user.reveal()}},
          {"message", piece},
          {"timestamp", std::to_string(to_unix_ms(notification.created) / 1000)},
      };
      if (requests.empty()) {
        if (!text.title.empty()) {
          fields.emplace_back("title", truncate_text(text.title, kMaxTitle, cost_in_characters));
        }
        add_priority(notification.priority, fields);
      } else {
        // One piece is enough of an alarm.
        fields.emplace_back("priority", "-1");
      }
      if (!options_.device.empty()) fields.emplace_back("device", options_.device);
      if (!options_.sound.empty()) fields.emplace_back("sound", options_.sound);
      requests.push_back(form_post(options_.url, fields));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    const auto status = answer ? answer->number("status") : std::nullopt;
    if (is_success(response.status)) {
      if (!status) return delivery_of_unclear_answer(response);
      if (*status == 1) return {};
      return permanent_failure(answer->text("errors.0").value_or("status is not 1"));
    }
    Refusal refusal{.says = answer ? answer->text("errors.0").value_or("") : std::string{},
                    .fallback = kPause};
    if (response.status == 429) refusal.retry_at = quota_reset(response);
    return delivery_of_refusal(response.status, response, refusal);
  }

 private:
  void add_priority(Priority priority,
                    std::vector<std::pair<std::string, std::string>>& fields) const {
    switch (priority) {
      case Priority::urgent:
        if (options_.urgent == "high") {
          fields.emplace_back("priority", "1");
          return;
        }
        fields.emplace_back("priority", "2");
        fields.emplace_back("retry", std::to_string(options_.retry));
        fields.emplace_back("expire", std::to_string(options_.expire));
        return;
      case Priority::normal:
        fields.emplace_back("priority", "0");
        return;
      case Priority::low:
        fields.emplace_back("priority", "-1");
        return;
    }
  }

  // When the month's quota begins anew, as the service says it: in seconds since 1970.
  static std::optional<UtcTime> quota_reset(const HttpResponse& response) {
    const auto header = response.header("x-limit-app-reset");
    if (!header || header->find_first_not_of("0123456789") != std::string_view::npos) {
      return std::nullopt;
    }
    const auto reset = parse_time(*header);
    if (!reset || *reset < response.received || *reset > response.received + kLongestPause) {
      return std::nullopt;
    }
    return *reset;
  }

  PushoverOptions options_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("pushover", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto base_url = values.base_url();
  if (!base_url) return std::move(base_url).error().within("pushover");
  auto urgent = values.word("urgent", {"emergency", "high"});
  if (!urgent) return std::move(urgent).error().within("pushover");
  const auto retry = values.number("retry", 30, 10'800);
  if (!retry) return Error{retry.error()}.within("pushover");
  const auto expire = values.number("expire", 30, 10'800);
  if (!expire) return Error{expire.error()}.within("pushover");
  SecretMask mask;
  mask.add(values.secret("token"));
  mask.add(values.secret("user"));
  return make_http_channel(std::make_unique<PushoverService>(
                               PushoverOptions{.url = *base_url + "/1/messages.json",
                                               .token = Secret{std::string{values.secret("token")}},
                                               .user = Secret{std::string{values.secret("user")}},
                                               .device = values.text("device"),
                                               .sound = values.text("sound"),
                                               .urgent = *std::move(urgent),
                                               .retry = *retry,
                                               .expire = *expire}),
                           std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || url.user.empty() || url.path.size() > 1) {
    return wrong_channel_url(kSpelling);
  }
  put_setting(*settings, kOptions, "user", url.user);
  put_setting(*settings, kOptions, "token", url.host);
  if (!url.path.empty()) put_setting(*settings, kOptions, "device", url.path[0]);
  return settings;
}

}  // namespace

ChannelKind pushover_channel() {
  return {"pushover", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
