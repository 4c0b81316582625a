#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "support/run_btcw.h"

using btcw::test::Sandbox;

namespace {

std::filesystem::path data_file() {
  const char* const folder = std::getenv("BTCW_TEST_DATA");
  const std::filesystem::path base =
      folder != nullptr ? folder : std::string{BTCW_SOURCE_DIR} + "/../shared/data";
  return base / "wycheproof.ndjson";
}

// One line holds the JSON serialisation as an object.
std::string text_of(const nlohmann::json& jws) {
  return jws.is_string() ? jws.get<std::string>() : jws.dump();
}

}  // namespace

TEST_CASE("btcw token verify --jws agrees with Wycheproof on every line") {
  std::ifstream lines{data_file()};
  if (!lines) {
    WARN("skipped: " << data_file() << " is absent");
    return;
  }
  const Sandbox sandbox{BTCW_EXECUTABLE};
  std::string line;
  int total = 0;
  int agreed = 0;
  while (std::getline(lines, line)) {
    const auto row = nlohmann::json::parse(line);
    const auto key = sandbox.write_file("key.json", row.at("key").dump());
    ::chmod(key.c_str(), 0600);
    const auto outcome =
        sandbox.run({.arguments = {"token", "verify", "--jws", "--key", key.string()},
                     .input = text_of(row.at("jws"))});
    const bool is_valid = row.at("strict") == "valid";
    CAPTURE(row.at("file").get<std::string>(), row.at("tcId").get<int>(),
            row.at("comment").get<std::string>(), outcome.exit_code, outcome.err);
    const bool agrees =
        is_valid ? outcome.exit_code == 0 : outcome.exit_code == 1 || outcome.exit_code == 6;
    CHECK(agrees);
    agreed += agrees ? 1 : 0;
    ++total;
  }
  CHECK(total == 476);
  CHECK(agreed == total);
}
