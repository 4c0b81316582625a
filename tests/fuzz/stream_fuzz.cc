// The frame readers of all streams; see fuzz_stream().
#include <cstddef>
#include <cstdint>

#include "support/fuzz_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_stream({reinterpret_cast<const char*>(data), size});
  return 0;
}
