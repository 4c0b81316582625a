// DingTalk custom robots: https://open.dingtalk.com/document/robots/custom-robot-access
#include <array>
#include <cstdint>
#include <utility>

#include "btcw/base/base64.h"
#include "btcw/base/percent.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/errcode_answer.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/escape.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "url", .help = "the robot's whole address", .secret = true},
    ChannelOption{.key = "token", .help = "or the access_token in it", .secret = true},
    ChannelOption{
        .key = "secret", .help = "where the robot checks signatures (SEC…)", .secret = true},
    ChannelOption{
        .key = "base_url", .help = "where robots are", .fallback = "https://oapi.dingtalk.com"},
};
constexpr std::array<std::string_view, 1> kSchemes{"dingtalk"};
constexpr std::string_view kSpelling = "dingtalk://[SECRET@]TOKEN";

// A body may have 20,000 bytes. The title is what the list of chats shows.
constexpr std::size_t kMaxTitle = 64;
constexpr std::size_t kMaxHeadBytes = 600;
constexpr std::size_t kMaxTextBytes = 16'000;
constexpr std::array<std::int64_t, 3> kLimits{130101, 410100, 90030};
// Whoever sends more than 20 in a minute is kept out for ten.
constexpr milliseconds kPause = std::chrono::minutes{10};

class DingTalkService : public HttpService {
 public:
  DingTalkService(std::string url, Secret secret, decltype(ChannelPorts::hmac_sha256) hmac_sha256)
      : url_{std::move(url)}, secret_{std::move(secret)}, hmac_sha256_{hmac_sha256} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime now,
                                                  RequestUse use) const override {
    const MessageText text = marked_message_text(notification);
    const std::string& first = text.title.empty() ? text.body : text.title;
    const std::string shown_title =
        truncate_text(first.substr(0, first.find('\n')), kMaxTitle, cost_in_characters);
    std::string head;
    if (!text.title.empty()) {
      head =
          "#### " +
          escape_dingtalk(truncate_text(text.title, kMaxHeadBytes, cost_in_dingtalk_json_bytes)) +
          "\n\n";
    }
    const std::string url = signed_url(now, use);
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(text.body, {.first = kMaxTextBytes,
                                                          .rest = kMaxTextBytes,
                                                          .cost = cost_in_dingtalk_json_bytes,
                                                          .max_pieces = 5})) {
      const std::string markdown =
          JsonObject{}
              .text("title", shown_title)
              .text("text", std::exchange(head, {}) + escape_dingtalk(piece))
              .str();
      requests.push_back(
          json_post(url, JsonObject{}.text("msgtype", "markdown").raw("markdown", markdown).str()));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    return delivery_of_errcode(response, kLimits, kPause);
  }

 private:
  [[nodiscard]] std::string signed_url(UtcTime now, RequestUse use) const {
    if (secret_.empty()) return url_;
    const std::string timestamp = std::to_string(to_unix_ms(now));
    const std::string signature =
        use == RequestUse::show
            ? std::string{kMasked}
            : percent_encode(to_base64(hmac_sha256_(
                  secret_.reveal(), timestamp + '\n' + std::string{secret_.reveal()})));
    return url_ + "&timestamp=" + timestamp + "&sign=" + signature;
  }

  std::string url_;
  Secret secret_;
  decltype(ChannelPorts::hmac_sha256) hmac_sha256_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("dingtalk", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto url = values.webhook("/robot/send?access_token=", "token");
  if (!url) return std::move(url).error().within("dingtalk");
  if (url->find('?') == std::string::npos) {
    return Error{Errc::invalid_input, "dingtalk: url: no access_token in it"};
  }
  SecretMask mask;
  mask.add(values.secret("token"));
  mask.add(values.secret("secret"));
  if (!values.secret("url").empty()) mask.add_address(*url);
  return make_http_channel(
      std::make_unique<DingTalkService>(
          *std::move(url), Secret{std::string{values.secret("secret")}}, ports.hmac_sha256),
      std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || !url.path.empty()) return wrong_channel_url(kSpelling);
  put_setting(*settings, kOptions, "token", url.host);
  if (!url.user.empty()) put_setting(*settings, kOptions, "secret", url.user);
  return settings;
}

}  // namespace

ChannelKind dingtalk_channel() {
  return {"dingtalk", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
