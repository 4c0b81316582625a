// Telegram bots: https://core.telegram.org/bots/api#sendmessage
#include <array>
#include <cstdint>
#include <utility>

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
    ChannelOption{.key = "token",
                  .help = "the bot's token, from @BotFather",
                  .required = true,
                  .secret = true},
    ChannelOption{.key = "chat", .help = "chat id or @channel", .required = true},
    ChannelOption{.key = "topic", .help = "message_thread_id of a topic in a group"},
    ChannelOption{.key = "base_url",
                  .help = "a Bot API server of your own",
                  .fallback = "https://api.telegram.org"},
};
constexpr std::array<std::string_view, 1> kSchemes{"tgram"};
constexpr std::string_view kSpelling = "tgram://TOKEN/CHAT[:TOPIC]";

// Of the text after the entities are read, in UTF-16 units as Telegram counts offsets.
constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxTitle = 256;
// It would take 50 MB, but all of a file is held in memory.
constexpr std::size_t kMaxFileBytes = 10'000'000;

class TelegramService : public HttpService {
 public:
  TelegramService(std::string bot_url, std::string chat, std::string topic)
      : bot_url_{std::move(bot_url)}, chat_{std::move(chat)}, topic_{std::move(topic)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    const MessageText text = marked_message_text(notification);
    const std::string title = truncate_text(text.title, kMaxTitle, cost_in_utf16);
    std::string head;
    if (!title.empty()) head = "<b>" + escape_html(title) + "</b>\n";
    const std::size_t head_cost = title.empty() ? 0 : total_cost(title, cost_in_utf16) + 1;
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(
             text.body, {.first = kMaxText - head_cost, .rest = kMaxText, .cost = cost_in_utf16})) {
      requests.push_back(request(std::exchange(head, {}) + escape_html(piece), notification));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    const auto ok = answer ? answer->flag("ok") : std::nullopt;
    if (!ok) return delivery_of_silence(response);
    if (*ok) return {};
    Refusal refusal{.says = answer->text("description").value_or("")};
    if (const auto wait = answer->wait("parameters.retry_after", seconds{1})) {
      refusal.retry_at = response.received + *wait;
    }
    if (const auto moved = answer->number("parameters.migrate_to_chat_id")) {
      return permanent_failure("the group was upgraded: its chat is " + std::to_string(*moved) +
                               " now");
    }
    const auto status = answer->number("error_code").value_or(response.status);
    return delivery_of_refusal(static_cast<int>(status), response, refusal);
  }

  [[nodiscard]] std::size_t max_attachment_bytes() const override { return kMaxFileBytes; }

  [[nodiscard]] HttpRequest attachment_request(const Notification& notification,
                                               const Attachment& file) const override {
    std::vector<std::pair<std::string, std::string>> fields{{"chat_id", chat_}};
    if (!topic_.empty()) fields.emplace_back("message_thread_id", topic_);
    if (notification.priority == Priority::low) {
      fields.emplace_back("disable_notification", "true");
    }
    return multipart_post(bot_url_ + "/sendDocument", fields, "document", file);
  }

 private:
  [[nodiscard]] HttpRequest request(const std::string& html,
                                    const Notification& notification) const {
    JsonObject body;
    body.text("chat_id", chat_).text("text", html).text("parse_mode", "HTML");
    if (!topic_.empty()) body.raw("message_thread_id", topic_);
    if (notification.priority == Priority::low) body.raw("disable_notification", "true");
    body.raw("link_preview_options", R"({"is_disabled":true})");
    return json_post(bot_url_ + "/sendMessage", body.str());
  }

  std::string bot_url_;
  std::string chat_;
  std::string topic_;
};

// A token is part of the path: "123456:ABC-def_1".
bool is_token(std::string_view token) {
  const std::size_t colon = token.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < token.size() &&
         token.find_first_not_of(
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-:") ==
             std::string_view::npos;
}

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("telegram", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto base_url = values.base_url();
  if (!base_url) return std::move(base_url).error().within("telegram");
  const std::string_view token = values.secret("token");
  if (!is_token(token)) {
    return Error{Errc::invalid_input,
                 "telegram: 'token' is not a bot's token of the form 123456:ABC"};
  }
  const std::string topic = values.text("topic");
  if (!topic.empty()) {
    if (auto number = values.number("topic", 1, INT32_MAX); !number) {
      return std::move(number).error().within("telegram");
    }
  }
  SecretMask mask;
  mask.add(token);
  return make_http_channel(std::make_unique<TelegramService>(
                               *base_url + "/bot" + std::string{token}, values.text("chat"), topic),
                           std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.path.size() != 1 || !is_token(url.host)) return wrong_channel_url(kSpelling);
  const std::string& target = url.path[0];
  const std::size_t colon = target.find(':');
  put_setting(*settings, kOptions, "token", url.host);
  put_setting(*settings, kOptions, "chat", target.substr(0, colon));
  if (colon != std::string::npos) {
    put_setting(*settings, kOptions, "topic", target.substr(colon + 1));
  }
  return settings;
}

}  // namespace

ChannelKind telegram_channel() {
  return {"telegram", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
