#include "btcw/base/random.h"

#include <sys/random.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <limits>

namespace btcw {

std::uint64_t Random::below(std::uint64_t bound) {
  assert(bound > 0);
  // What is above the last whole multiple of `bound` would make its first numbers likelier.
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t limit = kMax - (kMax % bound + 1) % bound;
  std::uint64_t number = 0;
  do {
    fill(std::as_writable_bytes(std::span{&number, 1}));
  } while (number > limit);
  return number % bound;
}

void SystemRandom::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      // A key or an id made of bytes that are not random is worse than no program.
      std::abort();
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace btcw
