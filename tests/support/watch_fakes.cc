#include "support/watch_fakes.h"

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

void KeptLog::write(LogLevel level, std::string_view message,
                    std::initializer_list<LogField> fields) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
  std::string line{kLevels[static_cast<int>(level)]};
  line.append(": ").append(message);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=").append(field.value);
  }
  const std::lock_guard lock{mutex_};
  lines_.push_back(std::move(line));
}

std::vector<std::string> KeptLog::lines() const {
  const std::lock_guard lock{mutex_};
  return lines_;
}

void KeptLog::clear() {
  const std::lock_guard lock{mutex_};
  lines_.clear();
}

}  // namespace btcw::test
