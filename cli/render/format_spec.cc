#include "render/format_spec.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace btcw::cli {
namespace {

using Align = FormatSpec::Align;
using Sign = FormatSpec::Sign;

std::optional<Align> align_of(char c) {
  switch (c) {
    case '<':
      return Align::left;
    case '>':
      return Align::right;
    case '^':
      return Align::center;
    default:
      return std::nullopt;
  }
}

std::optional<Sign> sign_of(char c) {
  switch (c) {
    case '-':
      return Sign::minus;
    case '+':
      return Sign::plus;
    case ' ':
      return Sign::space;
    default:
      return std::nullopt;
  }
}

/// Takes `c` off the front of `text` if it stands there.
bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes the digits off the front; nullopt when there are none or they are more than `limit`.
std::optional<int> take_number(std::string_view& text, int limit) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > limit) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool starts_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

Error refuse(std::string_view text, std::string_view why) {
  return {Errc::invalid_input,
          "format '" + std::string{text.substr(0, 40)} + "': " + std::string{why}};
}

std::string with_commas(std::string digits) {
  const auto point = static_cast<std::size_t>(
      std::distance(digits.begin(), std::find(digits.begin(), digits.end(), '.')));
  for (std::size_t at = point; at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string padded(std::string text, const FormatSpec& spec, Align natural) {
  const std::size_t width = static_cast<std::size_t>(spec.width);
  const std::size_t size = characters(text);
  if (size >= width) return text;
  const std::size_t room = width - size;
  std::size_t before = 0;
  const Align align = spec.align == Align::natural ? natural : spec.align;
  if (align == Align::right) before = room;
  if (align == Align::center) before = room / 2;
  return std::string(before, spec.fill) + text + std::string(room - before, spec.fill);
}

std::string format_number(const Number& number, const FormatSpec& spec) {
  const auto places = spec.precision ? spec.precision : number.places;
  std::string digits = Number{number.value, places}.to_string();
  std::string sign;
  if (digits.starts_with('-')) {
    sign = "-";
    digits.erase(0, 1);
  } else if (spec.sign != Sign::minus) {
    sign = spec.sign == Sign::plus ? "+" : " ";
  }
  if (spec.grouped) digits = with_commas(std::move(digits));
  if (spec.zeros && spec.align == Align::natural) {
    const std::size_t width = static_cast<std::size_t>(spec.width);
    const std::size_t size = sign.size() + digits.size();
    if (size < width) digits.insert(0, width - size, '0');
  }
  return padded(sign + digits, spec, Align::right);
}

std::string format_text(std::string text, const FormatSpec& spec) {
  if (spec.precision) text.resize(std::min(text.size(), static_cast<std::size_t>(*spec.precision)));
  return padded(std::move(text), spec, Align::left);
}

}  // namespace

Result<FormatSpec> FormatSpec::parse(std::string_view text, FieldKind kind) {
  FormatSpec spec;
  std::string_view rest = text;
  if (rest.size() >= 2 && align_of(rest[1])) {
    if (rest[0] < ' ' || rest[0] > '~') return refuse(text, "the fill must be an ASCII character");
    spec.fill = rest[0];
    spec.align = *align_of(rest[1]);
    rest.remove_prefix(2);
  } else if (!rest.empty() && align_of(rest[0])) {
    spec.align = *align_of(rest[0]);
    rest.remove_prefix(1);
  }
  bool only_numbers = false;
  if (!rest.empty() && sign_of(rest[0])) {
    spec.sign = *sign_of(rest[0]);
    only_numbers = true;
    rest.remove_prefix(1);
  }
  if (take(rest, '0')) {
    spec.zeros = true;
    only_numbers = true;
  }
  if (starts_with_digit(rest)) {
    const auto width = take_number(rest, kMaxWidth);
    if (!width) return refuse(text, "the width is at most 200");
    spec.width = *width;
  }
  if (take(rest, ',')) {
    spec.grouped = true;
    only_numbers = true;
  }
  if (take(rest, '.')) {
    spec.precision = take_number(rest, Decimal::kMaxPlaces);
    if (!spec.precision) return refuse(text, "a number from 0 to 36 is to follow the '.'");
  }
  if (take(rest, 'f')) {
    only_numbers = true;
  } else if (kind == FieldKind::text) {
    take(rest, 's');
  }
  if (!rest.empty())
    return refuse(text, "'" + std::string{rest.substr(0, 1)} + "' is not understood");
  if (only_numbers && kind == FieldKind::text) return refuse(text, "only numbers can be shown so");
  return spec;
}

std::string FormatSpec::apply(const FieldValue& value) const {
  if (const auto* const number = std::get_if<Number>(&value)) return format_number(*number, *this);
  if (const auto* const text = std::get_if<std::string>(&value)) return format_text(*text, *this);
  if (const auto* const flag = std::get_if<bool>(&value)) {
    return format_text(*flag ? "true" : "false", *this);
  }
  return padded("-", *this, Align::right);
}

}  // namespace btcw::cli
