// ServerChan (WeChat): https://sct.ftqq.com and, for keys that begin with sctp,
// https://sc3.ft07.com
#include <array>
#include <utility>

#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/escape.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "key", .help = "SendKey", .required = true, .secret = true},
    ChannelOption{.key = "base_url", .help = "in place of the server that the key belongs to"},
};
constexpr std::array<std::string_view, 1> kSchemes{"schan"};
constexpr std::string_view kSpelling = "schan://KEY";

constexpr std::size_t kMaxTitle = 32;
constexpr std::size_t kMaxTextBytes = 30'000;
// A free account has five messages a day: no more pieces than must be.
constexpr std::size_t kMaxPieces = 2;

// A day's quota begins anew at midnight in Shanghai, which keeps no summer time.
UtcTime next_midnight_in_shanghai(UtcTime now) {
  constexpr std::chrono::hours kOffset{8};
  return std::chrono::floor<std::chrono::days>(now + kOffset) + std::chrono::days{1} - kOffset;
}

class ServerChanService : public HttpService {
 public:
  explicit ServerChanService(std::string url) : url_{std::move(url)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    const MessageText text = marked_message_text(notification);
    const std::string& first = text.title.empty() ? text.body : text.title;
    const std::string title =
        truncate_text(first.substr(0, first.find('\n')), kMaxTitle, cost_in_characters);
    // A title that is cut short stands above the text in full.
    const std::string body =
        title == text.title || text.title.empty() ? text.body : text.title + '\n' + text.body;
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(body, {.first = kMaxTextBytes,
                                                     .rest = kMaxTextBytes,
                                                     .cost = cost_in_dingtalk_json_bytes,
                                                     .max_pieces = kMaxPieces})) {
      requests.push_back(form_post(url_, {{"title", title}, {"desp", escape_dingtalk(piece)}}));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    const auto code = answer ? answer->number("code") : std::nullopt;
    if (!code) return delivery_of_silence(response);
    if (*code == 0 && is_success(response.status)) return {};
    std::string says = answer->text("message").value_or("");
    if (says.empty()) says = answer->text("info").value_or("");
    // "more than this day's number of messages"; the code alone also stands for a wrong key.
    if (says.find("当天") != std::string::npos || says.find("次数") != std::string::npos) {
      return rate_limited_until(next_midnight_in_shanghai(response.received), says);
    }
    const int status = is_success(response.status) ? 400 : response.status;
    return delivery_of_refusal(status, response, {.says = std::to_string(*code) + ": " + says});
  }

 private:
  std::string url_;
};

bool is_key(std::string_view key) {
  return key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
         std::string_view::npos;
}

// "sctp123tABC" belongs to the server of user 123; "" for a key of the first kind.
std::string_view user_of(std::string_view key) {
  if (!key.starts_with("sctp")) return {};
  key.remove_prefix(4);
  const std::size_t end = key.find_first_not_of("0123456789");
  return end == std::string_view::npos || key[end] != 't' ? std::string_view{} : key.substr(0, end);
}

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("serverchan", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  const std::string_view key = values.secret("key");
  if (!is_key(key))
    return Error{Errc::invalid_input, "serverchan: 'key' is not letters and digits"};
  const std::string user{user_of(key)};
  if (values.text("base_url").empty()) {
    settings.values["base_url"] =
        user.empty() ? "https://sctapi.ftqq.com" : "https://" + user + ".push.ft07.com";
  }
  const auto base_url = values.base_url();
  if (!base_url) return Error{base_url.error()}.within("serverchan");
  SecretMask mask;
  mask.add(key);
  return make_http_channel(
      std::make_unique<ServerChanService>(*base_url + (user.empty() ? "/" : "/send/") +
                                          std::string{key} + ".send"),
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

ChannelKind serverchan_channel() {
  return {"serverchan", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
