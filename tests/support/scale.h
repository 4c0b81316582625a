#pragma once

#include <algorithm>
#include <cstdlib>

namespace btcw::test {

/// How often a test does what it does, or with how much: a number from the environment, or `usual`.
inline int scale(const char* variable, int usual) {
  const char* text = std::getenv(variable);
  return text == nullptr ? usual : std::max(1, std::atoi(text));
}

}  // namespace btcw::test
