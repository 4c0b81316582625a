#include "btcw/base/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cstring>
#include <limits>

#include "btcw/base/double_text.h"
#include "btcw/base/quoted.h"

namespace btcw {
namespace {

// NOLINTNEXTLINE(modernize-use-using): __extension__ needs it
__extension__ typedef unsigned __int128 Wide;

constexpr std::uint64_t kLimit = 1'000'000'000'000'000'000;  // 10^18, above every coefficient
constexpr int kWideDigits = 38;                              // 10^38 fits in 128 bits

constexpr auto kPowers = [] {
  std::array<Wide, kWideDigits + 1> powers{};
  Wide power = 1;
  for (Wide& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}();

constexpr Wide power_of_ten(int n) { return kPowers[static_cast<std::size_t>(n)]; }

int digits_of(Wide value) {
  if (const auto low = static_cast<std::uint64_t>(value); low == value) {
    // 1233 / 4096 is log10(2), close enough for 64 bits to be one off at most.
    const int fewest = static_cast<int>(std::bit_width(low)) * 1233 / 4096;
    return fewest + (value >= power_of_ten(fewest) ? 1 : 0);
  }
  const auto above = std::upper_bound(kPowers.begin(), kPowers.end(), value);
  return static_cast<int>(above - kPowers.begin());
}

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

std::int64_t with_sign(bool negative, std::uint64_t value) {
  const auto number = static_cast<std::int64_t>(value);
  return negative ? -number : number;
}

enum class Rest { none, something };  // what lies below the last digit: nothing, or less than one

// A number on its way into a Decimal: `value` × 10^-`places`, and a little more where `rest` says.
struct Unrounded {
  bool negative = false;
  Wide value = 0;
  Rest rest = Rest::none;
  int places = 0;
};

struct Parts {
  std::uint64_t coefficient = 0;
  int places = 0;
  bool exact = true;
};

// Half to even. Precondition: drop > 0.
Wide drop_digits(Wide value, Rest rest, int drop) {
  if (drop > kWideDigits) return 0;
  const Wide unit = power_of_ten(drop);
  const Wide half = unit / 2;
  const Wide kept = value / unit;
  const Wide below = value % unit;
  const bool above_half = below > half || (below == half && rest == Rest::something);
  const bool tie = below == half && rest == Rest::none;
  return kept + (above_half || (tie && kept % 2 == 1) ? 1 : 0);
}

// Rounds to 18 digits and `max_places`, and brings into lowest form; nullopt when out of range.
std::optional<Parts> settle(const Unrounded& number, int max_places) {
  int places = number.places;
  const int drop = std::max(digits_of(number.value) - Decimal::kMaxDigits, places - max_places);
  Parts parts{.exact = number.rest == Rest::none};
  Wide kept = number.value;
  if (drop > 0) {
    kept = drop_digits(kept, number.rest, drop);
    parts.exact = parts.exact && drop <= kWideDigits && kept * power_of_ten(drop) == number.value;
    places -= drop;
  }
  auto value = static_cast<std::uint64_t>(kept);  // 10^18 at most
  if (value == 0) return Parts{.exact = parts.exact && number.value == 0};
  // Also brings 10^18, which rounding can give, below the limit.
  while (places > Decimal::kMinPlaces && value % 10 == 0) {
    value /= 10;
    --places;
  }
  const int missing = Decimal::kMinPlaces - places;
  if (missing >= Decimal::kMaxDigits) return std::nullopt;
  if (missing > 0) {
    const Wide shifted = power_of_ten(missing) * value;
    if (shifted >= kLimit) return std::nullopt;
    value = static_cast<std::uint64_t>(shifted);
    places = Decimal::kMinPlaces;
  }
  if (value >= kLimit) return std::nullopt;
  parts.coefficient = value;
  parts.places = places;
  return parts;
}

std::optional<Decimal> rounded_to(const Unrounded& number, int max_places) {
  const auto parts = settle(number, max_places);
  if (!parts) return std::nullopt;
  return Decimal::from_parts(with_sign(number.negative, parts->coefficient), parts->places);
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Counts digits: an exponent may undo any number of zeros, so they are all counted.
using DigitCount = std::int64_t;
constexpr DigitCount kFarAway = 1'000'000'000'000'000;  // no text has as many digits

// Digits of a text of any length: the first 38 that count in `value`, the rest in `number.rest`.
class DigitReader {
 public:
  void add(char digit, DigitCount places) {
    any_ = true;
    if (number_.value >= power_of_ten(kWideDigits - 1)) {
      if (digit != '0') number_.rest = Rest::something;
      ++dropped_;
    } else {
      number_.value = number_.value * 10 + static_cast<unsigned>(digit - '0');
    }
    fraction_ += places;
  }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] Unrounded number(bool negative, DigitCount exponent) const {
    constexpr DigitCount kFarOut = 1'000;  // too small or too large, whatever the digits
    Unrounded number = number_;
    number.negative = negative;
    number.places =
        static_cast<int>(std::clamp(fraction_ - dropped_ - exponent, -kFarOut, kFarOut));
    return number;
  }

 private:
  Unrounded number_;
  DigitCount dropped_ = 0;
  DigitCount fraction_ = 0;
  bool any_ = false;
};

// What follows the 'e'; nullopt when it is not a number.
std::optional<DigitCount> read_exponent(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  DigitCount exponent = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    exponent = std::min(exponent * 10 + (c - '0'), kFarAway);
  }
  return negative ? -exponent : exponent;
}

// Every form there is; nullopt when the text is no number.
std::optional<Unrounded> read_number(std::string_view text) {
  std::size_t at = 0;
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) at = 1;
  DigitReader digits;
  for (; at < text.size() && is_digit(text[at]); ++at) digits.add(text[at], 0);
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_digit(text[at]); ++at) digits.add(text[at], 1);
  }
  if (!digits.any()) return std::nullopt;
  if (at == text.size()) return digits.number(negative, 0);
  if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
  const auto exponent = read_exponent(text.substr(at + 1));
  if (!exponent) return std::nullopt;
  return digits.number(negative, *exponent);
}

