#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "btcw/market/stream.h"
#include "support/fuzz_base.h"
#include "support/http_server.h"

namespace btcw::test {

/// The frame readers of all streams. The first byte picks the exchange; the rest are frames, each
/// ended by a byte 0xff, read one after the other by one reader.
inline void fuzz_stream(std::string_view input) {
  if (input.empty()) return;
  const auto all = exchange_streams();
  const ExchangeStream& stream = all[static_cast<unsigned char>(input[0]) % all.size()];
  const auto reader = stream.make_reader(ExchangeName::parse(stream.name).value());
  const std::vector symbols{Symbol::of("BTC", "USDT").value(), Symbol::of("DOGE", "USD").value()};
  reader->add(symbols);
  input.remove_prefix(1);
  while (!input.empty()) {
    const auto end = std::min(input.find('\xff'), input.size());
    std::string frame{input.substr(0, end)};
    input.remove_prefix(std::min(end + 1, input.size()));
    // What is not packed is told by its first byte, and would not get far.
    if (stream.name == "htx" && !frame.starts_with('\x1f')) frame = encode(frame, Coding::gzip);
    const auto news = reader->read(frame, from_unix_ms(1'732'290'000'000));
    if (!news) {
      expect(news.error().code == Errc::bad_data);
      expect_sober(news.error());
      continue;
    }
    expect((news->kind == StreamNewsKind::refused) == news->error.has_value() ||
           news->kind == StreamNewsKind::ticks);
    expect(news->tickers.empty() || news->kind == StreamNewsKind::ticks);
    expect(news->reply.size() < 200);
    if (news->error) expect_sober(*news->error);
    for (const Ticker& ticker : news->tickers) {
      expect(ticker.symbol == symbols[0] || ticker.symbol == symbols[1]);
      expect(!ticker.last.is_zero() && !ticker.last.is_negative());
    }
  }
}

}  // namespace btcw::test
