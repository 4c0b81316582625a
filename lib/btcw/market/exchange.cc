#include "btcw/market/exchange.h"

#include <algorithm>
#include <array>

#include "btcw/market/exchanges/exchanges.h"

namespace btcw {
namespace {

template <typename T>
void take(std::optional<T>& into, const std::optional<T>& later) {
  if (later) into = later;
}

// NOLINTBEGIN(bugprone-macro-parentheses): they are texts and parts of names
constexpr std::array kExchanges{
#define BTCW_EXCHANGE(NAME, URL, BURST, INTERVAL)                                    \
  Exchange{.name = #NAME,                                                            \
           .rest_url = URL,                                                          \
           .budget = CallBudget{.burst = BURST, .interval = milliseconds{INTERVAL}}, \
           .calls = NAME##_calls,                                                    \
           .read = NAME##_read},
#include "btcw/market/exchanges.def"
#undef BTCW_EXCHANGE
};
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace

void merge(TickerUpdate& into, const TickerUpdate& later) {
  take(into.last, later.last);
  take(into.bid, later.bid);
  take(into.ask, later.ask);
  take(into.open, later.open);
  take(into.high, later.high);
  take(into.low, later.low);
  take(into.percentage, later.percentage);
  take(into.base_volume, later.base_volume);
  take(into.quote_volume, later.quote_volume);
  if (later.timestamp) into.timestamp = std::max(into.timestamp, later.timestamp);
}

Result<Ticker> to_ticker(const TickerUpdate& update, ExchangeName exchange, UtcTime received) {
  if (!update.last) return Error{Errc::bad_data, "no last price"};
  if (update.last->is_zero() || update.last->is_negative()) {
    return Error{Errc::bad_data, "last price is not positive: '" + update.last->to_string() + "'"};
  }
  Ticker ticker{.symbol = update.symbol,
                .exchange = exchange,
                .last = *update.last,
                .bid = update.bid,
                .ask = update.ask,
                .open = update.open,
                .high = update.high,
                .low = update.low,
                .percentage = update.percentage,
                .base_volume = update.base_volume,
                .quote_volume = update.quote_volume,
                .timestamp = update.timestamp,
                .received = received};
  if (update.open) {
    // The exchanges round their own figure, each in its own way.
    if (const auto percent = percent_change(*update.open, *update.last)) {
      ticker.percentage = percent;
    }
  }
  return ticker;
}

std::span<const Exchange> exchanges() { return kExchanges; }

std::string_view key_header(std::string_view exchange, std::string_view base_url) {
  if (exchange != "coingecko") return {};
  return base_url.starts_with("https://pro-api.") ? "x-cg-pro-api-key" : "x-cg-demo-api-key";
}

const Exchange* find_exchange(std::string_view name) {
  const auto found = std::find_if(kExchanges.begin(), kExchanges.end(),
                                  [name](const Exchange& each) { return each.name == name; });
  return found == kExchanges.end() ? nullptr : &*found;
}

}  // namespace btcw
