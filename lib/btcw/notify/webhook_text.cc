#include "btcw/notify/webhook_text.h"

#include <algorithm>
#include <cstdint>

namespace btcw {
namespace {

constexpr std::size_t kMostTextBytes = std::size_t{16} * 1024;
constexpr std::size_t kMostLineBytes = 200;
constexpr std::size_t kMostTagBytes = 64;
constexpr std::size_t kMostLines = 40;

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

/// The bytes of the well-formed sequence at `at` (RFC 3629); 0: there is none.
std::size_t sequence_at(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte_at(text, at);
  const auto follows = [&](std::size_t n, std::uint8_t least = 0x80, std::uint8_t most = 0xbf) {
    return byte_at(text, at + n) >= least && byte_at(text, at + n) <= most;
  };
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  // No long forms, no surrogates, nothing beyond U+10FFFF.
  if (first >= 0xe0 && first <= 0xef) {
    const bool good = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
    return good && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool good = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
    return good && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }

std::string trimmed_and_cut(std::string text, std::size_t most) {
  while (!text.empty() && is_space(text.back())) text.pop_back();
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_space));
  if (text.size() <= most) return text;
  constexpr std::string_view kEllipsis = "…";
  std::size_t end = most - kEllipsis.size();
  while ((byte_at(text, end) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end).append(kEllipsis);
}

}  // namespace

bool is_webhook_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = sequence_at(text, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

std::string webhook_text(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (!is_control(c) || c == '\n' || c == '\t') clean += c;
  }
  return trimmed_and_cut(std::move(clean), kMostTextBytes);
}

std::string webhook_line(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (is_space(c)) {
      if (!clean.empty() && clean.back() != ' ') clean += ' ';
    } else if (!is_control(c)) {
      clean += c;
    }
  }
  return trimmed_and_cut(std::move(clean), kMostLineBytes);
}

void add_webhook_tag(std::vector<std::string>& tags, std::string_view tag) {
  if (tag.empty() || tag.size() > kMostTagBytes) return;
  const bool is_one_word = std::none_of(
      tag.begin(), tag.end(), [](char c) { return is_control(c) || c == ' ' || c == ','; });
  if (!is_one_word || std::find(tags.begin(), tags.end(), tag) != tags.end()) return;
  tags.emplace_back(tag);
}

std::string webhook_lines(const WebhookValue& object,
                          std::initializer_list<std::string_view> known) {
  std::string lines;
  if (object.kind != WebhookValue::Kind::object) return lines;
  std::size_t count = 0;
  for (const WebhookMember& member : object.members) {
    if (!member.value.is_scalar() || member.value.text.empty()) continue;
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    if (++count > kMostLines) break;
    lines.append(webhook_line(member.key)).append(": ");
    lines.append(webhook_line(member.value.text)).append("\n");
  }
  return lines;
}

}  // namespace btcw
