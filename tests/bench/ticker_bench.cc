// What reading and writing a ticker costs, beside simdjson alone: the tick path of --replay, the
// caches and Redis. items_per_second is tickers a second.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>
#include <string_view>

#include "btcw/base/json.h"
#include "btcw/base/ticker_reader.h"
#include "support/counted_allocations.h"

namespace {

constexpr std::string_view kJson =
    R"({"symbol":"BTC/USDT","exchange":"binance","last":97123.45,"bid":97123.40,"ask":97123.50,)"
    R"("open":95000.00,"high":98000.00,"low":94000.10,"percentage":2.2352,"baseVolume":1234.5678,)"
    R"("quoteVolume":119000000.1,"timestamp":1732290000123,"received":1732290000456})";

void count(benchmark::State& state, std::size_t allocations_before) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kJson.size()));
  state.counters["allocations"] =
      static_cast<double>(btcw::test::allocations() - allocations_before) /
      static_cast<double>(state.iterations());
}

// The floor: every member visited and its token looked at, nothing read.
void simdjson_on_demand(benchmark::State& state) {
  simdjson::ondemand::parser parser;
  std::string buffer{kJson};
  buffer.reserve(kJson.size() + simdjson::SIMDJSON_PADDING);
  const simdjson::padded_string_view padded{buffer.data(), buffer.size(), buffer.capacity()};
  const std::size_t before = btcw::test::allocations();
  for (auto _ : state) {
    std::size_t sum = 0;
    simdjson::ondemand::document document;
    if (parser.iterate(padded).get(document)) state.SkipWithError("iterate");
    simdjson::ondemand::object object;
    if (document.get_object().get(object)) state.SkipWithError("object");
    for (auto member : object) {
      sum += static_cast<unsigned char>(*member.key().value_unsafe().raw());
      sum += member.value().raw_json_token().value_unsafe().size();
    }
    benchmark::DoNotOptimize(sum);
  }
  count(state, before);
}
BENCHMARK(simdjson_on_demand);

// The same with numbers made of the tokens, as simdjson offers it: doubles.
void simdjson_on_demand_doubles(benchmark::State& state) {
  simdjson::ondemand::parser parser;
  std::string buffer{kJson};
  buffer.reserve(kJson.size() + simdjson::SIMDJSON_PADDING);
  const simdjson::padded_string_view padded{buffer.data(), buffer.size(), buffer.capacity()};
  const std::size_t before = btcw::test::allocations();
  for (auto _ : state) {
    double sum = 0;
    simdjson::ondemand::document document;
    if (parser.iterate(padded).get(document)) state.SkipWithError("iterate");
    for (const char* key : {"last", "bid", "ask", "open", "high", "low", "percentage", "baseVolume",
                            "quoteVolume", "timestamp", "received"}) {
      double value = 0;
      if (document[key].get(value)) state.SkipWithError(key);
      sum += value;
    }
    benchmark::DoNotOptimize(sum);
  }
  count(state, before);
}
BENCHMARK(simdjson_on_demand_doubles);

void tokens(benchmark::State& state) {
  btcw::JsonTokens tokens{1U << 20U};
  (void)tokens.read(kJson);
  const std::size_t before = btcw::test::allocations();
  for (auto _ : state) benchmark::DoNotOptimize(tokens.read(kJson).has_value());
  count(state, before);
}
BENCHMARK(tokens);

void ticker_reader(benchmark::State& state) {
  const auto reader = btcw::make_ticker_reader();
  (void)reader->read(kJson);
  const std::size_t before = btcw::test::allocations();
  for (auto _ : state) benchmark::DoNotOptimize(reader->read(kJson));
  count(state, before);
}
BENCHMARK(ticker_reader);

void append_json(benchmark::State& state) {
  const auto ticker = btcw::make_ticker_reader()->read(kJson).value();
  std::string out;
  out.reserve(1024);
  const std::size_t before = btcw::test::allocations();
  for (auto _ : state) {
    out.clear();
    btcw::append_json(ticker, out);
    benchmark::DoNotOptimize(out.data());
  }
  count(state, before);
}
BENCHMARK(append_json);

void decimal_parse(benchmark::State& state, std::string_view text) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(text);
    benchmark::DoNotOptimize(btcw::Decimal::parse(text));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK_CAPTURE(decimal_parse, price, "97123.45");
BENCHMARK_CAPTURE(decimal_parse, padded_price, "97123.45000000");
BENCHMARK_CAPTURE(decimal_parse, shib, "0.00002431");
BENCHMARK_CAPTURE(decimal_parse, volume, "1234567.12345678");
BENCHMARK_CAPTURE(decimal_parse, exponent, "2.431e-05");

void decimal_compare(benchmark::State& state, std::string_view left, std::string_view right) {
  auto a = btcw::Decimal::parse(left).value();
  auto b = btcw::Decimal::parse(right).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(a < b);
  }
}
BENCHMARK_CAPTURE(decimal_compare, same_places, "97123.45", "97123.46");
BENCHMARK_CAPTURE(decimal_compare, other_places, "97123.45", "100000");

void decimal_write(benchmark::State& state) {
  auto price = btcw::Decimal::parse("97123.45").value();
  char buffer[btcw::Decimal::kMaxText];
  for (auto _ : state) {
    benchmark::DoNotOptimize(price);
    benchmark::DoNotOptimize(price.write(buffer));
  }
}
BENCHMARK(decimal_write);

}  // namespace
