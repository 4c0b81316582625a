#include "support/sample_tickers.h"

namespace btcw::test {

Symbol symbol_of(std::string_view text) { return Symbol::parse(text).value(); }

SymbolRequest request_of(std::string_view text) { return SymbolRequest::parse(text, {}).value(); }

Ticker ticker_of(std::string_view exchange, std::string_view symbol, std::string_view last,
                 UtcTime received) {
  return Ticker{.symbol = symbol_of(symbol),
                .exchange = ExchangeName::parse(exchange).value(),
                .last = Decimal::parse(last).value(),
                .received = received};
}

Ticker full_ticker(std::string_view exchange, std::string_view symbol, UtcTime received) {
  Ticker ticker = ticker_of(exchange, symbol, "97123.45", received);
  ticker.bid = Decimal::parse("97123.4").value();
  ticker.ask = Decimal::parse("97123.5").value();
  ticker.open = Decimal::parse("95000").value();
  ticker.high = Decimal::parse("98000").value();
  ticker.low = Decimal::parse("94000.1").value();
  ticker.percentage = Decimal::parse("-2.2352").value();
  ticker.base_volume = Decimal::parse("1234.5678").value();
  ticker.quote_volume = Decimal::parse("119000000.1").value();
  ticker.timestamp = received - milliseconds{333};
  return ticker;
}

Ticker linked_ticker(const Symbol& symbol, std::int64_t number, UtcTime received) {
  Ticker ticker{.symbol = symbol,
                .exchange = ExchangeName::parse("demo").value(),
                .last = Decimal::from_parts(number + 2, 2),
                .received = received};
  ticker.bid = Decimal::from_parts(number + 1, 2);
  ticker.ask = Decimal::from_parts(number + 3, 2);
  ticker.open = Decimal::from_parts(to_unix_ms(received), 3);
  ticker.high = Decimal::from_parts(number * 2 + 7, 5);
  ticker.low = Decimal::from_parts(number * 3 + 7, 6);
  ticker.base_volume = Decimal::from_parts(to_unix_ms(received) + number, 1);
  ticker.timestamp = received - milliseconds{number % 1000};
  return ticker;
}

bool is_linked(const Ticker& ticker) {
  const auto last = ticker.last.times_power_of_ten(2);
  if (!last || last->places() > 0) return false;
  std::int64_t number = last->coefficient();
  for (int zeros = last->places(); zeros < 0; ++zeros) number *= 10;
  return ticker == linked_ticker(ticker.symbol, number - 2, ticker.received);
}

std::optional<Ticker> get_one(PriceCache& cache, std::string_view request) {
  const SymbolRequest wanted = request_of(request);
  auto answers = cache.get({&wanted, 1});
  return answers.value().at(0);
}

}  // namespace btcw::test
