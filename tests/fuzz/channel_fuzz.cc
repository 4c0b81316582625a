#include <cstddef>
#include <cstdint>

#include "support/fuzz_channels.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_channels({reinterpret_cast<const char*>(data), size});
  return 0;
}
