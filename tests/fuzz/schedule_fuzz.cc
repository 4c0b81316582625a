// Any text as a schedule: what is read has a next run, or none, and finds it in time.
#include <cstddef>
#include <cstdint>

#include "support/fuzz_schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_schedule({reinterpret_cast<const char*>(data), size});
  return 0;
}
