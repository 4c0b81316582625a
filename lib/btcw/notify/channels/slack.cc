// Slack incoming webhooks:
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
#include <array>
#include <utility>

#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/clean_text.h"
#include "btcw/notify/text/escape.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "url", .help = "the webhook's whole address", .secret = true},
    ChannelOption{.key = "token", .help = "or what comes behind /services/ in it", .secret = true},
    ChannelOption{
        .key = "base_url", .help = "where webhooks are", .fallback = "https://hooks.slack.com"},
};
constexpr std::array<std::string_view, 1> kSchemes{"slack"};
constexpr std::string_view kSpelling = "slack://T…/B…/…";

constexpr std::size_t kMaxHeader = 150;
// Of one section block, escaped.
constexpr std::size_t kMaxSection = 3000;
// One a second is taken, and a few at once.
constexpr std::size_t kMaxPieces = 5;

std::string header_block(const std::string& title) {
  return JsonObject{}
      .text("type", "header")
      .raw("text", JsonObject{}.text("type", "plain_text").text("text", title).str())
      .str();
}

std::string section_block(const std::string& text) {
  return JsonObject{}
      .text("type", "section")
      .raw("text", JsonObject{}
                       .text("type", "mrkdwn")
                       .text("text", escape_slack(text))
                       .raw("verbatim", "true")
                       .str())
      .str();
}

class SlackService : public HttpService {
 public:
  explicit SlackService(std::string url) : url_{std::move(url)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    const MessageText text = marked_message_text(notification);
    std::string title = truncate_text(text.title, kMaxHeader, cost_in_utf16);
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(text.body, {.first = kMaxSection,
                                                          .rest = kMaxSection,
                                                          .cost = cost_in_html_utf16,
                                                          .max_pieces = kMaxPieces})) {
      // What notifications show, and servers that speak Slack's webhooks without blocks.
      std::string plain = title.empty() ? "" : "*" + escape_slack(title) + "*\n";
      plain += escape_slack(piece);
      std::vector<std::string> blocks;
      if (!title.empty()) blocks.push_back(header_block(std::exchange(title, {})));
      if (!piece.empty()) blocks.push_back(section_block(piece));
      requests.push_back(json_post(
          url_, JsonObject{}.text("text", plain).raw("blocks", json_array(blocks)).str()));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    if (!is_success(response.status)) return delivery_of_refusal(response.status, response);
    if (clean_line(response.body) == "ok") return {};
    return delivery_of_unclear_answer(response);
  }

 private:
  std::string url_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("slack", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto url = values.webhook("/services/", "token");
  if (!url) return std::move(url).error().within("slack");
  SecretMask mask;
  mask.add(values.secret("token"));
  mask.add_address(*url);
  return make_http_channel(std::make_unique<SlackService>(*std::move(url)), std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || url.path.size() != 2) return wrong_channel_url(kSpelling);
  put_setting(*settings, kOptions, "token", url.host + '/' + url.path[0] + '/' + url.path[1]);
  return settings;
}

}  // namespace

ChannelKind slack_channel() {
  return {"slack", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
