#pragma once

#include <cstddef>

namespace btcw::test {

/// How often this thread has asked operator new for memory, in any library of the process.
std::size_t allocations();

/// false where a sanitizer keeps its own operator new; allocations() stays 0 then.
bool allocations_are_counted();

}  // namespace btcw::test
