#include "btcw/cache/cache_record.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/sample_tickers.h"

using namespace btcw;
using cache_file::decode;
using cache_file::digest;
using cache_file::encode;
using cache_file::Key;
using cache_file::KeyKind;
using cache_file::Record;

namespace {

constexpr UtcTime kNow = from_unix_ms(1'732'290'000'456);

struct Sample {
  std::string_view why;
  std::function<void(Ticker&)> change;
};

const std::vector<Sample> kSamples{
    {"every field", [](Ticker&) {}},
    {"no bid", [](Ticker& t) { t.bid.reset(); }},
    {"no ask", [](Ticker& t) { t.ask.reset(); }},
    {"no open", [](Ticker& t) { t.open.reset(); }},
    {"no high", [](Ticker& t) { t.high.reset(); }},
    {"no low", [](Ticker& t) { t.low.reset(); }},
    {"no percentage", [](Ticker& t) { t.percentage.reset(); }},
    {"no base volume", [](Ticker& t) { t.base_volume.reset(); }},
    {"no quote volume", [](Ticker& t) { t.quote_volume.reset(); }},
    {"no timestamp", [](Ticker& t) { t.timestamp.reset(); }},
    {"nothing but last",
     [](Ticker& t) {
       t = Ticker{.symbol = t.symbol, .exchange = t.exchange, .last = t.last, .received = kNow};
     }},
    {"zero is not nothing", [](Ticker& t) { t.bid = t.percentage = t.base_volume = Decimal{}; }},
    {"timestamp of 1970", [](Ticker& t) { t.timestamp = from_unix_ms(0); }},
    {"first moment", [](Ticker& t) { t.received = from_unix_ms(0); }},
    {"last moment", [](Ticker& t) { t.received = from_unix_ms(253'402'300'799'999); }},
    {"most digits", [](Ticker& t) { t.last = Decimal::from_parts(999'999'999'999'999'999, 0); }},
    {"most negative",
     [](Ticker& t) { t.percentage = Decimal::from_parts(-999'999'999'999'999'999, 0); }},
    {"smallest", [](Ticker& t) { t.last = Decimal::from_parts(1, Decimal::kMaxPlaces); }},
    {"largest",
     [](Ticker& t) {
       t.quote_volume = Decimal::from_parts(999'999'999'999'999'999, Decimal::kMinPlaces);
     }},
    {"longest names",
     [](Ticker& t) {
       t.symbol = Symbol::of("ABCDEFGHIJKLMNOPQRST", "ABCDEFGHIJ").value();
       t.exchange = ExchangeName::parse("abcdefghijklmno").value();
     }},
    {"shortest names",
     [](Ticker& t) {
       t.symbol = Symbol::of("X", "YZ").value();
       t.exchange = ExchangeName::parse("k").value();
     }},
};

}  // namespace

TEST_CASE("a record gives back every ticker exactly") {
  const auto& sample = kSamples[GENERATE(range(std::size_t{0}, kSamples.size()))];
  CAPTURE(sample.why);
  Ticker ticker = test::full_ticker("binance", "BTC/USDT", kNow);
  sample.change(ticker);

  const auto read = decode(encode(ticker));

  REQUIRE(read.has_value());
  CHECK(*read == ticker);
}

TEST_CASE("a record that no ticker makes is refused") {
  struct Case {
    std::string_view why;
    std::size_t word;
    std::uint64_t value;
  };
  constexpr auto kNegative = static_cast<std::uint64_t>(std::int64_t{-1});
  const auto row = GENERATE_COPY(values<Case>({
      {"coefficient too large", Record::kCoefficients, 1'000'000'000'000'000'000},
      {"coefficient of an absent field too large", Record::kCoefficients + 8, INT64_MAX},
      {"coefficient too small", Record::kCoefficients + 6,
       static_cast<std::uint64_t>(-1'000'000'000'000'000'000)},
      {"last is zero", Record::kCoefficients, 0},
      {"last is negative", Record::kCoefficients, kNegative},
      {"too many places", Record::kPlaces, 37},
      {"too few places", Record::kPlaces, 0xED},
      {"places of the last field", Record::kPlaces + 1, 100},
      {"unknown field present", Record::kPlaces + 1, std::uint64_t{1} << 25U},
      {"received before 1970", Record::kReceived, kNegative},
      {"received after 9999", Record::kReceived, 253'402'300'800'000},
      {"timestamp after 9999", Record::kTimestamp, INT64_MAX},
      {"timestamp before 1970", Record::kTimestamp, std::uint64_t{1} << 63U},
      {"no exchange", Record::kExchange + 1, 0},
      {"exchange too long", Record::kExchange + 1, std::uint64_t{16} << 56U},
      {"exchange longer than its text", Record::kExchange + 1, std::uint64_t{9} << 56U},
      {"exchange shorter than its text", Record::kExchange + 1, std::uint64_t{3} << 56U},
      {"exchange of other characters", Record::kExchange, 0x2020202020202020},
      {"no symbol", Record::kSymbol + 3, 0},
      {"symbol too long", Record::kSymbol + 3, std::uint64_t{32} << 56U},
      {"symbol length absurd", Record::kSymbol + 3, ~std::uint64_t{0}},
      {"symbol without a slash", Record::kSymbol, 0x5453555F43544241},
      {"symbol in lower case", Record::kSymbol, 0x647375'2F637462},
  }));
  CAPTURE(row.why);
  Record record = encode(test::full_ticker("binance", "BTC/USDT", kNow));
  REQUIRE(decode(record).has_value());

  record.words[row.word] = row.value;

  CHECK_FALSE(decode(record).has_value());
}

TEST_CASE("a digest sees every bit of a record") {
  const Record record = encode(test::full_ticker("binance", "BTC/USDT", kNow));
  const std::uint64_t before = digest(record);
  for (std::size_t word = 0; word < Record::kWords; ++word) {
    for (unsigned bit = 0; bit < 64; ++bit) {
      Record changed = record;
      changed.words[word] ^= std::uint64_t{1} << bit;
      REQUIRE(digest(changed) != before);
    }
  }
}

TEST_CASE("a digest sees words that trade places") {
  const Record record = encode(test::full_ticker("binance", "BTC/USDT", kNow));
  for (std::size_t a = 0; a < Record::kWords; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      Record changed = record;
      std::swap(changed.words[a], changed.words[b]);
      if (changed == record) continue;
      REQUIRE(digest(changed) != digest(record));
    }
  }
}

TEST_CASE("a request and the record that answers it have one key") {
  const Record record = encode(test::full_ticker("kraken", "BTC/USD", kNow));

  CHECK(Key::of(KeyKind::any, record) == Key::of(test::request_of("BTC/USD")));
  CHECK(Key::of(KeyKind::exchange, record) == Key::of(test::request_of("kraken:BTC/USD")));
  CHECK(Key::of(KeyKind::any, record) != Key::of(KeyKind::exchange, record));
  CHECK(Key::of(test::request_of("kraken:BTC/USD")) != Key::of(test::request_of("okx:BTC/USD")));
  CHECK(Key::of(test::request_of("BTC/USD")) != Key::of(test::request_of("BTC/USDT")));
}

TEST_CASE("hashes of keys differ, and tell the kind") {
  std::set<std::uint64_t> hashes;
  std::vector<std::size_t> in_bucket(256);
  for (int i = 0; i < 512; ++i) {
    const std::string symbol = "C" + std::to_string(i) + "/USDT";
    const auto any = Key::of(test::request_of(symbol)).hash();
    const auto pinned = Key::of(test::request_of("demo:" + symbol)).hash();
    CHECK(any >> 63U == 1);
    CHECK(pinned >> 63U == 0);
    for (const auto hash : {any, pinned}) {
      hashes.insert(hash);
      ++in_bucket[hash & 255U];
    }
  }
  CHECK(hashes.size() == 1024);
  CHECK(*std::max_element(in_bucket.begin(), in_bucket.end()) <= 16);
}
