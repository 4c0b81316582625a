// Any web service: the message's JSON, or a body from a template, to a URL.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "btcw/base/base64.h"
#include "btcw/base/notification_json.h"
#include "btcw/notify/base_url.h"
#include "btcw/notify/body_template.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_outcome.h"
#include "btcw/notify/secret_mask.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "url",
                  .help = "where to; may hold {id} {title} {text} {priority} {tags} {created}",
                  .required = true,
                  .secret = true},
    ChannelOption{.key = "method", .help = "POST, PUT, PATCH, GET or DELETE", .fallback = "POST"},
    ChannelOption{.key = "body",
                  .help = "a template with the same words, escaped as the content type wants it; "
                          "without one: the message's JSON"},
    ChannelOption{.key = "content_type",
                  .help = "of the body",
                  .fallback = "application/json; charset=utf-8"},
    ChannelOption{.key = "header.*", .help = "a further header by its name", .secret = true},
    ChannelOption{.key = "bearer", .help = "token for Authorization: Bearer", .secret = true},
    ChannelOption{.key = "jwt_audience",
                  .help = "or the audience of a token that btcw signs for each request"},
    ChannelOption{.key = "secret",
                  .help = "key of the HMAC-SHA256 of the body in X-Btcw-Signature",
                  .secret = true},
};
constexpr std::array<std::string_view, 2> kSchemes{"json", "jsons"};
constexpr std::string_view kSpelling = "json(s)://[USER:PASSWORD@]HOST[:PORT]/PATH[?+HEADER=VALUE]";
constexpr std::string_view kHeaderStem = "header.";
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} * 1024;

bool is_same_header(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return lower(x) == lower(y);
  });
}

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && is_same_header(text.substr(0, prefix.size()), prefix);
}

