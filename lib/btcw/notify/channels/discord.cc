// Discord webhooks: https://discord.com/developers/docs/resources/webhook#execute-webhook
#include <array>
#include <utility>

#include "btcw/base/percent.h"
#include "btcw/net/http_status.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/escape.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "url", .help = "the webhook's whole address", .secret = true},
    ChannelOption{.key = "id", .help = "or the webhook's id …"},
    ChannelOption{.key = "token", .help = "… and its token", .secret = true},
    ChannelOption{.key = "thread", .help = "id of a thread in the webhook's channel"},
    ChannelOption{.key = "username", .help = "shown in place of the webhook's name"},
    ChannelOption{
        .key = "base_url", .help = "where webhooks are", .fallback = "https://discord.com"},
};
constexpr std::array<std::string_view, 1> kSchemes{"discord"};
constexpr std::string_view kSpelling = "discord://ID/TOKEN";

constexpr std::size_t kMaxTitle = 256;
// Of a server that nobody has boosted.
constexpr std::size_t kMaxFileBytes = 10'000'000;
constexpr std::size_t kMaxDescription = 4096;
// So many at once are taken.
constexpr std::size_t kMaxPieces = 5;

int colour_of(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return 0xe74c3c;
    case Priority::normal:
      return 0xf39c12;
    case Priority::low:
      return 0x95a5a6;
  }
  return 0;
}

class DiscordService : public HttpService {
 public:
  DiscordService(std::string url, std::string username)
      : url_{std::move(url)}, username_{std::move(username)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    const MessageText text = marked_message_text(notification);
    std::string title =
        escape_markdown(truncate_text(text.title, kMaxTitle, cost_in_markdown_utf16));
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(text.body, {.first = kMaxDescription,
                                                          .rest = kMaxDescription,
                                                          .cost = cost_in_markdown_utf16,
                                                          .max_pieces = kMaxPieces})) {
      JsonObject embed;
      if (!title.empty()) embed.text("title", std::exchange(title, {}));
      if (!piece.empty()) embed.text("description", escape_markdown(piece));
      embed.number("color", colour_of(notification.priority));
      embed.text("timestamp", to_rfc3339(notification.created));
      JsonObject body;
      if (!username_.empty()) body.text("username", username_);
      body.raw("embeds", json_array({embed.str()})).raw("allowed_mentions", R"({"parse":[]})");
      requests.push_back(json_post(url_, body.str()));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    const auto reset = response.header("x-ratelimit-reset-after");
    const auto reset_at = reset ? parse_retry_after(*reset, response.received) : std::nullopt;
    if (is_success(response.status)) {
      // With wait=true the answer is the message.
      if (response.status != 204 && !(answer && answer->text("id"))) {
        return delivery_of_unclear_answer(response);
      }
      const bool is_used_up = response.header("x-ratelimit-remaining") == "0";
      return {.retry_at = is_used_up ? reset_at : std::nullopt};
    }
    Refusal refusal;
    if (answer) {
      refusal.says = answer->text("message").value_or("");
      if (const auto wait = answer->wait("retry_after", seconds{1})) {
        refusal.retry_at = response.received + *wait;
      }
    }
    if (!refusal.retry_at && !response.header("retry-after")) refusal.retry_at = reset_at;
    return delivery_of_refusal(response.status, response, refusal);
  }

  [[nodiscard]] std::size_t max_attachment_bytes() const override { return kMaxFileBytes; }

  [[nodiscard]] HttpRequest attachment_request(const Notification&,
                                               const Attachment& file) const override {
    JsonObject payload;
    if (!username_.empty()) payload.text("username", username_);
    payload.raw("allowed_mentions", R"({"parse":[]})");
    return multipart_post(url_, {{"payload_json", payload.str()}}, "files[0]", file);
  }

 private:
  std::string url_;
  std::string username_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("discord", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  const std::string id = values.text("id");
  if (id.find_first_not_of("0123456789") != std::string::npos ||
      id.empty() != values.secret("token").empty()) {
    return Error{Errc::invalid_input, "discord: 'id' is a number and goes with 'token'"};
  }
  auto url = values.webhook("/api/webhooks/" + id + "/", "token");
  if (!url) return std::move(url).error().within("discord");
  SecretMask mask;
  mask.add(values.secret("token"));
  if (!values.secret("url").empty()) mask.add_address(*url);
  *url += url->find('?') == std::string::npos ? "?wait=true" : "&wait=true";
  if (const std::string thread = values.text("thread"); !thread.empty()) {
    *url += "&thread_id=" + percent_encode(thread);
  }
  return make_http_channel(
      std::make_unique<DiscordService>(*std::move(url), values.text("username")), std::move(mask),
      ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || url.path.size() != 1) return wrong_channel_url(kSpelling);
  put_setting(*settings, kOptions, "id", url.host);
  put_setting(*settings, kOptions, "token", url.path[0]);
  if (!url.user.empty()) put_setting(*settings, kOptions, "username", url.user);
  return settings;
}

}  // namespace

ChannelKind discord_channel() {
  return {"discord", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
