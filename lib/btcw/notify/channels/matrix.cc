// Matrix rooms:
// https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
#include <array>
#include <utility>

#include "btcw/base/percent.h"
#include "btcw/notify/base_url.h"
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
    ChannelOption{.key = "base_url", .help = "the home server", .required = true},
    ChannelOption{
        .key = "token", .help = "access token of the account", .required = true, .secret = true},
    ChannelOption{.key = "room", .help = "id of the room: !abc:example.org", .required = true},
};
constexpr std::array<std::string_view, 2> kSchemes{"matrix", "matrixs"};
constexpr std::string_view kSpelling = "matrix(s)://TOKEN@HOST/!ROOM:SERVER";

// An event may have 65,536 bytes, and the text is in it twice, once as HTML.
constexpr std::size_t kMaxTitleBytes = 1000;
constexpr std::size_t kMaxTextBytes = 25'000;

class MatrixService : public HttpService {
 public:
  MatrixService(std::string room_url, Secret token)
      : room_url_{std::move(room_url)}, token_{std::move(token)} {}

  [[nodiscard]] std::vector<HttpRequest> requests(const Notification& notification, UtcTime,
                                                  RequestUse) const override {
    // The transaction id makes a repeat invisible: no mark is needed.
    const MessageText text = message_text(notification);
    std::string title = truncate_text(text.title, kMaxTitleBytes, cost_in_html_json_bytes);
    std::vector<HttpRequest> requests;
    for (const std::string& piece : split_text(
             text.body,
             {.first = kMaxTextBytes, .rest = kMaxTextBytes, .cost = cost_in_html_json_bytes})) {
      const std::string transaction =
          "btcw-" + notification.id + '-' + std::to_string(requests.size() + 1);
      requests.push_back({.method = "PUT",
                          .url = room_url_ + "/send/m.room.message/" + percent_encode(transaction),
                          .headers = {{"Content-Type", "application/json"},
                                      {"Authorization", "Bearer " + std::string{token_.reveal()}}},
                          .body = event(std::exchange(title, {}), piece, notification.priority)});
    }
    return requests;
  }

  [[nodiscard]] Delivery judge(const HttpResponse& response) const override {
    const auto answer = JsonAnswer::parse(response.body);
    if (is_success(response.status)) {
      if (answer && answer->text("event_id")) return {};
      return delivery_of_unclear_answer(response);
    }
    Refusal refusal;
    if (answer) {
      const std::string code = answer->text("errcode").value_or("");
      refusal.says = code + (code.empty() ? "" : ": ") + answer->text("error").value_or("");
      if (const auto wait = answer->wait("retry_after_ms", milliseconds{1})) {
        refusal.retry_at = response.received + *wait;
      }
    }
    return delivery_of_refusal(response.status, response, refusal);
  }

 private:
  static std::string event(const std::string& title, const std::string& text, Priority priority) {
    const std::string_view gap = title.empty() || text.empty() ? "" : "\n";
    const std::string_view html_gap = gap.empty() ? "" : "<br>";
    const std::string html_title =
        title.empty() ? "" : "<strong>" + escape_html(title) + "</strong>";
    std::string plain = title;
    plain.append(gap).append(text);
    std::string html = html_title;
    html.append(html_gap).append(escape_html_lines(text));
    // A notice makes no sound.
    return JsonObject{}
        .text("msgtype", priority == Priority::low ? "m.notice" : "m.text")
        .text("body", plain)
        .text("format", "org.matrix.custom.html")
        .text("formatted_body", html)
        .str();
  }

  std::string room_url_;
  Secret token_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("matrix", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  auto base_url = values.base_url();
  if (!base_url) return std::move(base_url).error().within("matrix");
  const std::string room = values.text("room");
  if (!room.starts_with('!')) {
    return Error{Errc::invalid_input,
                 "matrix: 'room' is not the id of a room, which begins with '!' (its settings show "
                 "it, under advanced)"};
  }
  SecretMask mask;
  mask.add(values.secret("token"));
  return make_http_channel(std::make_unique<MatrixService>(
                               *base_url + "/_matrix/client/v3/rooms/" + percent_encode(room),
                               Secret{std::string{values.secret("token")}}),
                           std::move(mask), ports);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  // A password would have to be exchanged for a token at every start.
  if (url.host.empty() || url.user.empty() || !url.password.empty() || url.path.size() != 1) {
    return wrong_channel_url(kSpelling);
  }
  put_setting(*settings, kOptions, "token", url.user);
  put_setting(*settings, kOptions, "room", url.path[0]);
  put_setting(*settings, kOptions, "base_url",
              server_of(url, url.scheme == "matrixs" ? "https" : "http"));
  return settings;
}

}  // namespace

ChannelKind matrix_channel() {
  return {"matrix", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
