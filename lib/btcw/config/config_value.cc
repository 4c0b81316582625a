#include "btcw/config/config_value.h"

#include <fmt/format.h>

#include "btcw/base/quoted.h"

namespace btcw {

std::string describe(const ConfigValue& value) {
  switch (value.kind) {
    case ConfigValue::Kind::text:
      return fmt::format("the text {}", btcw::quoted(value.text));
    case ConfigValue::Kind::boolean:
      return value.boolean ? "true" : "false";
    case ConfigValue::Kind::integer:
      return fmt::format("the number {}", value.integer);
    case ConfigValue::Kind::real:
      return fmt::format("the number {}", value.text);
    case ConfigValue::Kind::moment:
    case ConfigValue::Kind::list:
    case ConfigValue::Kind::table:
      return describe_kind(value);
  }
  return {};
}

std::string describe_kind(const ConfigValue& value) {
  switch (value.kind) {
    case ConfigValue::Kind::text:
      return "a text";
    case ConfigValue::Kind::boolean:
      return "a boolean";
    case ConfigValue::Kind::integer:
    case ConfigValue::Kind::real:
      return "a number";
    case ConfigValue::Kind::moment:
      return "a date or time";
    case ConfigValue::Kind::list:
      return "a list";
    case ConfigValue::Kind::table:
      return "a table";
  }
  return {};
}

}  // namespace btcw
