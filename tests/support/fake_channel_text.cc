#include <array>

#include "btcw/base/utf8.h"
#include "support/fake_channel_services.h"

namespace btcw::test {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEntities{
    {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}}};

// Bytes of the entity at the start of `html`; 0: none.
std::size_t read_entity(std::string_view html, std::string& out) {
  for (const auto& [entity, meaning] : kEntities) {
    if (!html.starts_with(entity)) continue;
    out += meaning;
    return entity.size();
  }
  return 0;
}

// The same for a tag; `open` is the one that is not closed yet.
std::size_t read_tag(std::string_view html, std::string& open, std::string& out) {
  if (html.starts_with("<br>")) {
    out += '\n';
    return 4;
  }
  for (const std::string_view tag : {"b", "strong"}) {
    const std::string begin = '<' + std::string{tag} + '>';
    const std::string end = "</" + std::string{tag} + '>';
    if (html.starts_with(begin) && open.empty()) {
      open = tag;
      return begin.size();
    }
    if (html.starts_with(end) && open == tag) {
      open.clear();
      return end.size();
    }
  }
  return 0;
}

}  // namespace

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
  }
  return count;
}

std::size_t utf16_units(std::string_view text) {
  std::size_t count = characters(text);
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0xF0U) ++count;
  }
  return count;
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = decode_utf8(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::optional<std::string> text_of_html(std::string_view html) {
  std::string out;
  std::string open;
  while (!html.empty()) {
    std::size_t bytes = 1;
    if (html[0] == '&') {
      bytes = read_entity(html, out);
    } else if (html[0] == '<') {
      bytes = read_tag(html, open, out);
    } else {
      out += html[0];
    }
    if (bytes == 0) return std::nullopt;
    html.remove_prefix(bytes);
  }
  if (!open.empty()) return std::nullopt;
  return out;
}

std::string text_of_markdown(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  return out;
}

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.replace(at, part.size(), by);
    at += by.size();
  }
  return text;
}

}  // namespace btcw::test
