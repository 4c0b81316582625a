// SMS through Twilio: https://www.twilio.com/docs/messaging/api/message-resource
#include <array>
#include <utility>

#include "btcw/base/base64.h"
#include "btcw/base/percent.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_channel.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "sid", .help = "the account's SID (AC…)", .required = true},
    ChannelOption{.key = "token", .help = "auth token", .required = true, .secret = true},
    ChannelOption{
        .key = "from", .help = "a number, or a messaging service (MG…)", .required = true},
    ChannelOption{.key = "to", .help = "a number: +491711234567", .required = true},
    ChannelOption{
        .key = "base_url", .help = "where the API is", .fallback = "https://api.twilio.com"},
};
constexpr std::array<std::string_view, 1> kSchemes{"twilio"};
constexpr std::string_view kSpelling = "twilio://SID:TOKEN@FROM/TO";

constexpr std::size_t kMaxText = 1600;
// Each piece is up to ten SMS, and each of those costs money.
constexpr std::size_t kMaxPieces = 2;

struct TwilioOptions {
  std::string url;
  Secret authorization;
  std::string from;
  std::string to;
};

class TwilioService : public HttpService {
 public:
  explicit TwilioService(TwilioOptions options) : options_{std::move(options)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    const MessageText text = marked_message_text(notification);
    std::string whole = text.title;
    if (!whole.empty() && !text.body.empty()) whole += '\n';
    whole += text.body;
    const std::string_view from_key =
        options_.from.starts_with("MG") ? "MessagingServiceSid" : "From";
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(whole, {.first = kMaxText,
                                                      .rest = kMaxText,
                                                      .cost = cost_in_utf16,
                                                      .max_pieces = kMaxPieces})) {
      HttpRequest request =
          form_post(options_.url,
                    {{std::string{from_key}, options_.from}, {"To", options_.to}, {"Body", piece}});
      request.headers.emplace_back("Authorization", options_.authorization.reveal());
      requests.push_back(std::move(request));
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    if (is_success(response.status)) {
      if (answer && answer->text("sid")) return {};
      return delivery_of_unclear_answer(response);
    }
    Refusal refusal;
    const auto code = answer ? answer->number("code") : std::nullopt;
    if (code) {
      refusal.says = std::to_string(*code) + ": " + answer->text("message").value_or("");
    }
    return delivery_of_refusal(response.status, response, refusal);
  }

 private:
  TwilioOptions options_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("twilio", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto base_url = values.base_url();
  if (!base_url) return std::move(base_url).error().within("twilio");
  const std::string sid = values.text("sid");
  const Secret basic{to_base64(sid + ':' + std::string{values.secret("token")})};
  SecretMask mask;
  mask.add(values.secret("token"));
  mask.add(basic.reveal());
  return make_http_channel(
      std::make_unique<TwilioService>(TwilioOptions{
          .url = *base_url + "/2010-04-01/Accounts/" + percent_encode(sid) + "/Messages.json",
          .authorization = Secret{"Basic " + std::string{basic.reveal()}},
          .from = values.text("from"),
          .to = values.text("to")}),
      std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (url.host.empty() || url.user.empty() || url.password.empty() || url.path.size() != 1) {
    return wrong_channel_url(kSpelling);
  }
  put_setting(*settings, kOptions, "sid", url.user);
  put_setting(*settings, kOptions, "token", url.password);
  put_setting(*settings, kOptions, "from", url.host);
  put_setting(*settings, kOptions, "to", url.path[0]);
  return settings;
}

}  // namespace

ChannelKind twilio_channel() {
  return {"twilio", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
