#pragma once

#include <string>

#include "btcw/base/notification.h"

namespace btcw {

/// What of a message a channel shows as text, cleaned but not yet escaped.
struct MessageText {
  std::string title;  ///< one line; may be empty
  std::string body;   ///< may be empty where there is a title
};

/// The title and the body of a message. The body gets a line for each attachment that is left:
/// only its name is sent.
[[nodiscard]] MessageText message_text(const Notification& notification);

/// The same with "(may be a repeat)" behind the body where an earlier attempt may have arrived: for
/// services that show a repeat twice.
[[nodiscard]] MessageText marked_message_text(const Notification& notification);

}  // namespace btcw
