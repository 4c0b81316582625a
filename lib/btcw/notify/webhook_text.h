#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/notify/webhook_json.h"

namespace btcw {

/// Whether all of it is well-formed UTF-8.
bool is_webhook_utf8(std::string_view text);

/// `text` without control characters but line ends and tabs, without white space at its ends, and
/// cut to 16 KiB with an ellipsis. Precondition: UTF-8; the same of webhook_line().
std::string webhook_text(std::string_view text);
/// The same on one line, cut to 200 bytes: for titles.
std::string webhook_line(std::string_view text);

/// Adds `tag` unless it is there or no tag can be so: empty, over 64 bytes, with a comma, white
/// space or a control character.
void add_webhook_tag(std::vector<std::string>& tags, std::string_view tag);

/// "key: value" for each text, number and boolean of `object` but those of `known`, at most 40.
std::string webhook_lines(const WebhookValue& object,
                          std::initializer_list<std::string_view> known);

}  // namespace btcw