struct Plain {
  std::uint64_t value = 0;
  int places = 0;
};

// Reads digits behind what `value` has so far, up to the first that is none.
const char* read_digits(const char* at, const char* end, std::uint64_t& value) {
  for (; at != end; ++at) {
    const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  return at;
}

// The end of the text without the zeros it ends with. Precondition: not all of it is zeros.
const char* without_zeros(const char* begin, const char* end) {
  constexpr std::uint64_t kEightZeros = 0x3030303030303030;
  if (std::endian::native == std::endian::little && end - begin >= 8) {
    std::uint64_t last = 0;
    std::memcpy(&last, end - 8, 8);
    end -= std::countl_zero(last ^ kEightZeros) / 8;
  }
  while (end[-1] == '0') --end;
  return end;
}

// The tick path: plain notation, at most 18 digits. Anything else goes the long way.
std::optional<Plain> read_plain(const char* at, const char* end) {
  const char* const begin = at;
  if (end - at > Decimal::kMaxDigits + 1) {
    // Padded ones that are short without it are plain, too.
    if (std::find(begin, end, '.') == end) return std::nullopt;
    end = without_zeros(begin, end);
    if (end - at > Decimal::kMaxDigits + 1) return std::nullopt;
  }
  std::uint64_t value = 0;
  at = read_digits(at, end, value);
  auto digits = at - begin;
  int places = 0;
  if (at != end && *at == '.') {
    // Exchanges pad to eight places: zeros at the end are not worth reading. '.' stops it.
    const char* const point = at;
    end = without_zeros(point, end);
    at = read_digits(point + 1, end, value);
    places = static_cast<int>(at - point - 1);
    digits += places;
  }
  if (at != end || digits == 0 || digits > Decimal::kMaxDigits) return std::nullopt;
  if (value == 0) return Plain{};
  while (places <= 0 && value % 10 == 0) {
    value /= 10;
    --places;
  }
  return Plain{value, places};
}

Error not_a_number(std::string_view text) {
  return {Errc::bad_data, "not a number: " + quoted(text)};
}

Error out_of_range(std::string_view text) {
  return {Errc::bad_data, "number out of range: " + quoted(text)};
}

// percent_change() in 64 bits, for the tick path; nullopt where a price or the result is too long
// for that.
std::optional<Decimal> short_percent_change(Decimal before, Decimal after) {
  constexpr int kLongestShift = 12;
  constexpr std::uint64_t kOne = 1'000'000;  // of the ratio's six places
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max() / kOne;
  if (before.coefficient() <= 0 || after.coefficient() < 0) return std::nullopt;
  const int shift = after.places() - before.places();
  if (shift < -kLongestShift || shift > kLongestShift) return std::nullopt;
  Wide divisor = magnitude(before.coefficient());
  Wide dividend = magnitude(after.coefficient());
  (shift > 0 ? divisor : dividend) *= power_of_ten(shift > 0 ? shift : -shift);
  if (divisor > kLargest || dividend > kLargest) return std::nullopt;
  const auto below = static_cast<std::uint64_t>(divisor);
  const std::uint64_t above = static_cast<std::uint64_t>(dividend) * kOne;
  std::uint64_t ratio = above / below;
  const std::uint64_t twice = 2 * (above - ratio * below);
  if (twice > below || (twice == below && ratio % 2 == 1)) ++ratio;
  if (ratio >= kLimit) return std::nullopt;
  constexpr int kPercentPlaces = 4;  // six, and the ratio is a hundredth of the percentage
  return Decimal::from_parts(static_cast<std::int64_t>(ratio) - static_cast<std::int64_t>(kOne),
                             kPercentPlaces);
}

// a + b, where the coefficient of `high` has to be shifted to the left to meet the one of `low`.
Unrounded add_aligned(Decimal high, Decimal low) {
  const int distance = low.places() - high.places();
  const Wide top = magnitude(high.coefficient());
  const int shift = std::min(distance, kWideDigits - digits_of(top));
  // What the shift cannot bridge goes below the last digit; the sum has 37 digits then, so that
  // only its rounding sees it.
  const int cut = std::min(distance - shift, kWideDigits);
  const Wide scaled = top * power_of_ten(shift);
  const Wide bottom = magnitude(low.coefficient());
  Wide other = bottom / power_of_ten(cut);
  Unrounded sum{.negative = high.is_negative(), .places = high.places() + shift};
  const bool inexact = bottom % power_of_ten(cut) != 0;
  sum.rest = inexact ? Rest::something : Rest::none;
  if (high.is_negative() == low.is_negative()) {
    sum.value = scaled + other;
    return sum;
  }
  if (inexact) ++other;  // the rest is added to what remains after taking away one more
  sum.negative = scaled >= other ? high.is_negative() : low.is_negative();
  sum.value = scaled >= other ? scaled - other : other - scaled;
  return sum;
}

}  // namespace

