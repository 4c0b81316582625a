#include "btcw/base/result.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

using btcw::Errc;
using btcw::Error;
using btcw::Result;

TEST_CASE("a Result holds a value or an error, never both") {
  Result<int> value = 7;
  REQUIRE(value.has_value());
  CHECK(*value == 7);
  CHECK(value.value_or(1) == 7);

  Result<int> failure = Error{Errc::not_found, "no such pair"};
  REQUIRE_FALSE(failure.has_value());
  CHECK(failure.error().code == Errc::not_found);
  CHECK(failure.value_or(1) == 1);
}

TEST_CASE("an error gains context on its way up and keeps its code") {
  Result<void> failure = Error{Errc::bad_data, "not a price"};
  auto wrapped = std::move(failure).within("ticker").within("kraken");
  REQUIRE_FALSE(wrapped.has_value());
  CHECK(wrapped.error().message == "kraken: ticker: not a price");
  CHECK(wrapped.error().code == Errc::bad_data);
}

TEST_CASE("a Result moves what cannot be copied") {
  Result<std::unique_ptr<int>> owned = std::make_unique<int>(3);
  std::unique_ptr<int> taken = *std::move(owned);
  CHECK(*taken == 3);
}
