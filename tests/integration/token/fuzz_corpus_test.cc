// Replays the seeds and the finds of the tokens' fuzzers, which are kept in tests/fuzz/corpus.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/fuzz_token.h"

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("no input of the fuzz corpora of the tokens breaks a promise") {
  struct Case {
    const char* corpus;
    void (*run)(std::string_view);
  };
  const auto row = GENERATE(values<Case>({
      {"token_fuzz", btcw::test::fuzz_token},
      {"token_key_fuzz", btcw::test::fuzz_token_key},
  }));
  const auto folder = std::filesystem::path{BTCW_SOURCE_DIR} / "tests/fuzz/corpus" / row.corpus;
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    INFO(entry.path());
    row.run(content_of(entry.path()));
    ++inputs;
  }
  CHECK(inputs > 10);
}
