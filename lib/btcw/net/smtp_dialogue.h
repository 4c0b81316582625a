#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/net/http.h"
#include "btcw/net/mail.h"
#include "btcw/net/smtp_reply.h"

namespace btcw {

/// What a server said in answer to EHLO that we care for.
struct SmtpExtensions {
  bool size = false;
  bool auth = false;
  bool utf8 = false;  ///< SMTPUTF8: addresses beyond ASCII

  /// Takes note of one line of the answer: "250-SIZE 35882577".
  void note(std::string_view line);
};

/// Handing over one message to a server that has greeted and knows us: MAIL, RCPT, DATA, the text.
/// Bytes in, bytes out; it neither reads nor writes itself.
class SmtpDialogue {
 public:
  SmtpDialogue(const MailRequest& request, SmtpExtensions extensions);

  /// What is to be sent now.
  [[nodiscard]] std::string_view outgoing() const {
    return std::string_view{outgoing_}.substr(outgoing_sent_);
  }
  void sent(std::size_t bytes);
  void receive(std::string_view bytes);
  /// Once it is there: the reply that decided. Errors: unavailable (not SMTP), rejected (an address
  /// beyond ASCII that the server does not take).
  [[nodiscard]] const std::optional<Result<MailAnswer>>& outcome() const { return outcome_; }
  /// sent: the end of the text is out, so that the server may have taken the message.
  [[nodiscard]] HttpProgress progress() const;

 private:
  enum class Step { sender, recipient, data, text, end };

  void take(const SmtpReply& reply);
  void say(std::string line);
  void fail(std::string_view what);

  std::vector<std::string> recipients_;
  std::string text_;  // ready to be sent
  Step step_ = Step::sender;
  std::size_t next_recipient_ = 0;
  SmtpReplyReader replies_;
  std::string outgoing_;
  std::size_t outgoing_sent_ = 0;
  std::optional<Result<MailAnswer>> outcome_;
};

/// `message` as it goes over the wire: every line ends in CR LF (a bare CR or LF would let servers
/// disagree on where the text ends), a dot at the beginning of one is doubled, and the final dot.
std::string to_wire(std::string_view message);

}  // namespace btcw
