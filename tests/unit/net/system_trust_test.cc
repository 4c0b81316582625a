#include "btcw/net/system_trust.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/temp_folder.h"

TEST_CASE("a folder of certificates counts only when its files are named by hash") {
  const btcw::test::TempFolder folder;
  CHECK_FALSE(btcw::is_hashed_folder(folder.path().string()));
  for (const char* name : {"ca-certificates.crt", "002c0b4f.pem", "002c0b4g.0", "002c0b4.0"}) {
    std::ofstream{folder.path() / name} << "x";
  }
  CHECK_FALSE(btcw::is_hashed_folder(folder.path().string()));
  std::ofstream{folder.path() / "002c0b4f.0"} << "x";
  CHECK(btcw::is_hashed_folder(folder.path().string()));
  CHECK_FALSE(btcw::is_hashed_folder("/nonexistent"));
  CHECK_FALSE(btcw::is_hashed_folder(""));
}
