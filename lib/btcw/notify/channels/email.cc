// Mail through the user's own SMTP server.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "btcw/base/mail_address.h"
#include "btcw/notify/attachment.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_outcome.h"
#include "btcw/notify/mail_message.h"
#include "btcw/notify/secret_mask.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "url",
                  .help = "the server: smtp://host:587 (STARTTLS) or smtps://host:465",
                  .required = true},
    ChannelOption{.key = "user", .help = "who signs in there"},
    ChannelOption{.key = "password", .help = "with this password", .secret = true},
    ChannelOption{.key = "from", .help = "btcw <btcw@example.org>", .required = true},
    ChannelOption{.key = "to", .help = "one address or more, with commas", .required = true},
    ChannelOption{.key = "security",
                  .help = "required; opportunistic: without TLS where the server has none",
                  .fallback = "required"},
    ChannelOption{.key = "max_attachment_bytes",
                  .help = "what is attached to one mail at most",
                  .fallback = "10000000"},
};
constexpr std::array<std::string_view, 2> kSchemes{"mailto", "mailtos"};
constexpr std::string_view kSpelling =
    "mailtos://USER:PASSWORD@HOST[:PORT][/TO…][?smtp=SERVER&from=ADDRESS&to=ADDRESSES&mode=ssl]";
constexpr int kMaxAttachmentLimit = 100'000'000;

struct EmailParts {
  std::string url;
  std::string user;
  Secret password;
  MailSecurity security = MailSecurity::required;
  Mailbox sender = {};
  std::vector<Mailbox> recipients = {};
  std::size_t max_attachment_bytes = 0;
  SecretMask mask;
};

Delivery judge(const MailAnswer& answer, const std::string& server) {
  constexpr int kFirstTransient = 400;
  constexpr int kFirstPermanent = 500;
  if (answer.code < kFirstTransient) return {};
  const std::string detail = fmt::format("{}: {} {}", server, answer.code, answer.text);
  return answer.code < kFirstPermanent ? transient_failure(detail) : permanent_failure(detail);
}

// For the reader of the mail, who is not told of paths on this machine.
std::string_view reason_for(Errc code) {
  if (code == Errc::not_found) return "there is no such file";
  return code == Errc::invalid_input ? "no file, or too large" : "cannot be read";
}

class EmailChannel final : public Channel {
 public:
  EmailChannel(EmailParts parts, MailTransport* mail, const HttpTransport* http)
      : parts_{std::make_shared<const EmailParts>(std::move(parts))}, mail_{mail}, http_{http} {}

  void deliver(const Notification& notification, milliseconds timeout, DeliveryDone done) override {
    constexpr milliseconds kConnectTimeout = seconds{5};
    const MailContent content = content_of(notification);
    MailRequest request{.url = parts_->url,
                        .user = parts_->user,
                        .password = parts_->password.clone(),
                        .security = parts_->security,
                        .sender = content.sender.address,
                        .recipients = {},
                        .message = compose_mail(notification, content),
                        .connect_timeout = std::min(kConnectTimeout, timeout),
                        .timeout = timeout};
    for (const Mailbox& each : content.recipients) request.recipients.push_back(each.address);
    mail_->start_mail(std::move(request), [done = std::move(done), parts = parts_,
                                           http = http_](const Result<MailAnswer>& answer) {
      const std::string server = parts->url.substr(parts->url.find("://") + 3);
      Delivery delivery =
          answer ? judge(*answer, server) : delivery_of_error(answer.error(), http->progress());
      delivery.detail = parts->mask.apply(std::move(delivery.detail));
      done(std::move(delivery));
    });
  }

  std::string preview(const Notification& notification) override {
    std::string out = "mail through " + parts_->url;
    if (!parts_->user.empty()) out += fmt::format(" as {}:{}", parts_->user, kMasked);
    return parts_->mask.apply(out + "\n" + mail_as_text(notification, content_of(notification)));
  }

 private:
  // What cannot be attached is named in the text: a message is worth more than its picture.
  [[nodiscard]] MailContent content_of(const Notification& notification) const {
    MailContent content{.sender = parts_->sender, .recipients = parts_->recipients};
    std::size_t room = parts_->max_attachment_bytes;
    for (const std::string& path : notification.attachments) {
      auto attachment = read_attachment(path, room);
      if (!attachment) {
        content.notes.push_back(fmt::format("attachment not sent: {}: {}", attachment_name(path),
                                            reason_for(attachment.error().code)));
        continue;
      }
      room -= attachment->content.size();
      content.attachments.push_back(*std::move(attachment));
    }
    return content;
  }

  std::shared_ptr<const EmailParts> parts_;  // with the attempts that are under way
  MailTransport* mail_;                      // borrowed; used only to deliver
  const HttpTransport* http_;                // likewise
};

