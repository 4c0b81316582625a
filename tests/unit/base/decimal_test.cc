#include "btcw/base/decimal.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>

using btcw::Decimal;
using btcw::Errc;

namespace {

Decimal dec(std::string_view text) {
  const auto value = Decimal::parse(text);
  INFO(text);
  REQUIRE(value.has_value());
  return *value;
}

}  // namespace

TEST_CASE("Decimal::parse reads every notation exactly or refuses it") {
  struct Case {
    std::string_view why;
    std::string_view text;
    std::optional<std::string_view> plain;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {"whole", "67000", "67000"},
      {"fraction", "97123.40", "97123.4"},
      {"padded to eight places", "97123.45000000", "97123.45"},
      {"only zeros behind the point", "97000.00000000", "97000"},
      {"negative", "-2.235", "-2.235"},
      {"plus sign", "+3", "3"},
      {"no leading digit", ".5", "0.5"},
      {"no digit after the point", "5.", "5"},
      {"zero", "0", "0"},
      {"negative zero is zero", "-0.000", "0"},
      {"zero with a huge exponent", "0e999999999999999999999", "0"},
      {"leading zeros do not count", "0000000000000000000000000012.5", "12.5"},
      {"trailing zeros do not count", "12.50000000000000000000000000000", "12.5"},
      {"nor when it takes them to be long", "119000000123.45678900", "119000000123.456789"},
      {"nor when nothing else is behind the point", "97000.000000000000000000", "97000"},
      {"of zero", "0.0000000000000000000000000", "0"},
      {"a long one without a point keeps its zeros", "12000000000000000000000",
       "12000000000000000000000"},
      {"a point and zeros alone are no number with nothing before", "-.", std::nullopt},
      {"exponent", "1.0e-5", "0.00001"},
      {"capital exponent with plus", "6.7E+4", "67000"},
      {"exponent with leading zeros", "1e-0000005", "0.00001"},
      {"SHIB", "0.00002431", "0.00002431"},
      {"PEPE", "0.0000000123456789", "0.0000000123456789"},
      {"SHIB in exponent form", "2.431e-05", "0.00002431"},
      {"18 digits", "123456789012345678", "123456789012345678"},
      {"18 digits and a point", "1234567890.12345678", "1234567890.12345678"},
      {"18 digits after the point", "0.123456789012345678", "0.123456789012345678"},
      {"19 digits", "1234567890123456789", std::nullopt},
      {"19 digits and a point", "0.1234567890123456789", std::nullopt},
      {"18 nines", "-999999999999999999", "-999999999999999999"},
      {"10^18 has one digit", "1000000000000000000", "1000000000000000000"},
      {"largest", "999999999999999999e18", "999999999999999999000000000000000000"},
      {"10^35", "1e35", "100000000000000000000000000000000000"},
      {"10^36 is out of range", "1e36", std::nullopt},
      {"10^36 spelled out", "1000000000000000000000000000000000000", std::nullopt},
      {"smallest", "1e-36", "0.000000000000000000000000000000000001"},
      {"below the smallest", "1e-37", std::nullopt},
      {"37 places, the last not zero", "1.1e-36", std::nullopt},
      {"many zeros undone by the exponent", "0.00000000000000000000000000000000000000001e41", "1"},
      {"exponent beyond an int", "1e99999999999", std::nullopt},
      {"exponent beyond a long", "1e-99999999999999999999", std::nullopt},
      {"empty", "", std::nullopt},
      {"only a point", ".", std::nullopt},
      {"only a sign", "-", std::nullopt},
      {"sign and point", "-.", std::nullopt},
      {"two signs", "--1", std::nullopt},
      {"two points", "1.2.3", std::nullopt},
      {"two points and zeros", "1.2.000", std::nullopt},
      {"point in zeros", "1..0", std::nullopt},
      {"space before", " 1", std::nullopt},
      {"space behind", "1 ", std::nullopt},
      {"line end", "1\n", std::nullopt},
      {"comma, as some locales print", "67000,12", std::nullopt},
      {"thousands", "67,000.12", std::nullopt},
      {"nan", "nan", std::nullopt},
      {"inf", "inf", std::nullopt},
      {"hexadecimal", "0x10", std::nullopt},
      {"the character behind 9", "1:", std::nullopt},
      {"the character before 0", "1./5", std::nullopt},
      {"exponent without digits", "1e", std::nullopt},
      {"exponent with a sign alone", "1e-", std::nullopt},
      {"exponent with a point", "1e1.5", std::nullopt},
      {"two exponents", "1e1e1", std::nullopt},
      {"exponent alone", "e5", std::nullopt},
      {"digits of another script", "\u0663", std::nullopt},
      {"NUL inside", std::string_view{"1\0002", 3}, std::nullopt},
  }));
  CAPTURE(row.why, row.text);

  const auto value = Decimal::parse(row.text);

  REQUIRE(value.has_value() == row.plain.has_value());
  if (row.plain) {
    CHECK(value->to_string() == *row.plain);
    CHECK(Decimal::parse(value->to_string()).value() == *value);
  } else {
    CHECK(value.error().code == Errc::bad_data);
  }
}

