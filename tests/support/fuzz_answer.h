#pragma once

#include <array>
#include <string>
#include <string_view>

#include "btcw/net/http.h"

namespace btcw::test {

/// What an exchange answers: the three high bits of `pick` are the status, three of eight times
/// that of success.
inline HttpResponse fuzzed_answer(unsigned char pick, std::string_view body) {
  constexpr std::array kStatuses{200, 200, 200, 400, 403, 404, 429, 503};
  return {.status = kStatuses[pick >> 5U],
          .body = std::string{body},
          .received = from_unix_ms(1'732'290'000'000)};
}

}  // namespace btcw::test
