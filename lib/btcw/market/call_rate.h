#pragma once

#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// How many calls of weight 1 a source may be sent in which time.
struct CallRate {
  int calls = 0;        ///< 1 to 100,000
  milliseconds per{0};  ///< 1s to 24h, and no less than 1 ms for each call
};

/// Reads "30/1m". Errors: invalid_input, with what was expected.
Result<CallRate> parse_call_rate(std::string_view text);

}  // namespace btcw
