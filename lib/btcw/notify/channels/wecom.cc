// WeCom group robots: https://developer.work.weixin.qq.com/document/path/91770
#include <array>
#include <cstdint>
#include <utility>

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
    ChannelOption{.key = "key", .help = "or the key in it", .secret = true},
    ChannelOption{.key = "format",
                  .help = "markdown (a coloured title) or text (shown by every client)",
                  .fallback = "markdown"},
    ChannelOption{
        .key = "base_url", .help = "where robots are", .fallback = "https://qyapi.weixin.qq.com"},
};
constexpr std::array<std::string_view, 1> kSchemes{"wecombot"};
constexpr std::string_view kSpelling = "wecombot://KEY";

constexpr std::size_t kMaxTitleBytes = 300;
constexpr std::size_t kMaxTextBytes = 2048;
constexpr std::size_t kMaxMarkdownBytes = 4096;
// Too many in a minute, and too many at once.
constexpr std::array<std::int64_t, 2> kLimits{45009, 45033};
constexpr milliseconds kPause = seconds{60};  // 20 in a minute are taken

enum class WeComFormat { markdown, text };

std::string_view colour_of(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return "warning";
    case Priority::normal:
      return "info";
    case Priority::low:
      return "comment";
  }
  return "comment";
}

class WeComService : public HttpService {
 public:
  WeComService(std::string url, WeComFormat format) : url_{std::move(url)}, format_{format} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    const MessageText text = marked_message_text(notification);
    const bool is_text = format_ == WeComFormat::text;
    const TextCost cost = is_text ? cost_in_bytes : cost_in_wecom_bytes;
    const std::size_t limit = is_text ? kMaxTextBytes : kMaxMarkdownBytes;
    std::string head = head_of(truncate_text(text.title, kMaxTitleBytes, cost), notification);
    std::vector<HttpRequest> requests;
    for (const std::string& piece :
         split_text(text.body,
                    {.first = limit - head.size(), .rest = limit, .cost = cost, .max_pieces = 8})) {
      const std::string content = std::exchange(head, {}) + (is_text ? piece : escape_wecom(piece));
      const std::string_view type = is_text ? "text" : "markdown";
      requests.push_back(json_post(url_, JsonObject{}
                                             .text("msgtype", type)
                                             .raw(type, JsonObject{}.text("content", content).str())
                                             .str()));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    return delivery_of_errcode(response, kLimits, kPause);
  }

 private:
  [[nodiscard]] std::string head_of(const std::string& title,
                                    const Notification& notification) const {
    if (title.empty()) return {};
    if (format_ == WeComFormat::text) return title + '\n';
    return "<font color=\"" + std::string{colour_of(notification.priority)} + "\">" +
           escape_wecom(title) + "</font>\n";
  }

  std::string url_;
  WeComFormat format_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("wecom", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  const auto format = values.word("format", {"markdown", "text"});
  if (!format) return Error{format.error()}.within("wecom");
  auto url = values.webhook("/cgi-bin/webhook/send?key=", "key");
  if (!url) return std::move(url).error().within("wecom");
  SecretMask mask;
  mask.add(values.secret("key"));
  if (!values.secret("url").empty()) mask.add_address(*url);
  return make_http_channel(
      std::make_unique<WeComService>(*std::move(url),
                                     *format == "text" ? WeComFormat::text : WeComFormat::markdown),
      std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || !url.path.empty()) return wrong_channel_url(kSpelling);
  put_setting(*settings, kOptions, "key", url.host);
  return settings;
}

}  // namespace

ChannelKind wecom_channel() {
  return {"wecom", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
