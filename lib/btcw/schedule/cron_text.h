#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw::schedule {

/// One field of a cron expression and how far it has been read.
class CronText {
 public:
  /// `column`: of the first character, from 1. Borrows the text.
  CronText(std::string_view text, std::size_t column) : text_{text}, column_{column} {}

  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] bool starts_with(char c) const { return !done() && text_[at_] == c; }
  [[nodiscard]] bool starts_with_digit() const;

  /// Skips `word` if it is next, in any case.
  bool take(std::string_view word);
  /// A whole number of at most four digits; nullopt: there is none.
  std::optional<int> number();
  /// The letters that are next, not skipped.
  [[nodiscard]] std::string_view letters() const;
  void skip(std::size_t characters) { at_ += characters; }

  /// "column 5: expected …, found "61""; what stands here up to the next comma or the end is named.
  [[nodiscard]] Error expected(const std::string& what) const;
  /// The same of what has been read since `from`, a position().
  [[nodiscard]] Error expected_at(std::size_t from, const std::string& what) const;
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  std::string_view text_;
  std::size_t column_;
  std::size_t at_ = 0;
};

}  // namespace btcw::schedule
