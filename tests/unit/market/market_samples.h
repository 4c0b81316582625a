#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/market/exchange.h"

namespace btcw::test {

inline Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }
inline Symbol symbol(std::string_view text) { return Symbol::parse(text).value(); }
inline ExchangeName exchange_name(std::string_view text) {
  return ExchangeName::parse(text).value();
}
inline std::vector<Symbol> symbols(std::initializer_list<std::string_view> texts) {
  std::vector<Symbol> out;
  for (const std::string_view text : texts) out.push_back(symbol(text));
  return out;
}

inline constexpr UtcTime kReceived = from_unix_ms(1'732'290'001'000);

inline HttpResponse answer(int status, std::string_view body, HttpHeaders headers = {}) {
  return {.status = status,
          .headers = std::move(headers),
          .body = std::string{body},
          .received = kReceived};
}

/// The call of that exchange's for one pair. Precondition: it has that part.
inline RestCall call_of(std::string_view exchange, std::string_view asked, int part) {
  for (RestCall& call : find_exchange(exchange)->calls(symbols({asked}))) {
    if (call.part == part) return std::move(call);
  }
  return {};
}

/// A price as text, "null" where there is none.
inline std::string text(const std::optional<Decimal>& value) {
  return value ? value->to_string() : "null";
}

}  // namespace btcw::test
