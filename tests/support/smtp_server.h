#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/time.h"
#include "support/http_server.h"

namespace btcw::test {

enum class SmtpFault {
  none,
  hang,     ///< nothing is ever said again
  close,    ///< closed without an answer
  reset,    ///< RST without an answer
  garbage,  ///< a line that is not SMTP
  cut,      ///< half of the reply, then closed
};

/// What the server does at a moment in place of what it should.
struct SmtpReaction {
  std::string reply = {};  ///< without the line end; several lines with "\r\n" between them
  SmtpFault fault = SmtpFault::none;
  milliseconds delay{0};          ///< before the first byte
  bool byte_by_byte = false;      ///< with a pause after each
  bool close_afterwards = false;  ///< after the reply
};

enum class SmtpEncryption { none, starttls, implicit };

struct SmtpServerOptions {
  SmtpEncryption encryption = SmtpEncryption::none;
  ServerTls tls = ServerTls::valid;
  /// "user:password" without which it takes no mail. Empty: signing in is not offered.
  std::string credentials = {};
  std::string mechanisms = "PLAIN LOGIN";
  /// Further lines of the answer to EHLO.
  std::vector<std::string> extensions = {"SIZE 50000000", "PIPELINING"};
};

/// A message that the server said 250 to.
struct ReceivedMail {
  std::string sender;
  std::vector<std::string> recipients;
  std::string message;  ///< as sent, without the doubled dots
  std::string user;     ///< who had signed in
  bool encrypted = false;
};

/// A real SMTP server on a free port of 127.0.0.1 that can misbehave. Thread-safe.
class SmtpServer {
 public:
  explicit SmtpServer(SmtpServerOptions options = {});
  /// Ends at once, also with hung connections.
  ~SmtpServer();
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;

  /// From now on, at that moment: "connect", the verb of a command ("EHLO", "STARTTLS", "AUTH",
  /// "MAIL", "RCPT", "DATA", "QUIT"), "RCPT a@example.org" for one recipient, "text" (as soon as
  /// the first of it comes in) or "." (after the final dot).
  void react(std::string_view moment, SmtpReaction reaction);

  /// Nothing listens on the port afterwards; the records stay.
  void stop();
  /// "smtp://127.0.0.1:PORT", or smtps.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::vector<ReceivedMail> mails() const;
  /// All command lines so far, without what was said in AUTH's dialogue.
  [[nodiscard]] std::vector<std::string> commands() const;
  [[nodiscard]] std::size_t connections() const;
  /// Precondition: encryption.
  [[nodiscard]] const std::filesystem::path& ca_file() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace btcw::test
