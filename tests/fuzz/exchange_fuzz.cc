// The readers of all exchanges. The first byte picks the exchange, the second the call and the
// status; the rest is the body.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "btcw/market/exchange.h"

namespace {

using btcw::Symbol;

constexpr std::array kStatuses{200, 200, 200, 400, 403, 404, 429, 503};

std::vector<Symbol> symbols(bool several) {
  std::vector<Symbol> asked{Symbol::of("BTC", "USDT").value()};
  if (several) asked.push_back(Symbol::of("DOGE", "USD").value());
  return asked;
}

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto& exchange = btcw::exchanges()[data[0] % btcw::exchanges().size()];
  const auto calls = exchange.calls(symbols((data[1] & 1U) != 0));
  const auto& call = calls[(data[1] >> 1U) % calls.size()];
  btcw::HttpResponse response{.status = kStatuses[data[1] >> 5U]};
  response.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);

  const auto answer = exchange.read(call, response);

  if (!answer) {
    require((answer.error().code == btcw::Errc::rate_limited) ==
            answer.error().retry_at.has_value());
    require(answer.error().message.find('\n') == std::string::npos);
    return 0;
  }
  require(answer->updates.size() + answer->unreadable.size() <= call.symbols.size());
  for (const auto& update : answer->updates) {
    const auto ticker = btcw::to_ticker(update, {}, {});
    if (ticker) require(!ticker->last.is_zero() && !ticker->last.is_negative());
  }
  return 0;
}
