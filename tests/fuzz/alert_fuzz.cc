// Any text as the condition of an alert: what is read is printed and read again as the same, and
// can be judged.
#include <cstddef>
#include <cstdint>

#include "support/fuzz_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_rule({reinterpret_cast<const char*>(data), size});
  return 0;
}
