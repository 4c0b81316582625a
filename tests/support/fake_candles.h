#pragma once

#include <optional>
#include <string_view>

#include "btcw/base/time.h"
#include "support/fake_exchange_text.h"

namespace btcw::test {

/// What an exchange answers when it is asked for candles: as many as it is asked for or gives
/// unasked, up to `now`. In each the price went from the quote's `open` by way of `high` and `low`
/// to `vwap`. nullopt: `target` is something else.
std::optional<ServedResponse> fake_candles(std::string_view exchange, const FakeListing& listing,
                                           const Target& target, UtcTime now);

}  // namespace btcw::test
