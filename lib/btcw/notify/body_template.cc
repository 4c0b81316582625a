#include "btcw/notify/body_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "btcw/base/notification_json.h"
#include "btcw/base/percent.h"
#include "btcw/base/quoted.h"

namespace btcw {
namespace {

constexpr std::array<std::string_view, 6> kWords{"id",       "title", "text",
                                                 "priority", "tags",  "created"};

// The word of a "{word}" at the start of `text`: lower-case letters between braces.
std::optional<std::string_view> word_at(std::string_view text) {
  if (!text.starts_with('{')) return std::nullopt;
  const std::size_t end = text.find('}');
  if (end == std::string_view::npos || end == 1) return std::nullopt;
  const std::string_view word = text.substr(1, end - 1);
  const bool is_word = std::all_of(word.begin(), word.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  if (!is_word) return std::nullopt;
  return word;
}

std::string value_of(std::string_view word, const Notification& notification) {
  if (word == "id") return notification.id;
  if (word == "title") return notification.title;
  if (word == "text") return notification.body;
  if (word == "priority") return std::string{to_string(notification.priority)};
  if (word == "tags") return fmt::format("{}", fmt::join(notification.tags, ","));
  return to_rfc3339(notification.created);
}

void append_escaped(std::string& out, std::string_view value, TemplateEscape escape) {
  switch (escape) {
    case TemplateEscape::json:
      return append_json_escaped(out, value);
    case TemplateEscape::percent:
      out += percent_encode(value);
      return;
    case TemplateEscape::none:
      out += value;
      return;
  }
}

}  // namespace

Result<void> check_template(std::string_view text) {
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const auto word = word_at(text.substr(at));
    if (word && std::find(kWords.begin(), kWords.end(), *word) == kWords.end()) {
      return Error{Errc::invalid_input, fmt::format("{{{}}} stands for nothing: there are {{{}}}",
                                                    word->substr(0, 40), fmt::join(kWords, "} {"))};
    }
  }
  return {};
}

std::string fill_template(std::string_view text, const Notification& notification,
                          TemplateEscape escape) {
  std::string out;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('{'), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto word = word_at(text);
    if (!word) {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    append_escaped(out, value_of(*word, notification), escape);
    text.remove_prefix(word->size() + 2);
  }
  return out;
}

}  // namespace btcw
