#include "btcw/notify/mime_text.h"

#include <algorithm>

#include "btcw/base/base64.h"
#include "btcw/base/utf8.h"

namespace btcw {
namespace {

constexpr std::size_t kLine = 76;
// RFC 2047 §2: 75 characters in all; 45 bytes are 60 in base64, and "=?UTF-8?B??=" is 12.
constexpr std::size_t kEncodedWordBytes = 45;

std::string without_controls(std::string_view text) {
  std::string out{text};
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return out;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Words that a reader would take for encoded ones, or that no fold can keep within a line.
bool needs_encoding(std::string_view text) {
  if (!is_ascii(text) || text.find("=?") != std::string_view::npos) return true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > kLine - 16) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

// How many bytes of whole characters fit into one encoded word.
std::size_t bytes_of_whole_characters(std::string_view text) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const std::size_t next = std::max<std::size_t>(decode_utf8(text.substr(bytes)).bytes, 1);
    if (bytes + next > kEncodedWordBytes) break;
    bytes += next;
  }
  return bytes;
}

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t bytes = bytes_of_whole_characters(text);
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + to_base64(text.substr(0, bytes)) + "?=";
    text.remove_prefix(bytes);
  }
  return out;
}

// Breaks before words that would stand beyond the line.
std::string folded(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' ', 1), text.size());
    const std::string_view word = text.substr(0, end);  // with the space before it
    if (column + word.size() > kLine && !out.empty() && word.size() > 1) {
      out += "\r\n";
      column = 0;
    }
    out += word;
    column += word.size();
    text.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string mime_header(std::string_view name, std::string_view text) {
  const std::string clean = without_controls(text);
  std::string header = std::string{name} + ":";
  // On lines of their own, encoded words need no regard for the name's length.
  if (needs_encoding(clean)) return header + "\r\n " + encoded_words(clean) + "\r\n";
  return header + folded(" " + clean, header.size()) + "\r\n";
}

std::string mime_phrase(std::string_view text) {
  const std::string clean = without_controls(text);
  if (needs_encoding(clean)) return encoded_words(clean);
  const bool is_atoms = std::all_of(clean.begin(), clean.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{" !#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
  });
  if (is_atoms) return clean;
  std::string quoted = "\"";
  for (const char c : clean) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string mime_base64(std::string_view bytes) {
  constexpr std::size_t kBytesOfLine = kLine / 4 * 3;
  std::string out;
  out.reserve(bytes.size() / kBytesOfLine * (kLine + 2) + kLine + 2);
  while (!bytes.empty()) {
    out += to_base64(bytes.substr(0, kBytesOfLine)) + "\r\n";
    bytes.remove_prefix(std::min(kBytesOfLine, bytes.size()));
  }
  return out;
}

std::string mime_quoted_printable(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool at_line_end = i + 1 == text.size() || text[i + 1] == '\n';
    const auto byte = static_cast<unsigned char>(c);
    const bool is_space = c == ' ' || c == '\t';
    const bool is_plain = is_space ? !at_line_end : byte > 0x20 && byte < 0x7F && c != '=';
    const std::size_t width = is_plain ? 1 : 3;
    // Room for the '=' that says the line goes on.
    if (column + width > kLine - 1) {
      out += "=\r\n";
      column = 0;
    }
    if (is_plain) {
      out += c;
    } else {
      out += '=';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    }
    column += width;
  }
  return out;
}

}  // namespace btcw
