#include "btcw/base/double_text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <cstdlib>

namespace btcw {
namespace {

constexpr std::size_t kLongest = 1000;

bool is_of_a_number(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  // std::from_chars would bring the shared libm into every start of the program.
  static const locale_t kPlain = ::newlocale(LC_ALL_MASK, "C", nullptr);
  if (text.empty() || text.size() > kLongest || text.front() == '+' ||
      !std::all_of(text.begin(), text.end(), is_of_a_number)) {
    return std::nullopt;
  }
  std::array<char, kLongest + 1> buffer;
  *std::copy(text.begin(), text.end(), buffer.begin()) = '\0';
  char* end = nullptr;
  errno = 0;
  const double value = ::strtod_l(buffer.data(), &end, kPlain);
  if (errno == ERANGE || end != buffer.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace btcw
