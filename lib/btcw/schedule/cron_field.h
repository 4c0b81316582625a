#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw::schedule {

/// The values of a field of plain numbers: bit n is set for n.
struct CronValues {
  std::uint64_t bits = 0;
  bool is_star = false;  ///< the field begins with '*'
};

enum class CronField : std::uint8_t { second, minute, hour, month };

/// Days of the month: plain ones, and those that depend on the month.
struct CronMonthDays {
  std::uint32_t days = 0;          ///< bit n: the n-th
  std::uint32_t before_last = 0;   ///< bit n: n days before the last ("L" is bit 0)
  std::uint32_t near_weekday = 0;  ///< bit n: the weekday nearest to the n-th ("15W")
  bool last_weekday = false;       ///< "LW"
  bool is_star = false;            ///< begins with '*', or is '?'
};

/// Days of the week; bit 0 is Sunday.
struct CronWeekDays {
  std::uint8_t days = 0;
  std::uint8_t last = 0;              ///< "5L": the last of the month
  std::array<std::uint8_t, 6> nth{};  ///< [2] has the bits of "#2"
  bool is_star = false;
};

/// A field as it was written, and where it begins, from 1.
struct CronFieldText {
  std::string_view text;
  std::size_t column;
};

/// Each reads one field: lists, ranges, steps, names. `column` is where it begins, for errors.
/// Errors: invalid_input, with the column and what was expected: values out of range, ranges that
/// run backwards, steps of 0, empty list items, signs, other characters.
Result<CronValues> read_values(CronField field, std::string_view text, std::size_t column);
Result<CronMonthDays> read_month_days(std::string_view text, std::size_t column);
Result<CronWeekDays> read_week_days(std::string_view text, std::size_t column);

}  // namespace btcw::schedule