std::optional<Decimal> Decimal::parse_plain(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const auto plain = read_plain(at, end);
  if (!plain) return std::nullopt;
  return Decimal{with_sign(negative, plain->value), plain->places};
}

Result<Decimal> Decimal::parse(std::string_view text) {
  if (const auto plain = parse_plain(text)) return *plain;
  const auto number = read_number(text);
  if (!number) return not_a_number(text);
  const auto parts = settle(*number, kMaxPlaces);
  if (!parts) return out_of_range(text);
  if (!parts->exact) {
    return Error{Errc::bad_data, "number with more digits than are kept: " + quoted(text)};
  }
  return Decimal{with_sign(number->negative, parts->coefficient), parts->places};
}

Result<Decimal> Decimal::parse_rounded(std::string_view text) {
  if (const auto plain = parse_plain(text)) return *plain;
  const auto number = read_number(text);
  if (!number) return not_a_number(text);
  const auto parts = settle(*number, kMaxPlaces);
  if (!parts) return out_of_range(text);
  return Decimal{with_sign(number->negative, parts->coefficient), parts->places};
}

Decimal Decimal::from_parts(std::int64_t coefficient, int places) {
  assert(magnitude(coefficient) < kLimit && places >= kMinPlaces && places <= kMaxPlaces);
  if (coefficient == 0) return {};
  while (places > kMinPlaces && coefficient % 10 == 0) {
    coefficient /= 10;
    --places;
  }
  return {coefficient, places};
}

char* Decimal::write(char* out) const {
  std::array<char, 20> buffer;
  char* const first = buffer.data();
  char* const last = std::to_chars(first, first + buffer.size(), magnitude(coefficient_)).ptr;
  if (is_negative()) *out++ = '-';
  const auto digits = last - first;
  if (places_ <= 0) {
    out = std::copy(first, last, out);
    return std::fill_n(out, is_zero() ? 0 : -places_, '0');
  }
  if (places_ < digits) {
    out = std::copy(first, last - places_, out);
    *out++ = '.';
    return std::copy(last - places_, last, out);
  }
  *out++ = '0';
  *out++ = '.';
  out = std::fill_n(out, places_ - digits, '0');
  return std::copy(first, last, out);
}

std::string Decimal::to_string() const {
  std::array<char, kMaxText> buffer;
  return {buffer.data(), write(buffer.data())};
}

std::string Decimal::to_fixed(int places) const {
  assert(places >= 0 && places <= kMaxPlaces);
  const Decimal shorter = rounded(places);
  std::string text = shorter.to_string();
  const int shown = std::max(shorter.places(), 0);
  if (places > 0 && shown == 0) text += '.';
  text.append(static_cast<std::size_t>(places - shown), '0');
  return text;
}

