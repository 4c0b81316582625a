#include "btcw/notify/text/escape.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "btcw/notify/text/text_cost.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder

TEST_CASE("text is escaped for the markup it stands in") {
  struct Case {
    std::string_view why;
    std::string (*escape)(std::string_view);
    TextCost cost;  // what split_text() counts for it; nullptr: it counts the text before
    std::string text;
    std::string expected;
  };
  const auto row = GENERATE(values<Case>({
      {"HTML", escape_html, cost_in_html_utf16, R"(<b>"a" & 'b'</b>)",
       "&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;"},
      {"an entity is text too", escape_html, cost_in_html_utf16, "&lt;", "&amp;lt;"},
      {"HTML with lines", escape_html_lines, cost_in_html_json_bytes, "a\n<b", "a<br>&lt;b"},
      {"Slack: nobody is called", escape_slack, cost_in_html_utf16, "<!channel> & <@U1> \"q\"",
       "&lt;!channel&gt; &amp; &lt;@U1&gt; \"q\""},
      {"Markdown: every sign", escape_markdown, cost_in_markdown_utf16, "*a* _b_ ~c~ `d` |e| \\f",
       R"(\*a\* \_b\_ \~c\~ \`d\` \|e\| \\f)"},
      {"Markdown: links and mentions", escape_markdown, cost_in_markdown_utf16,
       "[x](http://y/z_1) <@1>", R"(\[x\](http://y/z_1) \<@1\>)"},
      {"Markdown: what begins a line", escape_markdown, cost_in_markdown_utf16,
       "# a\n- b\n + c\n> d\n1. e\n12.5 f", "\\# a\n\\- b\n \\+ c\n\\> d\n1\\. e\n12.5 f"},
      {"Markdown: but not within one", escape_markdown, cost_in_markdown_utf16,
       "a # - + 1.5 BTC-USDT", "a # - + 1.5 BTC-USDT"},
      {"Markdown: an address stays one", escape_markdown, cost_in_markdown_utf16,
       "see https://x.example/a_b_c?d=*e now_", "see https://x.example/a_b_c?d=\\*e now\\_"},
      {"DingTalk: line ends", escape_dingtalk, nullptr, "a_b\nc", "a\\_b  \nc"},
      {"WeCom", escape_wecom, cost_in_wecom_bytes, "# a\n> b\n**c** `d` [e](f) <font>",
       "#\u200B a\n>\u200B b\n*\u200B*\u200Bc*\u200B*\u200B `\u200Bd`\u200B [e]\u200B(f) "
       "<\u200B"
       "font>"},
      {"WeCom: plain text stays", escape_wecom, cost_in_wecom_bytes, "BTC_USDT > 100 # 1 - 2",
       "BTC_USDT > 100 # 1 - 2"},
  }));
  CAPTURE(row.why);

  const std::string escaped = row.escape(row.text);

  CHECK(escaped == row.expected);
  if (row.cost != nullptr) {
    const TextCost unit = row.cost == cost_in_wecom_bytes       ? cost_in_bytes
                          : row.cost == cost_in_html_json_bytes ? cost_in_json_bytes
                                                                : cost_in_utf16;
    CHECK(total_cost(escaped, unit) <= total_cost(row.text, row.cost));
  }
}
