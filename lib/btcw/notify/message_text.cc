#include "btcw/notify/message_text.h"

#include <string_view>

#include "btcw/notify/attachment.h"
#include "btcw/notify/text/clean_text.h"

namespace btcw {
namespace {

void add_line(std::string& body, std::string_view line) {
  if (!body.empty()) body += '\n';
  body += line;
}

}  // namespace

MessageText message_text(const Notification& notification) {
  MessageText text{.title = clean_line(notification.title), .body = clean_text(notification.body)};
  for (const std::string& path : notification.attachments) {
    add_line(text.body, "[attachment not sent: " + attachment_name(path) + "]");
  }
  if (text.title.empty() && text.body.empty()) text.body = "(empty message)";
  return text;
}

MessageText marked_message_text(const Notification& notification) {
  MessageText text = message_text(notification);
  if (notification.maybe_duplicate) add_line(text.body, "(may be a repeat)");
  return text;
}

}  // namespace btcw
