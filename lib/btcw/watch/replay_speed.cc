#include "btcw/watch/replay_speed.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "btcw/base/decimal.h"

namespace btcw {

Result<ReplaySpeed> ReplaySpeed::parse(std::string_view text) {
  if (text == "max") return ReplaySpeed{};
  std::string_view number = text;
  if (number.ends_with('x')) number.remove_suffix(1);
  const auto factor = Decimal::parse(number);
  const Decimal least = Decimal::from_parts(1, 3);
  const Decimal most = Decimal::from_parts(1'000'000, 0);
  if (!factor || *factor < least || *factor > most || factor->places() > 3) {
    return Error{Errc::invalid_input,
                 fmt::format("not a replay speed: '{}' (max, 1x, 10x, 0.5x)", text.substr(0, 40))};
  }
  std::int64_t thousandths = factor->coefficient();
  for (int places = factor->places(); places < 3; ++places) thousandths *= 10;
  return ReplaySpeed{thousandths};
}

SteadyTime::duration ReplaySpeed::scaled(milliseconds recorded) const {
  // A century is as good as never, and no product below overflows.
  using std::chrono::microseconds;
  constexpr milliseconds kLongest = std::chrono::hours{24 * 36'500};
  const microseconds us = std::clamp(recorded, -kLongest, kLongest);
  const microseconds scaled = us / thousandths_ * 1000 + us % thousandths_ * 1000 / thousandths_;
  return std::clamp<microseconds>(scaled, -kLongest, kLongest);
}

}  // namespace btcw
