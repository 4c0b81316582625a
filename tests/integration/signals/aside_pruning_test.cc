#include "btcw/signals/aside_pruning.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/temp_folder.h"

using namespace btcw;
using test::TempFolder;
namespace fs = std::filesystem;

TEST_CASE("signals that were put aside stay for thirty days, and what is not theirs for ever") {
  const TempFolder place;
  for (const std::string folder : {".taken", ".bad"}) {
    fs::create_directory(place / folder);
    for (const std::string name : {"a.json", "a.json.12", "notes.txt", "12", ".12"}) {
      std::ofstream{place / folder / name} << "{}";
    }
  }
  fs::create_directory(place / ".taken" / "own.json");
  fs::create_symlink(place / ".bad" / "notes.txt", place / ".taken" / "link.json");
  const UtcTime now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());

  CHECK(prune_aside(place / "", now + std::chrono::days{29}).value() == 0);
  CHECK(fs::exists(place / ".taken" / "a.json"));
  CHECK(prune_aside(place / "", now + std::chrono::days{31}).value() == 4);

  CHECK_FALSE(fs::exists(place / ".taken" / "a.json"));
  CHECK_FALSE(fs::exists(place / ".bad" / "a.json.12"));
  CHECK(fs::exists(place / ".bad" / "notes.txt"));
  CHECK(fs::exists(place / ".taken" / "12"));
  CHECK(fs::exists(place / ".taken" / "own.json"));
  CHECK(fs::is_symlink(place / ".taken" / "link.json"));
}

TEST_CASE("a folder from which nothing was taken has nothing to clear up") {
  const TempFolder place;
  const UtcTime now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  CHECK(prune_aside(place / "", now).value() == 0);
  CHECK(prune_aside(place / "none", now).value() == 0);
}
