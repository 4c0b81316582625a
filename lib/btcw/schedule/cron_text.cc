#include "btcw/schedule/cron_text.h"

#include <algorithm>

#include "btcw/base/quoted.h"

namespace btcw::schedule {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool CronText::starts_with_digit() const { return !done() && is_digit(text_[at_]); }

bool CronText::take(std::string_view word) {
  const std::string_view next = text_.substr(at_, word.size());
  const bool same = std::equal(next.begin(), next.end(), word.begin(), word.end(),
                               [](char a, char b) { return lower(a) == lower(b); });
  if (same) at_ += word.size();
  return same;
}

std::optional<int> CronText::number() {
  constexpr std::size_t kMostDigits = 4;
  std::size_t end = at_;
  int value = 0;
  for (; end < text_.size() && is_digit(text_[end]) && end - at_ <= kMostDigits; ++end) {
    value = value * 10 + (text_[end] - '0');
  }
  if (end == at_ || end - at_ > kMostDigits) return std::nullopt;
  at_ = end;
  return value;
}

std::string_view CronText::letters() const {
  std::size_t end = at_;
  while (end < text_.size() && lower(text_[end]) >= 'a' && lower(text_[end]) <= 'z') ++end;
  return text_.substr(at_, end - at_);
}

Error CronText::expected(const std::string& what) const { return expected_at(at_, what); }

Error CronText::expected_at(std::size_t from, const std::string& what) const {
  const std::string_view rest = text_.substr(from);
  const std::string_view item = rest.substr(0, rest.find(','));
  const std::string found =
      rest.empty() ? "the end of the field" : btcw::quoted(item.empty() ? "," : item);
  return {Errc::invalid_input,
          "column " + std::to_string(column_ + from) + ": expected " + what + ", found " + found};
}

}  // namespace btcw::schedule
