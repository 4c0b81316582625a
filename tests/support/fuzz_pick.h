#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "support/fuzz_base.h"

namespace btcw::test {

/// The one of `all` that is called `only`, or, where that is empty, the one that `byte` picks.
template <typename Each>
const Each& picked(std::span<const Each> all, std::string_view Each::*name, char byte,
                   std::string_view only) {
  if (only.empty()) return all[static_cast<unsigned char>(byte) % all.size()];
  const auto found = std::ranges::find(all, only, name);
  expect(found != all.end());
  return *found;
}

}  // namespace btcw::test
