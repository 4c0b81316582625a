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

// What has stood on the line so far, as far as it matters to a Markdown reader.
enum class LineSoFar { blank, number, text };

LineSoFar after(LineSoFar so_far, char c) {
  if (c == '\n') return LineSoFar::blank;
  const bool is_digit = c >= '0' && c <= '9';
  if (is_digit && so_far != LineSoFar::text) return LineSoFar::number;
  const bool is_indent = (c == ' ' || c == '\t') && so_far == LineSoFar::blank;
  return is_indent ? LineSoFar::blank : LineSoFar::text;
}

// Whether a Markdown reader would take the first sign of `text` for more than itself.
bool formats(std::string_view text, LineSoFar so_far) {
  const char c = text[0];
  if (std::string_view{"\\`*_~|[]<>"}.find(c) != std::string_view::npos) return true;
  if (is_line_sign(c)) return so_far == LineSoFar::blank;
  // "1. " begins a numbered list, which would count anew from there.
  return so_far == LineSoFar::number && text.starts_with(". ");
}

std::string escape_signs(std::string_view text, std::string_view line_end) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  LineSoFar so_far = LineSoFar::blank;
  while (!text.empty()) {
    if (const std::size_t address = address_length(text); address > 0) {
      out += text.substr(0, address);
      text.remove_prefix(address);
      so_far = LineSoFar::text;
      continue;
    }
    if (text[0] == '\n') {
      out += line_end;
    } else {
      if (formats(text, so_far)) out += '\\';
      out += text[0];
    }
    so_far = after(so_far, text[0]);
    text.remove_prefix(1);
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
  for (const char c : text) {
    out += c;
    const bool begins_line = is_line_start && (c == '#' || c == '>' || c == '-');
    if (begins_line || c == '*' || c == '`' || c == ']' || c == '<') out += kInvisibleSpace;
    is_line_start = c == '\n' || (is_line_start && (c == ' ' || c == '\t'));
  }
  return out;
}

}  // namespace btcw
