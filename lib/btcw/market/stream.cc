#include "btcw/market/stream.h"

#include <algorithm>
#include <array>

#include "btcw/market/exchanges/streams.h"

namespace btcw {

std::span<const ExchangeStream> exchange_streams() {
  static const std::array kStreams{
#define BTCW_STREAM(NAME) NAME##_stream(),
#include "btcw/market/streams.def"
#undef BTCW_STREAM
  };
  return kStreams;
}

const ExchangeStream* find_stream(std::string_view name) {
  const auto all = exchange_streams();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const ExchangeStream& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace btcw
