// Replays the seeds and the finds of the fuzzers, which are kept in tests/fuzz/corpus.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "support/fuzz_base.h"
#include "support/fuzz_candles.h"
#include "support/fuzz_exchange.h"
#include "support/fuzz_listing.h"
#include "support/fuzz_stream.h"

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("no input of the fuzz corpora of the base and of the market breaks a promise") {
  struct Case {
    const char* corpus;
    std::function<void(std::string_view)> run;
  };
  const auto row = GENERATE(values<Case>({
      {"decimal_fuzz", btcw::test::fuzz_decimal},
      {"symbol_fuzz", btcw::test::fuzz_symbol},
      {"time_fuzz", btcw::test::fuzz_time},
      {"ticker_fuzz", btcw::test::fuzz_ticker},
      {"json_fuzz", btcw::test::fuzz_json},
      {"exchange_fuzz", [](std::string_view input) { btcw::test::fuzz_exchange(input); }},
      {"stream_fuzz", [](std::string_view input) { btcw::test::fuzz_stream(input); }},
      {"candle_fuzz", [](std::string_view input) { btcw::test::fuzz_candles(input); }},
      {"listing_fuzz", [](std::string_view input) { btcw::test::fuzz_listing(input); }},
  }));
  const auto folder = std::filesystem::path{BTCW_SOURCE_DIR} / "tests/fuzz/corpus" / row.corpus;
  CAPTURE(folder);
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    INFO(entry.path());
    row.run(content_of(entry.path()));
    ++inputs;
  }
  CHECK(inputs > 0);
}
