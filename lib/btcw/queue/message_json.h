#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"

namespace btcw {

/// A larger file is no message.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{1024} * 1024;

/// What notification_json() writes, with a line end.
std::string encode_message(const Notification& message);

/// Reads what encode_message() wrote, and what other programs put into a queue: the text under any
/// of text, message, body, content; the title under title or subject; channel or channels as a text
/// or a list; a priority that is not one of the three words (or high, critical, medium) is normal.
/// What is not known goes to `extra_json`. `fallback_id` and `arrived` stand in for an absent id
/// and creation time. Errors: bad_data (over kMaxMessageBytes, not UTF-8, not JSON, cut short,
/// deeper than 32, not an object, without text and title, a known member of the wrong type).
Result<Notification> decode_message(std::string_view bytes, std::string_view fallback_id,
                                    UtcTime arrived);

}  // namespace btcw
