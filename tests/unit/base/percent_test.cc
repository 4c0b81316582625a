#include "btcw/base/percent.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>

using btcw::form_encode;
using btcw::percent_decode;
using btcw::percent_encode;

TEST_CASE("percent-encoding is read back, and refused where it is half of one") {
  CHECK(percent_encode("aZ0-._~ /?#&=+%é") == "aZ0-._~%20%2F%3F%23%26%3D%2B%25%C3%A9");
  CHECK(percent_decode("a%20b%2fc%C3%A9+") == "a b/cé+");
  CHECK(percent_decode("") == "");
  CHECK(percent_decode("%") == std::nullopt);
  CHECK(percent_decode("a%2") == std::nullopt);
  CHECK(percent_decode("%g0") == std::nullopt);
  CHECK(percent_decode("%0g") == std::nullopt);
  CHECK(form_encode({{"a", "1 2"}, {"b&", "="}}) == "a=1%202&b%26=%3D");
  CHECK(form_encode({}).empty());
}
