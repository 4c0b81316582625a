#include "btcw/notify/text/escape.h"

#include <algorithm>
#include <cstddef>

namespace btcw {
namespace {

constexpr std::string_view kInvisibleSpace = "\u200B";

std::string_view html_entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

// Bytes of the web address that `text` begins with; 0: none.
std::size_t address_length(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return 0;
  return std::min(text.find_first_of(" \t\n<>()[]`*|\\"), text.size());
}

bool is_line_sign(char c) { return c == '#' || c == '-' || c == '+' || c == '>'; }

// Whether a Markdown reader would take the sign at `at` for more than itself.
bool formats(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (std::string_view{"\\`*_~|[]<>"}.find(c) != std::string_view::npos) return true;
  const std::size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  const std::string_view before = text.substr(line, at - line);
  if (is_line_sign(c)) return before.find_first_not_of(" \t") == std::string_view::npos;
  // "1. " begins a numbered list, which would count anew from there.
  return c == '.' && text.substr(at + 1).starts_with(' ') && !before.empty() &&
         before.find_first_not_of("0123456789 ") == std::string_view::npos;
}

std::string escape_signs(std::string_view text, std::string_view line_end) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t address = address_length(text.substr(at));
    if (address > 0) {
      out += text.substr(at, address);
      at += address;
      continue;
    }
    if (text[at] == '\n') {
      out += line_end;
    } else {
      if (formats(text, at)) out += '\\';
      out += text[at];
    }
    ++at;
  }
  return out;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const std::string_view entity = html_entity(c);
    if (entity.empty()) {
      out += c;
    } else {
      out += entity;
    }
  }
  return out;
}

std::string escape_html_lines(std::string_view text) {
  std::string out;
  for (const char c : escape_html(text)) {
    if (c == '\n') {
      out += "<br>";
    } else {
      out += c;
    }
  }
  return out;
}

std::string escape_slack(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    if (c == '&' || c == '<' || c == '>') {
      out += html_entity(c);
    } else {
      out += c;
    }
  }
  return out;
}

std::string escape_markdown(std::string_view text) { return escape_signs(text, "\n"); }

std::string escape_dingtalk(std::string_view text) { return escape_signs(text, "  \n"); }

std::string escape_wecom(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  bool is_line_start = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    out += c;
    const bool begins_line = is_line_start && (c == '#' || c == '>' || c == '-');
    if (begins_line || c == '*' || c == '`' || c == ']' || c == '<') out += kInvisibleSpace;
    is_line_start = c == '\n' || (is_line_start && (c == ' ' || c == '\t'));
  }
  return out;
}

}  // namespace btcw
