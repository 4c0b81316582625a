#include "support/counted_allocations.h"

#include <cstdlib>
#include <new>

#include "support/sanitizer.h"

namespace {
thread_local std::size_t counted = 0;
}  // namespace

#ifndef BTCW_SANITIZED

// The array and nothrow forms of the standard library end here too.
void* operator new(std::size_t size) {
  ++counted;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

bool btcw::test::allocations_are_counted() { return true; }

#else

bool btcw::test::allocations_are_counted() { return false; }

#endif

std::size_t btcw::test::allocations() { return counted; }
