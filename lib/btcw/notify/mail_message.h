#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"
#include "btcw/notify/attachment.h"

namespace btcw {

/// Somebody who sends or gets mail.
struct Mailbox {
  std::string name = {};     ///< may be empty
  std::string address = {};  ///< bare: is_mail_address()

  friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

/// Reads addresses separated by commas, semicolons or line ends: "a@b", "Name <a@b>", or
/// "\"Name, First\" <a@b>". Errors: invalid_input (none at all, or one that is no address).
Result<std::vector<Mailbox>> parse_mailboxes(std::string_view text);

struct MailContent {
  Mailbox sender;
  std::vector<Mailbox> recipients;
  std::vector<Attachment> attachments = {};
  std::vector<std::string> notes = {};  ///< lines below the text: what could not be attached
};

/// The message as a mail: RFC 5322, MIME, text and HTML, lines with CR LF, all of it ASCII but for
/// addresses. Its Message-ID comes from the message's id alone, so that a repeat has the same one.
std::string compose_mail(const Notification& notification, const MailContent& content);

/// What a reader of that mail sees, for a preview.
std::string mail_as_text(const Notification& notification, const MailContent& content);

}  // namespace btcw
