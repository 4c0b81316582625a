#include "btcw/rules/literal.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "btcw/base/quoted.h"

namespace btcw::rules {
namespace {

struct UnitWord {
  std::string_view suffix;
  Unit unit;
  int power;  // of ten
};

constexpr std::array kUnits{
    UnitWord{"", Unit::none, 0},      UnitWord{"%", Unit::percent, -2},
    UnitWord{"k", Unit::thousand, 3}, UnitWord{"K", Unit::thousand, 3},
    UnitWord{"m", Unit::million, 6},  UnitWord{"M", Unit::million, 6},
    UnitWord{"b", Unit::billion, 9},  UnitWord{"B", Unit::billion, 9},
};

std::string whole_text(const Token& number) {
  return std::string{number.text}.append(number.suffix);
}

Error not_a_unit(const Token& number) {
  return error_at(number.column, btcw::quoted(whole_text(number)) +
                                     ": expected no unit, %, k, m, b, or a duration as in 30s, "
                                     "15m, 1h30m, 7d");
}

Literal of_duration(milliseconds duration) {
  const Decimal value = Decimal::from_parts(duration.count(), 3);
  return {.written = value, .unit = Unit::duration, .value = value};
}

}  // namespace

Result<milliseconds> read_duration(const Token& number) {
  auto duration = parse_duration(whole_text(number));
  if (!duration) return error_at(number.column, duration.error().message);
  return duration;
}

Result<Literal> read_literal(const Token& number) {
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitWord& entry) {
    return entry.suffix == number.suffix;
  });
  if (unit == kUnits.end()) {
    const auto duration = parse_duration(whole_text(number));
    if (!duration) return not_a_unit(number);
    return of_duration(*duration);
  }
  const auto written = Decimal::parse(number.text);
  if (!written) return error_at(number.column, written.error().message);
  const auto value = written->times_power_of_ten(unit->power);
  if (!value) {
    return error_at(number.column, "number out of range: " + btcw::quoted(whole_text(number)));
  }
  return Literal{.written = *written, .unit = unit->unit, .value = *value};
}

Literal as_minutes(const Literal& millions) {
  const bool negative = millions.written.is_negative();
  const Decimal size = negative ? -millions.written : millions.written;
  const auto duration = parse_duration(size.to_string() + "m");
  if (millions.unit != Unit::million || !duration) return millions;
  return negative ? negated(of_duration(*duration)) : of_duration(*duration);
}

Literal negated(const Literal& literal) {
  return {.written = -literal.written, .unit = literal.unit, .value = -literal.value};
}

std::string to_string(const Literal& literal) {
  const std::string number = literal.written.to_string();
  switch (literal.unit) {
    case Unit::none:
      return number;
    case Unit::percent:
      return number + "%";
    case Unit::thousand:
      return number + "k";
    case Unit::million:
      return number + "M";
    case Unit::billion:
      return number + "b";
    case Unit::duration:
      return number + "s";
  }
  return number;
}

}  // namespace btcw::rules
