#include "btcw/base/utf8.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using btcw::decode_utf8;

TEST_CASE("UTF-8 is read as Unicode's table says") {
  struct Case {
    std::string_view why;
    std::string text;
    char32_t value;
    std::size_t bytes;  // 0: refused
  };
  const auto row = GENERATE(values<Case>({
      {"ASCII", "a", U'a', 1},
      {"first of two", "\u0080", 0x80, 2},
      {"last of two", "\u07ff", 0x7ff, 2},
      {"first of three", "\u0800", 0x800, 3},
      {"below the surrogates", "\ud7ff", 0xd7ff, 3},
      {"above the surrogates", "\ue000", 0xe000, 3},
      {"last of three", "\uffff", 0xffff, 3},
      {"first of four", "\U00010000", 0x10000, 4},
      {"last of all", "\U0010ffff", 0x10ffff, 4},
      {"a continuation alone", "\x80", 0, 0},
      {"overlong, two", "\xc1\xbf", 0, 0},
      {"overlong, three", "\xe0\x9f\xbf", 0, 0},
      {"overlong, four", "\xf0\x8f\xbf\xbf", 0, 0},
      {"a surrogate", "\xed\xa0\x80", 0, 0},
      {"above the last", "\xf4\x90\x80\x80", 0, 0},
      {"a lead that there is not", "\xf5\x80\x80\x80", 0, 0},
      {"cut short, two", "\xc3", 0, 0},
      {"cut short, three", "\xe2\x82", 0, 0},
      {"cut short, four", "\xf0\x9f\x98", 0, 0},
      {"no continuation", "\xe2(\xa1", 0, 0},
  }));
  CAPTURE(row.why);

  const auto read = decode_utf8(row.text);

  CHECK(read.bytes == row.bytes);
  CHECK(read.value == row.value);
}
