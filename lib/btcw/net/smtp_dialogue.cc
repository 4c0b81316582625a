#include "btcw/net/smtp_dialogue.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

constexpr int kGoOn = 354;

bool is_beyond_ascii(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

bool begins_with_word(std::string_view line, std::string_view word) {
  if (line.size() < word.size()) return false;
  const bool same = std::equal(word.begin(), word.end(), line.begin(), [](char a, char b) {
    return a == (b >= 'a' && b <= 'z' ? static_cast<char>(b - 'a' + 'A') : b);
  });
  if (!same) return false;
  // Old servers write "AUTH=LOGIN".
  const std::string_view rest = line.substr(word.size());
  return rest.empty() || rest[0] == ' ' || rest[0] == '=' || rest[0] == '\r' || rest[0] == '\n';
}

}  // namespace

void SmtpExtensions::note(std::string_view line) {
  constexpr std::size_t kKeyword = 4;
  if (line.size() < kKeyword || !line.starts_with("250")) return;
  line.remove_prefix(kKeyword);
  size = size || begins_with_word(line, "SIZE");
  auth = auth || begins_with_word(line, "AUTH");
  utf8 = utf8 || begins_with_word(line, "SMTPUTF8");
}

SmtpDialogue::SmtpDialogue(const MailRequest& request, SmtpExtensions extensions)
    : recipients_{request.recipients}, text_{to_wire(request.message)} {
  std::string line = "MAIL FROM:<" + request.sender + ">";
  if (extensions.size) line += " SIZE=" + std::to_string(text_.size());
  const bool needs_utf8 = is_beyond_ascii(request.sender) ||
                          std::any_of(recipients_.begin(), recipients_.end(), is_beyond_ascii);
  if (needs_utf8 && !extensions.utf8) {
    outcome_ = Error{Errc::rejected, "does not take addresses beyond ASCII"};
    return;
  }
  if (needs_utf8) line += " SMTPUTF8";
  say(std::move(line));
}

void SmtpDialogue::say(std::string line) {
  outgoing_ = std::move(line) + "\r\n";
  outgoing_sent_ = 0;
}

void SmtpDialogue::sent(std::size_t bytes) {
  outgoing_sent_ += bytes;
  if (step_ == Step::text && outgoing().empty()) step_ = Step::end;
}

HttpProgress SmtpDialogue::progress() const {
  return step_ == Step::end ? HttpProgress::sent : HttpProgress::not_sent;
}

void SmtpDialogue::fail(std::string_view what) {
  outcome_ = Error{Errc::unavailable, std::string{what}};
}

void SmtpDialogue::receive(std::string_view bytes) {
  replies_.feed(bytes);
  while (!outcome_) {
    const auto reply = replies_.next();
    if (!reply) break;
    take(*reply);
  }
  if (!outcome_ && replies_.is_garbage()) fail("answer is not SMTP");
}

void SmtpDialogue::take(const SmtpReply& reply) {
  // 421 comes at any time, and so does "message too big" while the text goes out.
  const bool is_final = step_ == Step::end && reply.is_success();
  if (reply.is_refusal() || is_final) {
    outcome_ = MailAnswer{.code = reply.code, .text = reply.text};
    return;
  }
  if (!outgoing().empty()) return fail("answers before it was asked");
  switch (step_) {
    case Step::sender:
    case Step::recipient:
      if (!reply.is_success()) return fail("answers with an unknown code");
      step_ = next_recipient_ < recipients_.size() ? Step::recipient : Step::data;
      if (step_ == Step::data) return say("DATA");
      return say("RCPT TO:<" + recipients_[next_recipient_++] + ">");
    case Step::data:
      if (reply.code != kGoOn) return fail("answers with an unknown code");
      step_ = Step::text;
      outgoing_ = std::exchange(text_, {});
      outgoing_sent_ = 0;
      return;
    case Step::text:
    case Step::end:
      return fail("answers with an unknown code");
  }
}

std::string to_wire(std::string_view message) {
  std::string wire;
  wire.reserve(message.size() + message.size() / 64 + 8);
  bool at_line_start = true;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const char c = message[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < message.size() && message[i + 1] == '\n') ++i;
      wire += "\r\n";
      at_line_start = true;
      continue;
    }
    if (at_line_start && c == '.') wire += '.';
    wire += c;
    at_line_start = false;
  }
  if (!at_line_start) wire += "\r\n";
  return wire + ".\r\n";
}

}  // namespace btcw
