#include "support/watch_fakes.h"

#include <array>

namespace btcw::test {

SymbolRequest request(std::string_view text) { return SymbolRequest::parse(text, "USDT").value(); }

ExchangeName exchange(std::string_view name) { return ExchangeName::parse(name).value(); }

Ticker ticker(std::string_view symbol, std::string_view exchange_name, std::string_view last,
              UtcTime received) {
  return {.symbol = Symbol::parse(symbol).value(),
          .exchange = exchange(exchange_name),
          .last = Decimal::parse(last).value(),
          .received = received};
}

Fetched answered(std::string_view request_text, Ticker ticker) {
  return {request(request_text), std::move(ticker)};
}

Fetched failed(std::string_view request_text, Errc code, std::string message,
               std::optional<UtcTime> retry_at) {
  return {request(request_text), Error{code, std::move(message), retry_at}};
}

std::vector<std::string> told(const RecordingLog& log) {
  std::vector<std::string> lines;
  for (const RecordingLog::Line& line : log.lines()) {
    constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};
    lines.push_back(std::string{kLevels[static_cast<std::size_t>(line.level)]} + ": " + line.text);
  }
  return lines;
}

}  // namespace btcw::test
