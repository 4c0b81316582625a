#include "btcw/token/base64url.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace std::string_literals;
using btcw::token::from_base64url;
using btcw::token::to_base64url;

TEST_CASE("base64url goes both ways without padding") {
  struct Case {
    std::string bytes;
    std::string_view text;
  };
  const auto row = GENERATE(values<Case>({
      {"", ""},
      {"\0"s, "AA"},
      {"f", "Zg"},
      {"fo", "Zm8"},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg"},
      {"fooba", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy"},
      {"\xff\xff\xff", "____"},
      {"\xfb\xef\xbe", "----"},
      {"\x03\xec\xff\xe0\xc1", "A-z_4ME"},  // RFC 7515 appendix C
  }));
  CAPTURE(row.text);
  CHECK(to_base64url(row.bytes) == row.text);
  CHECK(from_base64url(row.text) == row.bytes);
}

TEST_CASE("every byte sequence reads back") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
  }
}

TEST_CASE("a text that is not the canonical base64url of anything is refused") {
  const auto text = GENERATE(values<std::string>({
      "A",     "AAAAA", "Zg==",   "Zg=",     "Zm8=",
      "Zm9v=", "=",     "Zm9+",   "Zm9/",    "Zm 9v",
      "Zm9v ", " Zm9v", "Zm9v\n", "\tZm9v",  "Zm9v\r\n",
      "Zh",    "Zn",    "Zm9",    "Zm-",     "AB",
      "AAB",   "Zm9v.", "Zm\0v"s, "Zm9\xc3", "\xff\xff\xff\xff",
      "Zm9v?", "Z?",    "Zm?",    "?m9v",    "Z?9v",
      "Zm?v",  "Zm9?",
  }));
  CAPTURE(text);
  CHECK(from_base64url(text) == std::nullopt);
}
