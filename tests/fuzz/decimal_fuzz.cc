#include <cstddef>
#include <cstdint>

#include "support/fuzz_base.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_decimal({reinterpret_cast<const char*>(data), size});
  return 0;
}