TemplateEscape escape_for(std::string_view content_type) {
  if (has_prefix(content_type, "application/x-www-form-urlencoded")) return TemplateEscape::percent;
  return has_prefix(content_type, "text/") ? TemplateEscape::none : TemplateEscape::json;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

struct WebhookParts {
  std::string url;
  std::string method;
  std::string body;  // a template; empty: the message's JSON
  std::string content_type;
  HttpHeaders headers;
  std::string bearer;
  std::string jwt_audience;
  Secret secret;
  SecretMask mask;
};

class WebhookChannel final : public Channel {
 public:
  WebhookChannel(WebhookParts parts, ChannelPorts ports)
      : parts_{std::make_shared<const WebhookParts>(std::move(parts))}, ports_{std::move(ports)} {}

  void deliver(const Notification& notification, milliseconds timeout, DeliveryDone done) override {
    std::string bearer = parts_->bearer;
    if (!parts_->jwt_audience.empty()) {
      auto token = ports_.bearer_token(parts_->jwt_audience);
      if (!token) {
        const Error error = std::move(token).error().within("token for the webhook");
        return done(delivery_of_error(error, HttpProgress::not_sent));
      }
      bearer = *std::move(token);
    }
    std::string signature;
    HttpRequest request = unsigned_request(notification, bearer);
    if (!parts_->secret.empty())
      signature = hex(ports_.hmac_sha256(parts_->secret.reveal(), request.body));
    sign(request, signature);
    constexpr milliseconds kConnectTimeout = seconds{5};
    request.timeout = timeout;
    request.connect_timeout = std::min(kConnectTimeout, timeout);
    request.max_body_bytes = kMaxAnswerBytes;
    SecretMask mask;
    mask.add(bearer);
    mask.add(signature);
    const std::string host{host_of(request.url)};
    ports_.http->start(
        std::move(request),
        // Shared, because a std::function can be copied and a mask cannot.
        [done = std::move(done), http = ports_.http, host, parts = parts_,
         mask = std::make_shared<const SecretMask>(std::move(mask))](
            const Result<HttpResponse>& answer) {
          Delivery delivery =
              answer ? judge(*answer, host) : delivery_of_error(answer.error(), http->progress());
          delivery.detail = mask->apply(parts->mask.apply(std::move(delivery.detail)));
          done(std::move(delivery));
        });
  }

  std::string preview(const Notification& notification) override {
    const bool has_bearer = !parts_->bearer.empty() || !parts_->jwt_audience.empty();
    HttpRequest request = unsigned_request(notification, has_bearer ? kMasked : "");
    if (!parts_->secret.empty()) sign(request, kMasked);
    // As it was written: with the words filled in, its secret parts could not be found again.
    std::string out = request.method + ' ' + parts_->url + '\n';
    for (const auto& [name, value] : request.headers) out += name + ": " + value + '\n';
    if (!request.body.empty()) out += '\n' + request.body + '\n';
    return parts_->mask.apply(std::move(out));
  }

 private:
  static Delivery judge(const HttpResponse& response, const std::string& host) {
    if (is_success(response.status)) return {};
    Delivery delivery = delivery_of_refusal(response.status, response);
    delivery.detail = host + ": " + delivery.detail;
    return delivery;
  }

  [[nodiscard]] HttpRequest unsigned_request(const Notification& notification,
                                             std::string_view bearer) const {
    HttpRequest request{
        .method = parts_->method,
        .url = fill_template(parts_->url, notification, TemplateEscape::percent),
    };
    const bool has_body =
        !parts_->body.empty() || (request.method != "GET" && request.method != "DELETE");
    if (has_body) {
      request.body = parts_->body.empty() ? notification_json(notification)
                                          : fill_template(parts_->body, notification,
                                                          escape_for(parts_->content_type));
      request.headers.emplace_back("Content-Type", parts_->content_type);
    }
    request.headers.emplace_back("Idempotency-Key", notification.id);
    if (!bearer.empty())
      request.headers.emplace_back("Authorization", fmt::format("Bearer {}", bearer));
    for (const auto& header : parts_->headers) {
      std::erase_if(request.headers,
                    [&](const auto& ours) { return is_same_header(ours.first, header.first); });
    }
    request.headers.insert(request.headers.end(), parts_->headers.begin(), parts_->headers.end());
    return request;
  }

  static void sign(HttpRequest& request, std::string_view signature) {
    if (signature.empty()) return;
    request.headers.emplace_back("X-Btcw-Signature", fmt::format("sha256={}", signature));
  }

  std::shared_ptr<const WebhookParts> parts_;  // with the attempts that are under way
  ChannelPorts ports_;
};

Result<void> take_headers(const ChannelSettings& settings, WebhookParts& parts) {
  for (const auto& [key, secret] : settings.secrets) {
    if (!key.starts_with(kHeaderStem)) continue;
    const std::string name = key.substr(kHeaderStem.size());
    constexpr std::string_view kTokenCharacters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
    const std::string_view value = secret.reveal();
    const bool is_bad_value = std::any_of(value.begin(), value.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
    if (name.find_first_not_of(kTokenCharacters) != std::string::npos || is_bad_value) {
      return Error{Errc::invalid_input, "a header that cannot be sent"};
    }
    parts.headers.emplace_back(name, value);
    parts.mask.add(value);
    parts.mask.add(value.substr(value.rfind(' ') + 1));  // behind "Basic" or "Bearer"
  }
  return {};
}

// The parts of a URL that look like a token: with words of the template between them, the whole
// never shows up as it stands here.
void mask_url(std::string_view url, SecretMask& mask) {
  constexpr std::size_t kTokenBytes = 12;
  mask.add_address(url);
  url.remove_prefix(std::min(url.size(), url.find(host_of(url)) + host_of(url).size()));
  while (!url.empty()) {
    const std::size_t end = std::min(url.find_first_of("/?&={}"), url.size());
    if (end >= kTokenBytes) mask.add(url.substr(0, end));
    url.remove_prefix(std::min(end + 1, url.size()));
  }
}

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("webhook", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto url = parse_webhook_url(values.secret("url"));
  if (!url || host_of(*url).find('{') != std::string_view::npos) {
    return Error{Errc::invalid_input, "webhook: 'url' is not of the form http(s)://host/path"};
  }
  const auto method = values.word("method", {"POST", "PUT", "PATCH", "GET", "DELETE"});
  if (!method) return Error{method.error()}.within("webhook");
  WebhookParts parts{.url = *std::move(url),
                     .method = *method,
                     .body = values.text("body"),
                     .content_type = values.text("content_type"),
                     .headers = {},
                     .bearer = std::string{values.secret("bearer")},
                     .jwt_audience = values.text("jwt_audience"),
                     .secret = Secret{std::string{values.secret("secret")}},
                     .mask = {}};
  for (const std::string* text : {&parts.url, &parts.body}) {
    if (auto checked = check_template(*text); !checked) {
      return std::move(checked).error().within("webhook");
    }
  }
  const bool breaks_lines =
      (parts.content_type + parts.bearer).find_first_of(std::string_view{"\r\n\0", 3}) !=
      std::string::npos;
  if (breaks_lines) return Error{Errc::invalid_input, "webhook: a header that cannot be sent"};
  if (!parts.bearer.empty() && !parts.jwt_audience.empty()) {
    return Error{Errc::invalid_input, "webhook: either 'bearer' or 'jwt_audience', not both"};
  }
  mask_url(parts.url, parts.mask);
  parts.mask.add(parts.bearer);
  parts.mask.add(values.secret("secret"));
  if (auto taken = take_headers(settings, parts); !taken) {
    return std::move(taken).error().within("webhook");
  }
  return std::make_unique<WebhookChannel>(std::move(parts), std::move(ports));
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  if (url.host.empty()) return wrong_channel_url(kSpelling);
  ChannelUrl rest = url;
  ChannelSettings headers;
  for (const auto& [key, value] : url.query) {
    if (!key.starts_with('+')) continue;
    headers.secrets.insert_or_assign(std::string{kHeaderStem} + key.substr(1), Secret{value});
    rest.query.erase(key);
  }
  auto settings = settings_of_query(rest, kOptions);
  if (!settings) return settings;
  settings->secrets.merge(headers.secrets);
  put_setting(*settings, kOptions, "url",
              server_of(url, url.scheme == "jsons" ? "https" : "http", url.path.size()));
  if (!url.user.empty()) {
    put_setting(*settings, kOptions, "header.Authorization",
                "Basic " + to_base64(url.user + ':' + url.password));
  }
  return settings;
}

}  // namespace

ChannelKind webhook_channel() {
  return {"webhook", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
