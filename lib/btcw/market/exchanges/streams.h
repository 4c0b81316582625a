#pragma once

#include "btcw/market/stream.h"

namespace btcw {

// What each line of streams.def promises.
#define BTCW_STREAM(NAME) ExchangeStream NAME##_stream();
#include "btcw/market/streams.def"
#undef BTCW_STREAM

}  // namespace btcw
