// Feishu and Lark custom bots: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
#include <array>
#include <utility>

#include "btcw/base/base64.h"
#include "btcw/net/http_status.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr ChannelOption kUrl{.key = "url", .help = "the bot's whole address", .secret = true};
constexpr ChannelOption kToken{
    .key = "token", .help = "or what comes behind /hook/ in it", .secret = true};
constexpr ChannelOption kSecret{
    .key = "secret", .help = "where the bot checks signatures", .secret = true};
constexpr std::array kFeishuOptions{
    kUrl,
    kToken,
    kSecret,
    ChannelOption{
        .key = "base_url", .help = "where bots are", .fallback = "https://open.feishu.cn"},
};
constexpr std::array kLarkOptions{
    kUrl,
    kToken,
    kSecret,
    ChannelOption{
        .key = "base_url", .help = "where bots are", .fallback = "https://open.larksuite.com"},
};
constexpr std::array<std::string_view, 1> kFeishuSchemes{"feishu"};
constexpr std::array<std::string_view, 1> kLarkSchemes{"lark"};

// A body may have 20 KB.
constexpr std::size_t kMaxTitleBytes = 400;
constexpr std::size_t kMaxTextBytes = 16'000;
// So many in a second are taken.
constexpr std::size_t kMaxPieces = 5;

std::string_view template_of(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return "red";
    case Priority::normal:
      return "orange";
    case Priority::low:
      return "grey";
  }
  return "grey";
}

// Text without any markup: nothing to escape, and nobody can be called.
std::string plain_text(const std::string& text) {
  return JsonObject{}.text("tag", "plain_text").text("content", text).str();
}

std::string card_of(const std::string& title, const std::string& text, Priority priority) {
  JsonObject card;
  card.raw("config", R"({"wide_screen_mode":true})");
  if (!title.empty()) {
    card.raw(
        "header",
        JsonObject{}.raw("title", plain_text(title)).text("template", template_of(priority)).str());
  }
  const std::string element = JsonObject{}.text("tag", "div").raw("text", plain_text(text)).str();
  return card.raw("elements", json_array({element})).str();
}

class FeishuService : public HttpService {
 public:
  FeishuService(std::string url, Secret secret, decltype(ChannelPorts::hmac_sha256) hmac_sha256)
      : url_{std::move(url)}, secret_{std::move(secret)}, hmac_sha256_{hmac_sha256} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime now,
                                                  RequestUse use) const override {
    MessageText text = marked_message_text(notification);
    // A card has to have an element.
    if (text.body.empty()) text.body = std::exchange(text.title, {});
    const std::string title = truncate_text(text.title, kMaxTitleBytes, cost_in_json_bytes);
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(text.body, {.first = kMaxTextBytes,
                                                          .rest = kMaxTextBytes,
                                                          .cost = cost_in_json_bytes,
                                                          .max_pieces = kMaxPieces})) {
      JsonObject body;
      if (!secret_.empty()) {
        const std::string timestamp = std::to_string(to_unix_ms(now) / 1000);
        body.text("timestamp", timestamp)
            .text("sign", use == RequestUse::show ? kMasked : signature(timestamp));
      }
      body.text("msg_type", "interactive")
          .raw("card", card_of(title, piece, notification.priority));
      requests.push_back(json_post(url_, body.str()));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    auto code = answer ? answer->number("code") : std::nullopt;
    // The spelling of the first version, which some tenants still have.
    if (answer && !code) code = answer->number("StatusCode");
    if (!code) return delivery_of_silence(response);
    if (*code == 0 && is_success(response.status)) return {};
    const std::string words = answer->text("msg").value_or("");
    Refusal refusal{.says = std::to_string(*code) + ": " + words};
    if (const auto reset = response.header("x-ogw-ratelimit-reset")) {
      refusal.retry_at = parse_retry_after(*reset, response.received);
    }
    // 9499 is also what a request that cannot be read gets.
    const bool is_too_fast =
        *code == 11232 || *code == 99991400 || (*code == 9499 && words != "Bad Request");
    const int status = is_too_fast ? 429 : is_success(response.status) ? 400 : response.status;
    return delivery_of_refusal(status, response, refusal);
  }

 private:
  [[nodiscard]] std::string signature(const std::string& timestamp) const {
    const Secret key{timestamp + '\n' + std::string{secret_.reveal()}};
    return to_base64(hmac_sha256_(key.reveal(), ""));
  }

  std::string url_;
  Secret secret_;
  decltype(ChannelPorts::hmac_sha256) hmac_sha256_;
};

Result<std::unique_ptr<Channel>> make(std::string_view type, std::span<const ChannelOption> options,
                                      const ChannelSettings& settings, const ChannelPorts& ports) {
  if (auto checked = check_channel_settings(type, options, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{options, settings};
  auto url = values.webhook("/open-apis/bot/v2/hook/", "token");
  if (!url) return std::move(url).error().within(type);
  SecretMask mask;
  mask.add(values.secret("token"));
  mask.add(values.secret("secret"));
  if (!values.secret("url").empty()) mask.add_address(*url);
  return make_http_channel(
      std::make_unique<FeishuService>(*std::move(url), Secret{std::string{values.secret("secret")}},
                                      ports.hmac_sha256),
      std::move(mask), ports);
}

Result<std::unique_ptr<Channel>> make_feishu(ChannelSettings settings, ChannelPorts ports) {
  return make("feishu", kFeishuOptions, settings, ports);
}

Result<std::unique_ptr<Channel>> make_lark(ChannelSettings settings, ChannelPorts ports) {
  return make("lark", kLarkOptions, settings, ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kFeishuOptions);
  if (!settings) return settings;
  if (url.host.empty() || !url.path.empty())
    return wrong_channel_url("feishu://TOKEN, lark://TOKEN");
  put_setting(*settings, kFeishuOptions, "token", url.host);
  return settings;
}

}  // namespace

ChannelKind feishu_channel() {
  return {"feishu", ChannelReach::network, kFeishuOptions, make_feishu, kFeishuSchemes, from_url};
}

ChannelKind lark_channel() {
  return {"lark", ChannelReach::network, kLarkOptions, make_lark, kLarkSchemes, from_url};
}

}  // namespace btcw
