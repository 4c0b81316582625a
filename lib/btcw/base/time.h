#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace btcw {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A moment in UTC, in milliseconds since 1970. Time zones exist at the edges of the program only.
using UtcTime = std::chrono::sys_time<milliseconds>;

/// A moment of the monotonic clock: for deadlines and ages within this process.
using SteadyTime = std::chrono::steady_clock::time_point;

template <typename T>
class Result;

/// The milliseconds since 1970 of `time`.
constexpr std::int64_t to_unix_ms(UtcTime time) { return time.time_since_epoch().count(); }
constexpr UtcTime from_unix_ms(std::int64_t ms) { return UtcTime{milliseconds{ms}}; }

/// RFC 3339 in UTC: "2026-11-22T10:00:00Z", with milliseconds ("…00.123Z") where they are not zero.
std::string to_rfc3339(UtcTime time);

/// Reads RFC 3339 ("2026-11-22T10:00:00Z", any offset, any number of decimals, a space for the T),
/// a date alone (00:00 UTC), or, with a leading '@' or as digits only, seconds since 1970.
/// Digits beyond the millisecond are cut; a leap second is the first second of the next day. Years
/// 1970 to 9999.
/// Errors: invalid_input.
Result<UtcTime> parse_time(std::string_view text);

/// Reads a duration: a number and a unit ("500ms", "30s", "1.5h", "2d", "1w"), several in a row
/// from long to short ("1h30m"), or a bare "0". A whole number of milliseconds, never negative, at
/// most 100 years.
/// Errors: invalid_input (what was read, and the units there are).
Result<milliseconds> parse_duration(std::string_view text);

/// The exact form with the largest units up to days, which parse_duration reads back: "1h30m",
/// "500ms", "7d", "0s". A negative one, which it does not, begins with '-'.
std::string to_string(milliseconds duration);

}  // namespace btcw