Result<Decimal> Decimal::times_power_of_ten(int n) const {
  constexpr int kFar = 200;
  const int shift = std::clamp(n, -kFar, kFar);
  const auto parts =
      settle({.value = magnitude(coefficient_), .places = places_ - shift}, kMaxPlaces);
  if (!parts || !parts->exact) return out_of_range(to_string() + "e" + std::to_string(n));
  return Decimal{with_sign(is_negative(), parts->coefficient), parts->places};
}

Decimal Decimal::rounded(int places) const {
  assert(places >= 0 && places <= kMaxPlaces);
  if (places_ <= places) return *this;
  // In range: the value has digits after the point, so it is below 10^18.
  return *rounded_to(
      {.negative = is_negative(), .value = magnitude(coefficient_), .places = places_}, places);
}

Decimal Decimal::operator-() const { return {-coefficient_, places_}; }

double Decimal::to_double() const {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  constexpr std::array kExactPowers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  // Both operands are exact, so the one rounding of the operation gives the nearest double.
  if (magnitude(coefficient_) <= kExact && places_ < static_cast<int>(kExactPowers.size())) {
    const auto value = static_cast<double>(coefficient_);
    const auto power = +places_;
    return power >= 0 ? value / kExactPowers[static_cast<unsigned>(power)]
                      : value * kExactPowers[static_cast<unsigned>(-power)];
  }
  std::array<char, kMaxText> buffer;
  const char* const end = write(buffer.data());
  return parse_double({buffer.data(), static_cast<std::size_t>(end - buffer.data())}).value_or(0);
}

std::strong_ordering operator<=>(Decimal a, Decimal b) {
  if (a.places_ == b.places_) return a.coefficient_ <=> b.coefficient_;
  const int sign_a = (a.coefficient_ > 0) - (a.coefficient_ < 0);
  const int sign_b = (b.coefficient_ > 0) - (b.coefficient_ < 0);
  if (sign_a != sign_b || sign_a == 0) return sign_a <=> sign_b;
  const int distance = b.places_ - a.places_;
  // From 10^18 on, the shifted one is larger than any coefficient.
  const int shift = std::min(distance < 0 ? -distance : distance, Decimal::kMaxDigits);
  Wide size_a = magnitude(a.coefficient_);
  Wide size_b = magnitude(b.coefficient_);
  (distance > 0 ? size_a : size_b) *= power_of_ten(shift);
  return sign_a > 0 ? size_a <=> size_b : size_b <=> size_a;
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const auto sum = a.places() <= b.places() ? add_aligned(a, b) : add_aligned(b, a);
  return rounded_to(sum, Decimal::kMaxPlaces);
}

std::optional<Decimal> subtract(Decimal a, Decimal b) { return add(a, -b); }

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  const Wide product = Wide{magnitude(a.coefficient())} * magnitude(b.coefficient());
  return rounded_to({.negative = a.is_negative() != b.is_negative(),
                     .value = product,
                     .places = a.places() + b.places()},
                    Decimal::kMaxPlaces);
}

std::optional<Decimal> divide(Decimal a, Decimal b, int places) {
  assert(places >= 0 && places <= Decimal::kMaxPlaces);
  if (b.is_zero()) return std::nullopt;
  const Wide dividend = magnitude(a.coefficient());
  const Wide divisor = magnitude(b.coefficient());
  // One digit more than asked for, or 20 digits: enough for the one rounding that follows.
  const int wanted = places + 1 + b.places() - a.places();
  const int shift = std::clamp(wanted, 0, kWideDigits - digits_of(dividend));
  const Wide scaled = dividend * power_of_ten(shift);
  const Wide quotient = scaled / divisor;
  return rounded_to({.negative = a.is_negative() != b.is_negative(),
                     .value = quotient,
                     .rest = quotient * divisor == scaled ? Rest::none : Rest::something,
                     .places = a.places() - b.places() + shift},
                    places);
}

std::optional<Decimal> percent_change(Decimal before, Decimal after) {
  if (before.is_zero() || before.is_negative()) return std::nullopt;
  if (const auto percent = short_percent_change(before, after)) return percent;
  // Taking away the 1 after the division spares a rounded difference; six places of the ratio are
  // four of the percentage.
  const auto ratio = divide(after, before, 6);
  if (!ratio) return std::nullopt;
  const auto change = subtract(*ratio, Decimal::from_parts(1, 0));
  if (!change) return std::nullopt;
  const auto percent = change->times_power_of_ten(2);
  if (!percent) return std::nullopt;
  return *percent;
}

}  // namespace btcw
