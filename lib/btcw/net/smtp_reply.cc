#include "btcw/net/smtp_reply.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

// RFC 5321 §4.5.3.1.5 says 512; servers exceed it.
constexpr std::size_t kMaxLineBytes = 4096;
constexpr std::size_t kShownBytes = 200;
constexpr std::size_t kCodeDigits = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The code at the beginning of a line; 0: there is none.
int code_of(std::string_view line) {
  if (line.size() < kCodeDigits || !std::all_of(line.begin(), line.begin() + kCodeDigits, is_digit))
    return 0;
  if (line.size() > kCodeDigits && line[kCodeDigits] != ' ' && line[kCodeDigits] != '-') return 0;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  return code >= 200 && code < 600 ? code : 0;
}

void append_shown(std::string& text, std::string_view more) {
  if (!text.empty() && !more.empty()) text += ' ';
  for (const char c : more.substr(0, kShownBytes - std::min(kShownBytes, text.size()))) {
    text += c >= ' ' && c <= '~' ? c : '?';
  }
}

}  // namespace

std::optional<SmtpReply> SmtpReplyReader::next() {
  while (!garbage_) {
    const std::size_t end = pending_.find('\n');
    if (end == std::string::npos) {
      garbage_ = pending_.size() > kMaxLineBytes;
      return std::nullopt;
    }
    std::string line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    const int code = code_of(line);
    // All lines of a reply carry the same code.
    if (code == 0 || (reply_.code != 0 && reply_.code != code)) {
      garbage_ = true;
      return std::nullopt;
    }
    reply_.code = code;
    if (line.size() > kCodeDigits + 1)
      append_shown(reply_.text, std::string_view{line}.substr(kCodeDigits + 1));
    const bool is_last = line.size() == kCodeDigits || line[kCodeDigits] == ' ';
    if (is_last) return std::exchange(reply_, {});
  }
  return std::nullopt;
}

}  // namespace btcw
