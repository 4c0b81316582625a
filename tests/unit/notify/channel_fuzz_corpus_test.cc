// Replays the seeds and the finds of the fuzzer, which are kept in tests/fuzz/corpus.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/fuzz_channels.h"

TEST_CASE("no input of the fuzz corpus of the channels breaks a promise") {
  const auto folder = std::filesystem::path{BTCW_SOURCE_DIR} / "tests/fuzz/corpus/channel_fuzz";
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    INFO(entry.path());
    std::ifstream in{entry.path(), std::ios::binary};
    btcw::test::fuzz_channels(std::string{std::istreambuf_iterator<char>{in}, {}});
    ++inputs;
  }
  CHECK(inputs > 0);
}
