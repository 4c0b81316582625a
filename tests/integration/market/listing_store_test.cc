#include "btcw/market/listing_store.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "support/temp_folder.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

ExchangeName name(std::string_view text) { return ExchangeName::parse(text).value(); }
Symbol symbol(std::string_view text) { return Symbol::parse(text).value(); }

Listing sample() {
  return make_listing(name("binance"), from_unix_ms(1'732'290'000'123),
                      {{symbol("SHIB/USDT"), PairState::delisted},
                       {symbol("BTC/USDT")},
                       {symbol("ETH/BTC"), PairState::halted}})
      .value();
}

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream{path, std::ios::binary} << text;
}

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a listing that was saved is loaded as it was, and the file is private") {
  const TempFolder folder;
  const auto home = folder.path() / "state" / "listings";
  const ListingStore store{home};

  REQUIRE(store.save(sample()).has_value());
  REQUIRE(store.save(sample()).has_value());
  const auto loaded = store.load(name("binance"));

  REQUIRE(loaded.has_value());
  CHECK(loaded->exchange == name("binance"));
  CHECK(loaded->fetched == sample().fetched);
  CHECK(loaded->pairs == sample().pairs);
  CHECK(store.load(name("kraken")).error().code == Errc::not_found);
  struct stat status {};
  REQUIRE(::stat((home / "binance").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  // Nothing is left over.
  CHECK(std::distance(std::filesystem::directory_iterator{home}, {}) == 1);
}

TEST_CASE("a listing file that is cut off anywhere, or not ours, is refused") {
  const TempFolder folder;
  const ListingStore store{folder.path()};
  REQUIRE(store.save(sample()).has_value());
  const std::filesystem::path file = folder.path() / "binance";
  const std::string good = read(file);
  for (std::size_t size = 0; size < good.size(); ++size) {
    write(file, good.substr(0, size));
    const auto loaded = store.load(name("binance"));
    if (loaded || loaded.error().code != Errc::bad_data) FAIL("accepts " << good.substr(0, size));
  }
  for (const std::string_view text :
       {"btcw-listing-2 binance 1 1\nBTC/USDT\n", "btcw-listing-1 kraken 1 1\nBTC/USDT\n",
        "btcw-listing-1 binance -1 1\nBTC/USDT\n", "btcw-listing-1 binance x 1\nBTC/USDT\n",
        "btcw-listing-1 binance 99999999999999999 1\nBTC/USDT\n",
        "btcw-listing-1 binance 1 2\nBTC/USDT\n", "btcw-listing-1 binance 1 0\n",
        "btcw-listing-1 binance 1 1\nBTC USDT\n", "btcw-listing-1 binance 1 1\nBTC/USDT gone\n",
        "btcw-listing-1 binance 1 1\n\x1b[31m/USDT\n", "\n", "x"}) {
    CAPTURE(text);
    write(file, text);
    CHECK_FALSE(store.load(name("binance")).has_value());
  }
  std::filesystem::remove(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  CHECK_FALSE(store.load(name("binance")).has_value());
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  CHECK_FALSE(store.load(name("binance")).has_value());
  CHECK_FALSE(store.save(sample()).has_value());
}

TEST_CASE("what is gone from a list is kept as delisted") {
  Listing fresh =
      make_listing(name("binance"), from_unix_ms(2), {{symbol("BTC/USDT")}, {symbol("AB/USDT")}})
          .value();

  keep_delisted(fresh, sample());

  REQUIRE(fresh.pairs.size() == 4);
  CHECK(fresh.find(symbol("BTC/USDT"))->state == PairState::trading);
  CHECK(fresh.find(symbol("ETH/BTC"))->state == PairState::delisted);
  CHECK(fresh.find(symbol("SHIB/USDT"))->state == PairState::delisted);
  CHECK(fresh.find(symbol("NOPE/USDT")) == nullptr);
}
