#pragma once

#include <cstdint>
#include <memory>

#include "btcw/base/clock.h"
#include "btcw/market/market.h"

namespace btcw {

/// A simulated market: geometric Brownian motion with jumps, the same for the same seed, symbol and
/// time since `start`, however often and at whatever moments it is asked. Every ticker's exchange
/// is "demo". It knows every symbol. Lives in the core library: it needs no network.
std::unique_ptr<Market> make_demo_market(std::uint64_t seed, UtcTime start, const Clock& clock);

}  // namespace btcw
