#pragma once

#include <optional>
#include <string_view>

#include "support/fake_exchange_text.h"

namespace btcw::test {

/// What an exchange answers when it is asked for the list of its pairs; nullopt: `target` is
/// something else.
std::optional<ServedResponse> fake_listing(std::string_view exchange, const FakeListing& listing,
                                           const Target& target);

}  // namespace btcw::test