// The transport reads the URL again; here the scheme is checked, so that a mistake is found early.
bool is_mail_url(std::string_view url) {
  for (const std::string_view scheme : {"smtp://", "smtps://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view host = url.substr(scheme.size());
    return !host.empty() && host.find_first_of(" \t\r\n/?#@") == std::string_view::npos;
  }
  return false;
}

Result<EmailParts> read_parts(const ChannelValues& values) {
  EmailParts parts;
  parts.url = values.text("url");
  parts.user = values.text("user");
  parts.password = Secret{std::string{values.secret("password")}};
  if (!is_mail_url(parts.url)) {
    return Error{Errc::invalid_input, "'url' is not of the form smtp(s)://host:port"};
  }
  if (parts.user.empty() != parts.password.empty()) {
    return Error{parts.user.empty() ? Errc::invalid_input : Errc::rejected,
                 "'user' and 'password' go together"};
  }
  auto senders = parse_mailboxes(values.text("from"));
  if (!senders) return std::move(senders).error().within("from");
  if (senders->size() != 1) return Error{Errc::invalid_input, "from: more than one address"};
  parts.sender = std::move(senders->front());
  auto recipients = parse_mailboxes(values.text("to"));
  if (!recipients) return std::move(recipients).error().within("to");
  parts.recipients = *std::move(recipients);
  const auto security = values.word("security", {"required", "opportunistic"});
  if (!security) return security.error();
  if (*security == "opportunistic") parts.security = MailSecurity::opportunistic;
  const auto limit = values.number("max_attachment_bytes", 0, kMaxAttachmentLimit);
  if (!limit) return limit.error();
  parts.max_attachment_bytes = static_cast<std::size_t>(*limit);
  return parts;
}

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("email", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  auto parts = read_parts(ChannelValues{kOptions, settings});
  if (!parts) return std::move(parts).error().within("email");
  parts->mask.add(parts->password.reveal());
  return std::make_unique<EmailChannel>(*std::move(parts), ports.mail, ports.http);
}

// Where providers keep their servers, which is not at the name behind the '@'.
std::string_view server_of_provider(std::string_view domain) {
  struct Row {
    std::string_view domain;
    std::string_view server;
  };
  constexpr std::array kRows{Row{"gmail.com", "smtp.gmail.com"},
                             Row{"outlook.com", "smtp-mail.outlook.com"},
                             Row{"hotmail.com", "smtp-mail.outlook.com"},
                             Row{"icloud.com", "smtp.mail.me.com"},
                             Row{"yahoo.com", "smtp.mail.yahoo.com"},
                             Row{"fastmail.com", "smtp.fastmail.com"},
                             Row{"qq.com", "smtp.qq.com"},
                             Row{"163.com", "smtp.163.com"}};
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [domain](const Row& row) { return row.domain == domain; });
  return found == kRows.end() ? domain : found->server;
}

std::string take(std::map<std::string, std::string, std::less<>>& query, std::string_view key) {
  const auto found = query.find(key);
  if (found == query.end()) return {};
  std::string value = std::move(found->second);
  query.erase(found);
  return value;
}

Result<std::string> server_url_of(const ChannelUrl& url, std::string smtp, std::string_view mode) {
  const bool is_secure = url.scheme == "mailtos";
  if (!mode.empty() && mode != "ssl" && mode != "starttls") {
    return Error{Errc::invalid_input, "mode is ssl or starttls"};
  }
  if (smtp.empty()) smtp = server_of_provider(url.host);
  constexpr int kImplicitTlsPort = 465;
  const bool is_implicit = mode == "ssl" || (mode.empty() && url.port == kImplicitTlsPort);
  constexpr int kSubmissionPort = 587;
  constexpr int kRelayPort = 25;
  const int usual = is_implicit ? kImplicitTlsPort : is_secure ? kSubmissionPort : kRelayPort;
  return fmt::format("{}://{}:{}", is_implicit ? "smtps" : "smtp", smtp,
                     url.port == 0 ? usual : url.port);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  if (url.host.empty()) return wrong_channel_url(kSpelling);
  ChannelUrl rest = url;
  const std::string mode = take(rest.query, "mode");
  auto server = server_url_of(url, take(rest.query, "smtp"), mode);
  if (!server) return std::move(server).error();
  auto settings = settings_of_query(rest, kOptions);
  if (!settings) return settings;
  if (!url.user.empty() && url.user.find('@') == std::string::npos)
    rest.user = url.user + "@" + url.host;
  const bool is_user_address = is_mail_address(rest.user);
  put_setting(*settings, kOptions, "url", *std::move(server));
  if (!url.password.empty()) {
    if (!settings->values.contains("user")) put_setting(*settings, kOptions, "user", url.user);
    put_setting(*settings, kOptions, "password", url.password);
  }
  if (!settings->values.contains("from") && is_user_address)
    put_setting(*settings, kOptions, "from", rest.user);
  if (!url.path.empty())
    put_setting(*settings, kOptions, "to", fmt::format("{}", fmt::join(url.path, ",")));
  if (!settings->values.contains("to") && settings->values.contains("from"))
    put_setting(*settings, kOptions, "to", settings->values.find("from")->second);
  if (url.scheme == "mailto" && !settings->values.contains("security"))
    put_setting(*settings, kOptions, "security", "opportunistic");
  if (!settings->values.contains("from")) return wrong_channel_url(kSpelling);
  return settings;
}

}  // namespace

ChannelKind email_channel() {
  return {"email", ChannelReach::network, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