TEST_CASE("a refused number is quoted cut short, without its control characters") {
  const std::string hostile = "\x1b[31m" + std::string(10'000, '9');
  const auto value = Decimal::parse(hostile);
  REQUIRE_FALSE(value.has_value());
  CHECK(value.error().message.size() < 120);
  CHECK(value.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("a number of any length is read in one pass") {
  const std::string zeros(200'000, '0');
  CHECK(dec("0." + zeros + "1e200001") == dec("1"));
  CHECK(dec("1" + zeros + "e-200000") == dec("1"));
  CHECK_FALSE(Decimal::parse("1" + zeros).has_value());
  CHECK_FALSE(Decimal::parse("0." + zeros + "1").has_value());
}

TEST_CASE("Decimal::parse_rounded rounds what is too long half to even") {
  struct Case {
    std::string_view text;
    std::string_view plain;
  };
  const auto row = GENERATE(values<Case>({
      {"1.5", "1.5"},
      {"0.1234567890123456785", "0.123456789012345678"},
      {"0.1234567890123456775", "0.123456789012345678"},
      {"0.12345678901234567850000000000000000000000000000000001", "0.123456789012345679"},
      {"0.12345678901234567849999999999999999999999999999999999", "0.123456789012345678"},
      {"119000000.123456789012345", "119000000.123456789"},
      {"9999999999999999995", "10000000000000000000"},
      {"-9.999999999999999999", "-10"},
      {"4e-37", "0"},
      {"5e-37", "0"},
      {"5.00001e-37", "0.000000000000000000000000000000000001"},
      {"1.5e-36", "0.000000000000000000000000000000000002"},
      {"1e-99999", "0"},
      {"123456789012345678901234567890.5", "123456789012345679000000000000"},
  }));
  CAPTURE(row.text);
  CHECK(Decimal::parse_rounded(row.text).value().to_string() == row.plain);
}

TEST_CASE("Decimal::parse_rounded refuses what is no number and what is out of range") {
  for (const std::string_view text :
       {"", "x", "1e36", "999999999999999999.9e18", "1 ", "1e", "12345678901234567890e20"}) {
    CAPTURE(text);
    CHECK_FALSE(Decimal::parse_rounded(text).has_value());
  }
}

TEST_CASE("equal values have equal members whatever their spelling") {
  CHECK(dec("67000.50") == dec("67000.5"));
  CHECK(dec("67000.50").places() == 1);
  CHECK(dec("120000").places() == -4);
  CHECK(dec("12e4") == dec("120000"));
  CHECK(Decimal::from_parts(1'200, 2) == dec("12"));
  CHECK(Decimal::from_parts(0, 7) == Decimal{});
  CHECK(Decimal::from_parts(100, -18) == dec("1e20"));
  CHECK(dec("-0") == Decimal{});
}

TEST_CASE("Decimals of far apart places compare exactly") {
  struct Case {
    std::string_view smaller;
    std::string_view larger;
  };
  const auto row = GENERATE(values<Case>({
      {"97123.39", "97123.4"},
      {"0.99999999", "1"},
      {"1", "1.00000000000000001"},
      {"-1", "1"},
      {"-1.1", "-1"},
      {"0", "1e-36"},
      {"-1e-36", "0"},
      {"1e-36", "1e35"},
      {"-1e35", "-1e-36"},
      {"0.999999999999999999", "1e35"},
      {"999999999999999999", "1e18"},
      {"999999999999999998", "999999999999999999"},
      {"9.99999999999999999", "10"},
      {"-10", "-9.99999999999999999"},
  }));
  CAPTURE(row.smaller, row.larger);
  CHECK(dec(row.smaller) < dec(row.larger));
  CHECK(dec(row.larger) > dec(row.smaller));
  CHECK(dec(row.smaller) != dec(row.larger));
  CHECK((dec(row.larger) <=> dec(row.larger)) == std::strong_ordering::equal);
}

TEST_CASE("to_fixed shows exactly the places asked for") {
  struct Case {
    std::string_view value;
    int places;
    std::string_view text;
  };
  const auto row = GENERATE(values<Case>({
      {"67000.5", 2, "67000.50"},
      {"67000.125", 2, "67000.12"},
      {"67000.135", 2, "67000.14"},
      {"0.5", 0, "0"},
      {"1.5", 0, "2"},
      {"-1.5", 0, "-2"},
      {"-0.001", 2, "0.00"},
      {"120000", 3, "120000.000"},
      {"999.999", 2, "1000.00"},
      {"999999999999999999e18", 2, "999999999999999999000000000000000000.00"},
      {"1e-36", 36, "0.000000000000000000000000000000000001"},
  }));
  CAPTURE(row.value, row.places);
  CHECK(dec(row.value).to_fixed(row.places) == row.text);
}

TEST_CASE("rounding is half to even") {
  CHECK(dec("2.5").rounded(0) == dec("2"));
  CHECK(dec("3.5").rounded(0) == dec("4"));
  CHECK(dec("2.500000001").rounded(0) == dec("3"));
  CHECK(dec("0.00002431").rounded(7) == dec("0.0000243"));
  CHECK(dec("0.00002431").rounded(36) == dec("0.00002431"));
  CHECK(dec("99999999999999999.9").rounded(0) == dec("100000000000000000"));
}

TEST_CASE("a ratio becomes a percentage exactly") {
  CHECK(dec("0.022352").times_power_of_ten(2).value() == dec("2.2352"));
  CHECK(dec("120000").times_power_of_ten(-6).value() == dec("0.12"));
  CHECK(dec("0").times_power_of_ten(1'000'000).value() == dec("0"));
  CHECK(dec("1").times_power_of_ten(35).value() == dec("1e35"));
  CHECK_FALSE(dec("1").times_power_of_ten(36).has_value());
  CHECK(dec("1").times_power_of_ten(-36).value() == dec("1e-36"));
  CHECK_FALSE(dec("1").times_power_of_ten(-37).has_value());
  CHECK_FALSE(dec("1").times_power_of_ten(2'000'000'000).has_value());
  CHECK_FALSE(dec("1").times_power_of_ten(-2'000'000'000).has_value());
  CHECK_FALSE(dec("1.5").times_power_of_ten(-36).has_value());
}

TEST_CASE("to_double gives the nearest double") {
  for (const std::string_view text :
       {"0", "97123.45", "0.00002431", "-2.2352", "123456789012345678", "0.123456789012345678",
        "1e-36", "999999999999999999e18", "1e22", "9007199254740993", "0.1"}) {
    CAPTURE(text);
    const double expected = std::strtod(std::string{text}.c_str(), nullptr);
    CHECK(dec(text).to_double() == expected);
  }
}

TEST_CASE("sums, products and quotients are exact or rounded half to even") {
  CHECK(add(dec("0.1"), dec("0.2")) == dec("0.3"));
  CHECK(subtract(dec("97123.45"), dec("97123.40")) == dec("0.05"));
  CHECK(subtract(dec("5"), dec("5")) == Decimal{});
  CHECK(add(dec("1e35"), dec("1e-36")) == dec("1e35"));
  CHECK(add(dec("999999999999999999"), dec("0.5")) == dec("1e18"));
  CHECK_FALSE(add(dec("999999999999999999e18"), dec("1e18")).has_value());
  CHECK(multiply(dec("1.1"), dec("-1.1")) == dec("-1.21"));
  CHECK(multiply(dec("1e-36"), dec("0.1")) == Decimal{});
  CHECK_FALSE(multiply(dec("1e20"), dec("1e20")).has_value());
  CHECK(divide(dec("1"), dec("3"), 4) == dec("0.3333"));
  CHECK(divide(dec("2"), dec("3"), 4) == dec("0.6667"));
  CHECK(divide(dec("-1"), dec("8"), 2) == dec("-0.12"));
  CHECK(divide(dec("3"), dec("8"), 2) == dec("0.38"));
  CHECK(divide(dec("1"), dec("3"), 36) == dec("0.333333333333333333"));
  CHECK(divide(dec("0"), dec("3"), 2) == Decimal{});
  CHECK(divide(dec("1e-36"), dec("1e35"), 36) == Decimal{});
  CHECK_FALSE(divide(dec("1"), dec("0"), 2).has_value());
  CHECK_FALSE(divide(dec("1e35"), dec("1e-36"), 2).has_value());
}

TEST_CASE("percent_change counts from the price before") {
  CHECK(percent_change(dec("95000"), dec("97123.45")) == dec("2.2352"));
  CHECK(percent_change(dec("100"), dec("0")) == dec("-100"));
  CHECK(percent_change(dec("0.00002431"), dec("0.00002431")) == Decimal{});
  CHECK(percent_change(dec("3"), dec("4")) == dec("33.3333"));
  CHECK_FALSE(percent_change(dec("0"), dec("1")).has_value());
  CHECK_FALSE(percent_change(dec("-1"), dec("1")).has_value());
  CHECK_FALSE(percent_change(dec("1e-36"), dec("1e35")).has_value());
}

TEST_CASE("percent_change rounds half to even, however long the prices are") {
  CHECK(percent_change(dec("2000000"), dec("2000001")) == Decimal{});
  CHECK(percent_change(dec("2000000"), dec("2000003")) == dec("0.0002"));
  CHECK(percent_change(dec("2000000"), dec("1999999")) == Decimal{});
  CHECK(percent_change(dec("2000000"), dec("1999997")) == dec("-0.0002"));
  CHECK(percent_change(dec("0.00000003"), dec("51234.56789012")) == dec("170781892966966.667"));
  CHECK(percent_change(dec("0.00000001"), dec("18446744")) == dec("184467439999999900"));
  CHECK(percent_change(dec("0.00000001"), dec("99999999")) == dec("999999989999999900"));

  // The same ratio of prices that 64 bits do not hold.
  std::mt19937_64 random{20241122};
  for (int i = 0; i < 20'000; ++i) {
    const int digits = static_cast<int>(random() % 12);
    const auto most = static_cast<std::uint64_t>(std::pow(10.0, digits + 1));
    const auto factor = static_cast<std::int64_t>(std::pow(10.0, 17 - digits)) - 1;
    const auto before = static_cast<std::int64_t>(1 + random() % most);
    const auto after = static_cast<std::int64_t>(random() % most);
    const int places = static_cast<int>(random() % 9);
    const int other_places = static_cast<int>(random() % 9);
    CAPTURE(before, places, after, other_places);
    REQUIRE(percent_change(Decimal::from_parts(before, places),
                           Decimal::from_parts(after, other_places)) ==
            percent_change(Decimal::from_parts(before * factor, places),
                           Decimal::from_parts(after * factor, other_places)));
  }
}
