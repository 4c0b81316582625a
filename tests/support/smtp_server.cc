#include "support/smtp_server.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <optional>
#include <utility>

#include "support/peer_stream.h"
#include "support/tcp_service.h"
#include "support/tls_identity.h"

namespace btcw::test {
namespace {

std::string decoded(std::string_view base64) {
  std::string bytes(base64.size(), '\0');
  const int count = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      reinterpret_cast<const unsigned char*>(base64.data()),
                                      static_cast<int>(base64.size()));
  if (count < 0) return {};
  // EVP_DecodeBlock counts what the padding stands for.
  const auto padding = static_cast<std::size_t>(std::count(base64.begin(), base64.end(), '='));
  bytes.resize(static_cast<std::size_t>(count) - std::min<std::size_t>(padding, 2));
  return bytes;
}

std::string verb_of(std::string_view line) {
  std::string verb{line.substr(0, line.find(' '))};
  std::transform(verb.begin(), verb.end(), verb.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return verb;
}

// What stands between '<' and '>'.
std::string address_in(std::string_view line) {
  const std::size_t begin = line.find('<');
  const std::size_t end = line.find('>', begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  return std::string{line.substr(begin + 1, end - begin - 1)};
}

}  // namespace

struct SmtpServer::Impl {
  SmtpServerOptions options;
  std::unique_ptr<TlsIdentity> identity;
  mutable std::mutex mutex;  // guards what follows
  std::map<std::string, SmtpReaction, std::less<>> reactions;
  std::vector<ReceivedMail> mails;
  std::vector<std::string> commands;
  std::unique_ptr<TcpService> service;  // last: its threads use the rest

  std::optional<SmtpReaction> reaction_to(std::string_view moment) const {
    const std::lock_guard lock{mutex};
    const auto found = reactions.find(moment);
    if (found == reactions.end()) return std::nullopt;
    return found->second;
  }
};

namespace {

// One connection, from the greeting to its end.
template <typename Server>
class Session {
 public:
  Session(const Peer& peer, Server& server) : stream_{peer}, server_{server} {}

  void run() {
    if (server_.options.encryption == SmtpEncryption::implicit &&
        !stream_.start_tls(server_.identity->context())) {
      return;
    }
    if (!say("connect", "220 localhost ESMTP")) return;
    while (const auto line = read_line()) {
      {
        const std::lock_guard lock{server_.mutex};
        server_.commands.push_back(*line);
      }
      if (!obey(*line)) return;
    }
  }

 private:
  // False: the connection is to be closed.
  bool obey(const std::string& line) {
    const std::string verb = verb_of(line);
    if (verb == "EHLO") return say(verb, greeting());
    if (verb == "STARTTLS") return starttls();
    if (verb == "AUTH") return authenticate(line);
    if (verb == "MAIL") return begin_mail(line);
    if (verb == "RCPT") return add_recipient(line);
    if (verb == "DATA") return take_text();
    if (verb == "QUIT") return say(verb, "221 bye") && false;
    if (verb == "HELO" || verb == "RSET" || verb == "NOOP") return say(verb, "250 ok");
    return say(verb, "500 what?");
  }

  [[nodiscard]] std::string greeting() const {
    std::vector<std::string> lines = server_.options.extensions;
    const bool starttls =
        server_.options.encryption == SmtpEncryption::starttls && !stream_.is_encrypted();
    if (starttls) lines.emplace_back("STARTTLS");
    if (!server_.options.credentials.empty() && !starttls)
      lines.push_back("AUTH " + server_.options.mechanisms);
    std::string reply = "250-localhost";
    for (const std::string& line : lines) reply += "\r\n250-" + line;
    const std::size_t last = reply.rfind("250-");
    reply[last + 3] = ' ';
    return reply;
  }

  bool starttls() {
    const bool refused = server_.reaction_to("STARTTLS").has_value();
    if (!say("STARTTLS", "220 go on")) return false;
    if (refused) return true;
    input_.clear();
    taken_ = 0;
    return stream_.start_tls(server_.identity->context());
  }

  bool authenticate(const std::string& line) {
    std::string user;
    std::string password;
    if (line.starts_with("AUTH PLAIN")) {
      constexpr std::size_t kPrefix = 11;
      std::optional<std::string> response;
      if (line.size() > kPrefix) {
        response = line.substr(kPrefix);
      } else {
        response = ask("334 ");
      }
      if (!response) return false;
      const std::string text = decoded(*response);
      const std::size_t first = text.find('\0');
      const std::size_t second = text.find('\0', first + 1);
      if (second != std::string::npos) {
        user = text.substr(first + 1, second - first - 1);
        password = text.substr(second + 1);
      }
    } else {
      const auto name = ask("334 VXNlcm5hbWU6");
      const auto word = name ? ask("334 UGFzc3dvcmQ6") : std::nullopt;
      if (!word) return false;
      user = decoded(*name);
      password = decoded(*word);
    }
    if (user + ":" + password != server_.options.credentials)
      return say("AUTH", "535 5.7.8 wrong user or password: " + password);
    user_ = user;
    return say("AUTH", "235 welcome");
  }

  std::optional<std::string> ask(std::string_view challenge) {
    if (!stream_.write_all(std::string{challenge} + "\r\n")) return std::nullopt;
    return read_line();
  }

  bool begin_mail(const std::string& line) {
    if (!server_.options.credentials.empty() && user_.empty())
      return say("MAIL", "530 5.7.0 sign in first");
    mail_ = {.sender = address_in(line),
             .recipients = {},
             .message = {},
             .user = user_,
             .encrypted = stream_.is_encrypted()};
    return say("MAIL", "250 ok");
  }

  bool add_recipient(const std::string& line) {
    const std::string address = address_in(line);
    const std::string moment = "RCPT " + address;
    if (server_.reaction_to(moment)) return say(moment, {});
    mail_.recipients.push_back(address);
    return say("RCPT", "250 ok");
  }

  bool take_text() {
    const auto refusal = server_.reaction_to("DATA");
    if (!say("DATA", "354 go on")) return false;
    if (refusal && !refusal->reply.starts_with("354")) return true;
    if (server_.reaction_to("text") && !say("text", {})) return false;
    while (const auto line = read_line()) {
      if (*line != ".") {
        mail_.message += (line->starts_with('.') ? line->substr(1) : *line) + "\r\n";
        continue;
      }
      const auto reaction = server_.reaction_to(".");
      const bool accepted = !reaction || reaction->reply.starts_with("2");
      if (accepted) {
        const std::lock_guard lock{server_.mutex};
        server_.mails.push_back(mail_);
      }
      return say(".", "250 2.0.0 queued");
    }
    return false;
  }

  bool say(std::string_view moment, std::string_view usual) {
    const SmtpReaction reaction =
        server_.reaction_to(moment).value_or(SmtpReaction{.reply = std::string{usual}});
    if (reaction.delay.count() > 0 && !stream_.peer().pause(reaction.delay)) return false;
    const std::string bytes = reaction.reply + "\r\n";
    switch (reaction.fault) {
      case SmtpFault::none:
        return write_paced(bytes, reaction.byte_by_byte) && !reaction.close_afterwards;
      case SmtpFault::hang:
        stream_.peer().hang();
        return false;
      case SmtpFault::close:
        return false;
      case SmtpFault::reset:
        stream_.peer().reset_at_end();
        return false;
      case SmtpFault::garbage:
        return stream_.write_all("HTTP/1.1 \x16\x03 not SMTP\r\n");
      case SmtpFault::cut:
        (void)stream_.write_all(bytes.substr(0, bytes.size() / 2));
        return false;
    }
    return false;
  }

  [[nodiscard]] bool write_paced(std::string_view bytes, bool byte_by_byte) const {
    if (!byte_by_byte) return stream_.write_all(bytes);
    for (; !bytes.empty(); bytes.remove_prefix(1)) {
      if (!stream_.write_all(bytes.substr(0, 1)) || !stream_.peer().pause(milliseconds{1}))
        return false;
    }
    return true;
  }

  std::optional<std::string> read_line() {
    std::size_t end = input_.find("\r\n", taken_);
    while (end == std::string::npos) {
      input_.erase(0, std::exchange(taken_, 0));
      const std::size_t from = input_.empty() ? 0 : input_.size() - 1;
      std::array<char, 16 * 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written
      const std::size_t count = stream_.read_some(piece);
      if (count == 0) return std::nullopt;
      input_.append(piece.data(), count);
      end = input_.find("\r\n", from);
    }
    std::string line = input_.substr(taken_, end - taken_);
    taken_ = end + 2;
    return line;
  }

  PeerStream stream_;
  Server& server_;
  std::string input_;
  std::size_t taken_ = 0;  // of input_
  std::string user_;
  ReceivedMail mail_;
};

}  // namespace

SmtpServer::SmtpServer(SmtpServerOptions options) : impl_{std::make_unique<Impl>()} {
  impl_->options = std::move(options);
  if (impl_->options.encryption != SmtpEncryption::none)
    impl_->identity = std::make_unique<TlsIdentity>(impl_->options.tls);
  impl_->service = std::make_unique<TcpService>([this](const Peer& peer) {
    Session<Impl>{peer, *impl_}.run();
  });
}

SmtpServer::~SmtpServer() { stop(); }

void SmtpServer::react(std::string_view moment, SmtpReaction reaction) {
  const std::lock_guard lock{impl_->mutex};
  impl_->reactions.insert_or_assign(std::string{moment}, std::move(reaction));
}

void SmtpServer::stop() { impl_->service->stop(); }

std::string SmtpServer::url() const {
  const bool implicit = impl_->options.encryption == SmtpEncryption::implicit;
  return (implicit ? "smtps://127.0.0.1:" : "smtp://127.0.0.1:") + std::to_string(port());
}

std::uint16_t SmtpServer::port() const { return impl_->service->port(); }

std::vector<ReceivedMail> SmtpServer::mails() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->mails;
}

std::vector<std::string> SmtpServer::commands() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->commands;
}

std::size_t SmtpServer::connections() const { return impl_->service->connections(); }

const std::filesystem::path& SmtpServer::ca_file() const { return impl_->identity->ca_file(); }

}  // namespace btcw::test
