#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_exchange_answers.h"

// What each exchange's stream says, in its own spelling and units.

namespace btcw::test {

/// How that exchange spells "BTC/USDT" in its frames.
std::string stream_spelling(std::string_view exchange, const std::string& symbol);

/// The frames that tell all the exchange tells of a pair. `channel`: the number of the
/// subscription, where it has one.
std::vector<std::string> stream_ticks(std::string_view exchange, const std::string& symbol,
                                      const FakeQuote& quote, int channel = 1);

/// A field of a Protocol Buffers message.
std::string protobuf_text(std::uint32_t number, std::string_view text);
std::string protobuf_number(std::uint32_t number, std::uint64_t value);

}  // namespace btcw::test
