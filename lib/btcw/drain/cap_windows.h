#pragma once

#include <array>

#include "btcw/drain/delivery_log.h"

namespace btcw {

/// At most `cap` sends in any `length` of time; 0: any number.
struct CapWindow {
  int cap;
  milliseconds length;
};

inline constexpr milliseconds kLongestWindow = std::chrono::hours{24};

constexpr std::array<CapWindow, 3> windows_of(const Caps& caps) {
  return {{{caps.per_minute, std::chrono::minutes{1}},
           {caps.per_hour, std::chrono::hours{1}},
           {caps.per_day, kLongestWindow}}};
}

/// Sends that lie further in the future than this were made before the clock was set back; they
/// count as made now, so that nobody waits for longer than a window. What lies nearer is the work
/// of a process that read its clock a moment later.
inline constexpr milliseconds kMostClockSkew = std::chrono::minutes{1};

}  // namespace btcw
