#include "render/format_spec.h"

#include <catch2/catch.hpp>

using namespace btcw;
using namespace btcw::cli;

TEST_CASE("a number is laid out as the format says, digit for digit") {
  struct Case {
    std::string_view format;
    std::string_view number;
    std::string_view text;
  };
  const auto row = GENERATE(values<Case>({
      {"", "97123.45", "97123.45"},
      {"f", "97123.45", "97123.45"},
      {".2f", "97123.4", "97123.40"},
      {".1f", "0.25", "0.2"},
      {".0f", "2.5", "2"},
      {"+.2f", "2.2352", "+2.24"},
      {"+.2f", "-2.2352", "-2.24"},
      {"+", "0", "+0"},
      {" .1f", "1", " 1.0"},
      {"-.1f", "1", "1.0"},
      {"10", "12.5", "      12.5"},
      {"<10", "12.5", "12.5      "},
      {"^10", "12.5", "   12.5   "},
      {"*>8", "1", "*******1"},
      {"010.2f", "-12.5", "-000012.50"},
      {"+08", "12", "+0000012"},
      {",.2f", "1234567.891", "1,234,567.89"},
      {",", "123", "123"},
      {",", "-1234", "-1,234"},
      {"3", "12345", "12345"},
      {".36f", "0.1", "0.100000000000000000000000000000000000"},
  }));
  CAPTURE(row.format, row.number);
  const auto spec = FormatSpec::parse(row.format, FieldKind::number);
  REQUIRE(spec);
  CHECK(spec->apply(Number{*Decimal::parse(row.number)}) == row.text);
}

TEST_CASE("text is laid out as the format says") {
  struct Case {
    std::string_view format;
    std::string_view text;
  };
  const auto row = GENERATE(values<Case>({
      {"", "BTC/USDT"},
      {"s", "BTC/USDT"},
      {"10", "BTC/USDT  "},
      {">10", "  BTC/USDT"},
      {"-^12", "--BTC/USDT--"},
      {".3", "BTC"},
      {">5.3s", "  BTC"},
  }));
  CAPTURE(row.format);
  const auto spec = FormatSpec::parse(row.format, FieldKind::text);
  REQUIRE(spec);
  CHECK(spec->apply(std::string{"BTC/USDT"}) == row.text);
}

TEST_CASE("what is not known is a dash, a flag is a word") {
  CHECK(FormatSpec{}.apply(std::monostate{}) == "-");
  CHECK(FormatSpec::parse("+08.2f", FieldKind::number)->apply(std::monostate{}) == "       -");
  CHECK(FormatSpec{}.apply(true) == "true");
  CHECK(FormatSpec{}.apply(false) == "false");
}

TEST_CASE("a format that does not fit is refused") {
  struct Case {
    std::string_view why;
    std::string_view format;
    FieldKind kind;
  };
  const auto row = GENERATE(values<Case>({
      {"sign on text", "+", FieldKind::text},
      {"zeros on text", "08", FieldKind::text},
      {"groups on text", ",", FieldKind::text},
      {"f on text", ".2f", FieldKind::text},
      {"s on a number", "s", FieldKind::number},
      {"hexadecimal", "x", FieldKind::number},
      {"exponent", ".2e", FieldKind::number},
      {"too wide", "201", FieldKind::number},
      {"far too wide", "99999999999999999999", FieldKind::number},
      {"too precise", ".37f", FieldKind::number},
      {"no precision", ".f", FieldKind::number},
      {"negative precision", ".-1f", FieldKind::number},
      {"text after it", ".2ff", FieldKind::number},
      {"nested field", "{width}", FieldKind::number},
      {"fill that is no ASCII", "\xC3>5", FieldKind::text},
  }));
  CAPTURE(row.why);
  const auto spec = FormatSpec::parse(row.format, row.kind);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().code == Errc::invalid_input);
}
