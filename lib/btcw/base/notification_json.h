#pragma once

#include <string>
#include <string_view>

#include "btcw/base/notification.h"

namespace btcw {

/// A message as one JSON object on one line, without a line end:
/// {"id":…,"created":…,"priority":…,"title":…,"text":…,"channels":[…],…}. It is what lies in the
/// queue and what exec, file, stdout and webhook channels hand on.
///
/// Members that say nothing are left out; `extra_json`'s come last, without those of a name that is
/// there already, and none of them when it is not one JSON object. What is not UTF-8 becomes
/// U+FFFD.
std::string notification_json(const Notification& message);

/// Appends what stands between the quotes of a JSON string for `text`: quotes, backslashes and
/// control characters escaped, U+FFFD for what is not UTF-8.
void append_json_escaped(std::string& out, std::string_view text);

}  // namespace btcw
