#include "btcw/base/base64.h"

#include <catch2/catch.hpp>
#include <string>

using btcw::to_base64;

TEST_CASE("base64 is that of RFC 4648") {
  struct Case {
    std::string bytes;
    std::string text;
  };
  const auto row = GENERATE(values<Case>({{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"},
                                          {"\xfb\xff\xfe", "+//+"}}));
  CHECK(to_base64(row.bytes) == row.text);
}
