#pragma once

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/market/stream.h"
#include "support/fuzz_base.h"
#include "support/fuzz_pick.h"

namespace btcw::test {

/// `text`, of less than 64 kB, as gzip without compression, which costs next to nothing.
inline std::string gzip_of(std::string_view text) {
  const auto number = [](std::size_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  const auto size = text.size() & 0xffffU;
  text = text.substr(0, size);
  const auto* data = reinterpret_cast<const Bytef*>(text.data());
  const uLong sum = crc32(0, data, static_cast<uInt>(size));
  return std::string{"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", 11} + number(size, 2) + number(~size, 2) +
         std::string{text} + number(sum, 4) + number(size, 4);
}

/// The frame readers of all streams. The first byte picks the exchange unless `only` names it; the
/// rest are frames, each ended by a byte 0xff, read one after the other by one reader.
inline void fuzz_stream(std::string_view input, std::string_view only = {}) {
  if (input.empty()) return;
  const ExchangeStream& stream = picked(exchange_streams(), &ExchangeStream::name, input[0], only);
  const auto reader = stream.make_reader(ExchangeName::parse(stream.name).value());
  const std::vector symbols{Symbol::of("BTC", "USDT").value(), Symbol::of("DOGE", "USD").value()};
  reader->add(symbols);
  input.remove_prefix(1);
  while (!input.empty()) {
    const auto end = std::min(input.find('\xff'), input.size());
    std::string frame{input.substr(0, end)};
    input.remove_prefix(std::min(end + 1, input.size()));
    // What is not packed is told by its first byte, and would not get far.
    if (stream.name == "htx" && !frame.starts_with('\x1f')) frame = gzip_of(frame);
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
