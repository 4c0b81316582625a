// A program that builds on the installed library: exact decimals from the core, and what the
// network module offers, which the library finds itself.
#include <cstdio>

#include "btcw/base/decimal.h"
#include "btcw/online/online.h"

int main() {
  const auto price = btcw::Decimal::parse("0.00002431");
  if (!price) return 1;
  const auto online = btcw::load_online();
  if (!online) {
    std::fprintf(stderr, "%s\n", online.error().message.c_str());
    return 1;
  }
  const auto ticker = (*online)->make_ticker_reader()->read(
      R"({"symbol":"SHIB/USDT","exchange":"demo","last":0.00002431,"received":1732290000456})");
  if (!ticker || ticker->last != *price) return 1;
  std::printf("%s %s\n", (*online)->version, ticker->last.to_string().c_str());
  return 0;
}
