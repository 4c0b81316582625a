#pragma once

#include <string>
#include <string_view>

namespace btcw {

/// For Telegram's and Matrix's HTML: & < > " and ' as entities.
[[nodiscard]] std::string escape_html(std::string_view text);
/// As escape_html(), with <br> for line ends.
[[nodiscard]] std::string escape_html_lines(std::string_view text);

/// For Slack's mrkdwn: & < > as entities. Without them nothing mentions, links or names a channel;
/// stars and underscores cannot be escaped there.
[[nodiscard]] std::string escape_slack(std::string_view text);

/// For Discord's Markdown: a backslash before every sign that formats, but not inside a web
/// address, which would no longer be one.
[[nodiscard]] std::string escape_markdown(std::string_view text);

/// For DingTalk's Markdown: as escape_markdown(), and two spaces before a line end, which is no
/// line end there without them.
[[nodiscard]] std::string escape_dingtalk(std::string_view text);

/// For WeCom's Markdown, which knows no backslash: an invisible space (U+200B) behind what would
/// begin a heading, a quotation, bold text, code, a link or a tag.
[[nodiscard]] std::string escape_wecom(std::string_view text);

}  // namespace btcw
