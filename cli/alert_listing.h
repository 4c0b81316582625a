#pragma once

#include <string>

#include "btcw/base/time.h"
#include "btcw/watch/rule_desk.h"

namespace btcw::cli {

/// How each alert of each of its symbols stands at `now`, as a JSON list:
///
///   {"name":"…","symbol":"BTC/USDT","state":"active","since":"2026-11-23T…Z","fired":3,
///    "last_fired":"2026-11-23T…Z","unknown":null}
///
/// `state` is "active" (fired, and not over), "holds" (its condition is true), "idle" (it is
/// false), "unknown", with why in `unknown`, or "expired". `since` is when the condition became
/// true. An alert of which no symbol has come yet has null as its symbol. At most kMostAlerts.
std::string list_alerts(const RuleDesk& desk, UtcTime now);
inline constexpr std::size_t kMostAlerts = 2000;

}  // namespace btcw::cli
