// The seeds of the fuzzer, and texts that a seeded generator breaks.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "support/fuzz_templates.h"

TEST_CASE("no input of the fuzz corpus of the templates breaks a promise, whole or broken") {
  const auto folder = std::filesystem::path{BTCW_SOURCE_DIR} / "tests/fuzz/corpus/template_fuzz";
  std::mt19937_64 random{7};
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    INFO(entry.path());
    std::ifstream in{entry.path(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    btcw::test::fuzz_template(text);
    for (int i = 0; i < 60; ++i) {
      std::string broken = text.substr(0, 1 + random() % text.size());
      constexpr std::string_view kSigns = "{}:+,.0123456789f \nsymbol";
      broken[random() % broken.size()] = kSigns[random() % kSigns.size()];
      btcw::test::fuzz_template(broken);
    }
    ++inputs;
  }
  CHECK(inputs > 0);
}
